import { homedir } from 'node:os';
import { buffer } from 'node:stream/consumers';
import { AppError } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import { judgeCall } from '../../judge-call.ts';
import { type Dict, isDict, textOf } from '../../lib/guards.ts';
import { limits } from '../../lib/limits.ts';
import { parseBody } from '../../lib/records/parse-body.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import {
  type AgentAnswer,
  agentAnswer,
  awayAnswer,
  hookOutput,
  unreadAnswer,
  withAway,
} from '../hook/agent-answer.ts';
import { type AgentNames, judgedByPolicy, questionOf } from '../hook/agent-question.ts';
import { forbiddenByKept, keepRules } from '../hook/agent-rules.ts';
import {
  type AgentHookFlags,
  type AgentHookSettings,
  agentHookSettings,
  type KnownServer,
  knownServer,
} from '../hook/agent-settings.ts';
import { brokenCall } from '../hook/broken-call.ts';
import { denial, policyAnswer } from '../hook/policy-answer.ts';
import { reportCall } from '../hook/report-call.ts';
import { note, writeJson } from '../output.ts';

export type HookAgentFlags = AgentHookFlags & {
  readonly plain?: boolean;
  /** Leaves what a policy allows to the agent's own questions. */
  readonly defer?: boolean;
  /** Coding agents do not say who they are, nor who answers for them. */
  readonly sponsor?: string;
} & AgentNames;

/** As long as an agent is to wait for a decision, and for what need not be known before one. */
const decisionMs = 2_000;
const besideMs = 1_000;

/**
 * Answers a coding agent that asks before it calls a tool: what the policies of the server say; while it is away, what
 * critical rules forbid is denied and a person is asked about the rest. Input that cannot be read is asked about too, or
 * stops the call with code 2, as `hook.onError` says.
 *
 * Nothing that takes long to load is imported here: every call of an agent waits for it.
 */
export async function hookAgentCommand(flags: HookAgentFlags): Promise<ExitCode> {
  if (process.stdin.isTTY === true)
    throw new CliError('A coding agent gives this command its input: it is a hook.');
  // Never from the workspace or git's folder in it, which the agent itself may write.
  const settings = await agentHookSettings(flags, process.env, homedir());
  try {
    const { agent, sponsor } = flags;
    const named = {
      ...(agent === undefined ? {} : { agent }),
      ...(sponsor === undefined ? {} : { sponsor }),
    };
    return await answer({ ...(await readInput()), ...named }, flags, settings);
  } catch (error) {
    const reason = error instanceof AppError ? error.detail : 'the call could not be read';
    const isStopped = settings.onError === 'deny';
    const end = isStopped ? 'It was stopped' : 'A person is asked';
    note(`Foldback could not judge this call: ${reason}. ${end}, as hook.onError is "${settings.onError}".`);
    if (isStopped) return exit.usage;
    // An agent may make a call so large or deep that it cannot be read: it gains nothing by that.
    const told = unreadAnswer();
    writeJson(flags.plain === true ? told : hookOutput('PreToolUse', told));
    return exit.ok;
  }
}

async function readInput(): Promise<Dict> {
  const parsed = parseBody(await buffer(process.stdin), limits);
  if (!parsed.ok) throw new AppError(parsed.code, parsed.reason);
  if (!isDict(parsed.value)) throw new AppError('bad-record', 'the input is no object');
  return parsed.value;
}

async function answer(input: Dict, flags: HookAgentFlags, settings: AgentHookSettings): Promise<ExitCode> {
  const judged = judgeCall(input, Date.now());
  if (judged === undefined) return exit.ok;
  const name = textOf(input.hook_event_name) ?? 'PreToolUse';
  const server = await knownServer(settings, flags.server);
  const isAfter = name.startsWith('Post');
  const told = isAfter
    ? await toldAfter(judged.event, settings)
    : await decided(judged.event, server, flags, settings);
  if (told !== undefined && !(told.decision === 'allow' && flags.defer === true))
    writeJson(flags.plain === true ? told : hookOutput(name, told));
  // What a policy denied is known to the server, as the attempt that it was.
  const isKnown = told?.decision === 'deny' && told.behaviour === undefined;
  if (server === undefined || isKnown) return exit.ok;
  const isTaken = await reportCall(
    server,
    { input, judged, decision: told?.decision },
    flags.agent,
    besideMs,
  );
  if (!isTaken) note('Foldback could not be told of this: its server did not take it.');
  return exit.ok;
}

async function toldAfter(event: Event, settings: AgentHookSettings): Promise<AgentAnswer | undefined> {
  const broken = await brokenCall(event, settings);
  return broken === undefined ? undefined : agentAnswer(broken, 'after');
}

async function decided(
  event: Event,
  server: KnownServer | undefined,
  flags: HookAgentFlags,
  settings: AgentHookSettings,
): Promise<AgentAnswer> {
  const { language, dataDir } = settings;
  const question = questionOf(event, flags);
  if (server !== undefined) {
    const [said] = await Promise.all([
      policyAnswer(server, question, language, decisionMs),
      keepRules(server, dataDir, Date.now(), besideMs),
    ]);
    if (said?.decision === 'deny') return said;
    // A policy speaks of tools and secrets; what came into the call from elsewhere, the behaviours alone see.
    const isBroken = event.joins?.rule !== undefined && !judgedByPolicy.has(event.joins.rule);
    const broken = said === undefined || !isBroken ? undefined : await brokenCall(event, settings);
    if (broken !== undefined) return agentAnswer(broken, 'before');
    if (said !== undefined) return said;
  }
  const isKnown = server !== undefined;
  const kept = await forbiddenByKept(question, dataDir, language);
  if (typeof kept === 'object') {
    const { ruleClass, say, instead, ask } = kept;
    return withAway(denial(ruleClass, say, instead, ask, { retry: false, isWholeClass: true }), isKnown);
  }
  const broken = await brokenCall(event, settings);
  if (broken !== undefined) return withAway(agentAnswer(broken, 'before'), isKnown);
  return awayAnswer(isKnown);
}
