import { homedir } from 'node:os';
import { buffer } from 'node:stream/consumers';
import type { Config } from '../../config/schema.ts';
import { AppError } from '../../core/errors.ts';
import { type Dict, dictOf, isDict, textOf } from '../../lib/guards.ts';
import { limits } from '../../lib/limits.ts';
import { parseBody } from '../../lib/records/parse-body.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { agentAnswer, hookOutput } from '../hook/agent-answer.ts';
import { sendReport } from '../hook/report.ts';
import { hookSettings } from '../hook/settings.ts';
import { note, writeJson } from '../output.ts';
import type { StoreFlags } from '../session.ts';

export type HookAgentFlags = StoreFlags & {
  readonly plain?: boolean;
  /** Coding agents do not say who they are, nor who answers for them. */
  readonly agent?: string;
  readonly sponsor?: string;
};

/**
 * Answers a coding agent that asks before it calls a tool. It says nothing where nothing is broken, so that the agent's
 * own questions stand. A fault lets the call through, or stops it with code 2, as `hook.onError` says.
 */
export async function hookAgentCommand(flags: HookAgentFlags): Promise<ExitCode> {
  if (process.stdin.isTTY === true)
    throw new CliError('A coding agent gives this command its input: it is a hook.');
  // Never from the workspace or git's folder in it, which the agent itself may write.
  const config = await hookSettings(flags, homedir());
  try {
    const { agent, sponsor } = flags;
    const named = {
      ...(agent === undefined ? {} : { agent }),
      ...(sponsor === undefined ? {} : { sponsor }),
    };
    return await answer({ ...(await readInput()), ...named }, flags, config);
  } catch (error) {
    const reason = error instanceof AppError ? error.detail : 'the call could not be read';
    const isAllowed = config.hook.onError === 'allow';
    const end = isAllowed ? 'It goes on' : 'It was stopped';
    note(
      `Foldback could not judge this call: ${reason}. ${end}, as hook.onError is "${config.hook.onError}".`,
    );
    return isAllowed ? exit.ok : exit.usage;
  }
}

async function readInput(): Promise<Dict> {
  const parsed = parseBody(await buffer(process.stdin), limits);
  if (!parsed.ok) throw new AppError(parsed.code, parsed.reason);
  if (!isDict(parsed.value)) throw new AppError('bad-record', 'the input is no object');
  return parsed.value;
}

async function answer(input: Dict, flags: HookAgentFlags, config: Config): Promise<ExitCode> {
  const { judgeCall } = await import('../../judge-call.ts');
  const options = { packs: config.packs, language: config.delivery.language, now: Date.now() };
  const judged = judgeCall(input, options);
  if (judged === undefined) return exit.ok;
  const event = textOf(input.hook_event_name) ?? 'PreToolUse';
  const told = judged.broken === undefined ? undefined : agentAnswer(judged.broken, momentOf(event));
  if (told !== undefined) writeJson(flags.plain === true ? told : hookOutput(event, told));
  const report = reportOf(input, judged.event.record, told?.decision);
  const path = `/v1/sources/${judged.source.id}`;
  if ((await sendReport(path, report, config, flags.server)) === 'no-answer')
    note('Foldback could not be told of this: its server did not take it.');
  return exit.ok;
}

function momentOf(event: string): 'before' | 'after' {
  return event.startsWith('Post') ? 'after' : 'before';
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
function reportOf(input: Dict, record: Dict, decision: 'deny' | 'ask' | 'told' | undefined): Dict {
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
