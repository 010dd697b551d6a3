import { agentLabels, unknownLabel } from '../../policy/agent-labels.ts';
import type { PolicyRequest } from '../../policy/request.ts';
import type { AgentDayRow } from '../../ports/store.ts';
import { memoryKey } from './remembered-denials.ts';
import { subjectTypeOf } from './subject-actor.ts';

/** Versions and prompts of one agent that are told apart a day; what comes above is counted as unknown. */
export const labelsPerAgentMax = 50;
/** Agents of which a process keeps in mind which labels they used. */
const agentsMax = 2_000;

/** Attempts of agents. Grants gather in memory as those of everybody; a denial is written with what it denied. */
export type AgentTally = {
  /** The row of one attempt; undefined where the subject is no agent. */
  rowOf(request: PolicyRequest, at: number, denied: 'no' | 'first' | 'repeat'): AgentDayRow | undefined;
  noteGrant(request: PolicyRequest, at: number): void;
  /** Grants that have gathered; the caller writes them. */
  take(): readonly AgentDayRow[];
};

export function createAgentTally(): AgentTally {
  let grants = new Map<string, { row: AgentDayRow; n: number }>();
  let labels = new Map<string, Set<string>>();
  let today = '';
  const rowOf: AgentTally['rowOf'] = (request, at, denied) => {
    if (subjectTypeOf(request.subject.type) !== 'agent') return undefined;
    const day = new Date(at).toISOString().slice(0, 10);
    if (day !== today) labels = new Map();
    today = day;
    const agent = memoryKey(request.subject.id);
    return {
      agent,
      ...bounded(labels, agent, agentLabels(request)),
      day,
      attempts: 1,
      denials: denied === 'no' ? 0 : 1,
      repeats: denied === 'repeat' ? 1 : 0,
    };
  };
  return {
    rowOf,
    noteGrant: (request, at) => {
      const row = rowOf(request, at, 'no');
      if (row === undefined) return;
      const key = JSON.stringify([row.agent, row.version, row.prompt, row.day]);
      const counted = grants.get(key);
      if (counted === undefined) grants.set(key, { row, n: 1 });
      else counted.n += 1;
    },
    take: () => {
      const rows = [...grants.values()].map(({ row, n }) => ({ ...row, attempts: n }));
      grants = new Map();
      return rows;
    },
  };
}

function bounded(
  labels: Map<string, Set<string>>,
  agent: string,
  given: { readonly version: string; readonly prompt: string },
): { readonly version: string; readonly prompt: string } {
  const key = `${given.version} ${given.prompt}`;
  const known = labels.get(agent) ?? new Set();
  if (known.has(key)) return given;
  if (known.size >= labelsPerAgentMax) return { version: unknownLabel, prompt: unknownLabel };
  if (labels.size >= agentsMax) labels.clear();
  labels.set(agent, known.add(key));
  return given;
}
