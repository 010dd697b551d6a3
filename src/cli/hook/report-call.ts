import type { JudgedCall } from '../../judge-call.ts';
import { type Dict, dictOf, textOf } from '../../lib/guards.ts';
import type { AgentAnswer } from './agent-answer.ts';
import type { KnownServer } from './agent-settings.ts';
import { askJson } from './ask-json.ts';

export type AnsweredCall = {
  readonly input: Dict;
  readonly judged: JudgedCall;
  readonly decision: AgentAnswer['decision'] | undefined;
};

/** Tells the server of a call, for whoever answers for the agent. True when the server has it. */
export async function reportCall(
  server: KnownServer,
  call: AnsweredCall,
  agent: string | undefined,
  timeoutMs: number,
): Promise<boolean> {
  const { source, event } = call.judged;
  const path = `/v1/sources/${source}`;
  const sent = await askJson(server, 'POST', path, reportOf(call, event.record), timeoutMs);
  if (sent?.status === 202) return true;
  if (sent?.status !== 403) return false;
  // The token of an agent may report its own calls, without a right to send events of whatever kind.
  const own = await askJson(server, 'POST', '/v1/agents/calls', ownReport(call, agent), timeoutMs);
  return own?.status === 200;
}

/** What is told of a call beside its arguments. */
const toldMembers = [
  'hook_event_name',
  'session_id',
  'tool_name',
  'tool_use_id',
  'permission_mode',
  'cwd',
  'agent_id',
  'agent_type',
  'agent',
  'sponsor',
  'session',
  'run',
  'id',
  'tool',
  'purpose',
  'tools',
] as const;

/** The call with the arguments that an event keeps: neither contents nor results leave this machine. */
function reportOf({ input, decision }: AnsweredCall, record: Dict): Dict {
  const told = toldMembers.filter((name) => input[name] !== undefined).map((name) => [name, input[name]]);
  const kept = dictOf(record.arguments) ?? {};
  return {
    timestamp: new Date().toISOString(),
    ...Object.fromEntries(told),
    ...('tool_input' in input ? { tool_input: kept } : { arguments: kept }),
    ...(decision === 'deny' || decision === 'ask'
      ? { ['tool_input' in input ? 'permission_decision' : 'decision']: decision }
      : {}),
  };
}

/** The same for the tool `report`. */
function ownReport({ input, judged, decision }: AnsweredCall, agent: string | undefined): Dict {
  const { event } = judged;
  const id = textOf(input.tool_use_id) ?? textOf(input.id);
  const session = textOf(input.session_id) ?? textOf(input.session);
  const given = Object.entries(dictOf(event.record.arguments) ?? {});
  return {
    tool: 'report',
    ...(agent === undefined ? {} : { agent }),
    arguments: {
      tool: event.resource?.id ?? 'unknown',
      ...(id === undefined ? {} : { id }),
      ...(session === undefined ? {} : { session }),
      arguments: Object.fromEntries(
        given.filter(([, value]) => typeof value !== 'object' && value !== undefined),
      ),
      ...(decision === 'deny' ? { decision: 'denied' } : decision === 'ask' ? { decision: 'pending' } : {}),
    },
  };
}
