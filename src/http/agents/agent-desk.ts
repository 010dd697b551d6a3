import { createHash } from 'node:crypto';
import { can, type Principal } from '../../access/principal.ts';
import { dayMs } from '../../core/duration.ts';
import { AppError } from '../../core/errors.ts';
import { isClosed } from '../../core/loop/states.ts';
import type { JsonValue } from '../../lib/canonical-json.ts';
import { claimByAgent, isOfAgent } from '../../loop/claim.ts';
import { ingest } from '../../loop/ingest.ts';
import {
  type AgentAnswer,
  type AgentInput,
  type AgentToolName,
  agentTools,
} from '../../policy/mcp/agent-tools.ts';
import type { LoopRow } from '../../ports/store.ts';
import { decisionJson } from '../json/decision-json.ts';
import type { Room } from '../room.ts';
import { lessonOf } from './lesson.ts';
import { signPayload } from './sign-payload.ts';

/** Does what agents ask, for every door that they come through. */
export type AgentDesk = {
  /**
   * @param named the agent, where the caller may speak for any
   *
   * Errors: `forbidden` for another agent than the token's own; `bad-request` where none is named.
   */
  agentOf(caller: Principal, named: string | undefined): string;
  call(caller: Principal, agent: string, tool: AgentToolName, input: unknown): Promise<AgentAnswer>;
};

type Payload = { readonly [name: string]: JsonValue };
type Done = Payload | { readonly refused: string };

const namePattern = /^[^\s\p{C}]{1,200}$/u;
/** A closed case is a lesson for as long as its return would be a relapse. */
const lessonDays = 90;
/** Said alike for what is not there and for what is another's. */
const noCase = 'No open case of yours has this name.';

export function openAgentDesk({ given }: Room): AgentDesk {
  const { parts, packs } = given;

  const check = (caller: Principal, agent: string, input: AgentInput<'check_action'>): Done => {
    const { action, resource } = input;
    const subject = { type: 'agent', id: agent };
    // Facts that would permit something, such as an approval, are not an agent's to state.
    const decision = given.policies.ask(caller, { subject, action: { name: action }, resource });
    const said = decisionJson(decision);
    const { reason_admin: _admin, ...context } = said.context ?? { outcome: decision.outcome };
    return { decision: said.decision, context: asJson(context) };
  };

  const lessons = async (caller: Principal, agent: string): Promise<Done> => {
    const rows = await parts.store.read.owners(caller, agent);
    const policies = given.policies.live.current();
    const words = { packs, policies, language: given.config.delivery.language };
    const recent = parts.clock.now() - lessonDays * dayMs;
    const own = rows.filter((row) => isOfAgent(row, agent) && isLesson(row, recent));
    return { lessons: own.map((row) => lessonOf(row, words)) };
  };

  const claim = async (caller: Principal, agent: string, input: AgentInput<'claim'>): Promise<Done> => {
    const claimed = await claimByAgent(parts, caller, agent, input.case);
    if (claimed.kind === 'not-found') return { refused: noCase };
    if (claimed.kind === 'closed') return { refused: 'This case takes no claim now.' };
    const { caseCode, state, rung } = claimed.loop;
    return { case: caseCode, state, rung, isNew: claimed.kind === 'claimed' };
  };

  const report = async (agent: string, input: AgentInput<'report'>): Promise<Done> => {
    const now = parts.clock.now();
    const { version, model, promptHash, ...call } = input;
    const own = { id: agent, ...known({ version, model, promptHash }) };
    const record = { time: new Date(now).toISOString(), ...call, agent: own };
    const context = given.mapContext(now);
    const bytes = Buffer.from(JSON.stringify(record));
    let accepted = 0;
    for await (const batch of given.readReport([bytes], { context })) {
      const events = batch.items.flatMap((item) => ('event' in item ? [item.event] : []));
      const [first] = events;
      if (first === undefined) return { refused: 'This call could not be read.' };
      const taken = await ingest(parts, { source: first.source, receivedAt: now, mode: 'live', events });
      accepted += taken.accepted;
    }
    return { accepted, duplicates: accepted === 0 ? 1 : 0 };
  };

  const done = async (
    caller: Principal,
    agent: string,
    tool: AgentToolName,
    input: unknown,
  ): Promise<Done> => {
    switch (tool) {
      case 'check_action':
        return check(caller, agent, agentTools[tool].input.parse(input));
      case 'lessons':
        return lessons(caller, agent);
      case 'claim':
        return claim(caller, agent, agentTools[tool].input.parse(input));
      case 'report':
        return report(agent, agentTools[tool].input.parse(input));
    }
  };

  return {
    agentOf: (caller, named) => {
      if (caller.agent !== undefined) {
        if (named === undefined || named === caller.agent) return caller.agent;
        throw new AppError('forbidden', 'This token belongs to another agent.');
      }
      if (named === undefined || !namePattern.test(named))
        throw new AppError('bad-request', 'Name the agent: this token belongs to none.');
      if (!can(caller, 'admin')) throw new AppError('forbidden', 'This token belongs to no agent.');
      return named;
    },
    call: async (caller, agent, tool, input) => {
      if (!agentTools[tool].input.safeParse(input).success)
        return { kind: 'refused', reason: 'The input does not fit this tool.' };
      const answer = await done(caller, agent, tool, input);
      if ('refused' in answer) return { kind: 'refused', reason: String(answer.refused) };
      const at = new Date(parts.clock.now()).toISOString();
      // The input's hash ties the answer to its question.
      const asked = createHash('sha256')
        .update(JSON.stringify(input ?? {}))
        .digest('hex');
      return { kind: 'said', signed: signPayload(given.signer, { tool, agent, at, asked, ...answer }) };
    },
  };
}

/** What was no failure after all teaches nothing. */
function isLesson({ state, lastOccurredAt }: LoopRow, recent: number): boolean {
  return state !== 'dismissed' && (!isClosed(state) || lastOccurredAt >= recent);
}

/** Text and numbers of our own, without what is left out. */
function asJson(value: unknown): JsonValue {
  const made: JsonValue = JSON.parse(JSON.stringify(value));
  return made;
}

function known(given: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
