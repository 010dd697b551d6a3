import { type Dict, dictOf, isDict, scalarText, textOf } from '../../../lib/guards.ts';
import type { ToolCall } from './call.ts';
import { agentOf, declaredToolsOf, idOf, runOf, sessionOf, sponsorOf, timeOf } from './sender.ts';

/** An entry of the audit trail of a governance toolkit: `{agent_id, tool, role, decision, event_type, timestamp}`. */
export function isGovernance(record: Dict): boolean {
  return (
    textOf(record.agent_id) !== undefined &&
    textOf(record.timestamp) !== undefined &&
    textOf(record.event_type) !== undefined &&
    textOf(record.hook_event_name) === undefined
  );
}

export function readGovernance(record: Dict): ToolCall | undefined {
  const tool = textOf(record.tool);
  if (tool === undefined) return undefined;
  const { amount, recipient } = record;
  const event = textOf(record.event_type);
  return {
    form: 'governance',
    tool,
    given: { ...(dictOf(record.arguments) ?? {}), amount, recipient },
    action: event,
    idParts: [
      textOf(record.agent_id),
      event,
      tool,
      textOf(record.decision),
      textOf(record.timestamp),
      idOf(record.call_count),
    ],
    time: record.timestamp,
    agent: agentOf(record),
    sponsor: sponsorOf(record),
    session: sessionOf(record),
    run: runOf(record),
    statedDecision: textOf(record.decision) ?? event,
    reason: textOf(record.reason),
    role: textOf(record.role),
    purpose: textOf(record.purpose),
    declaredTools: declaredToolsOf(record.allowed_tools),
  };
}

/** What a coding agent hands to its hooks before and after a tool: `{hook_event_name, session_id, tool_name, …}`. */
export function isHook(record: Dict): boolean {
  return textOf(record.hook_event_name) !== undefined && textOf(record.session_id) !== undefined;
}

const hookDecisions: Readonly<Record<string, string>> = {
  PermissionRequest: 'asked',
  PermissionDenied: 'denied',
};

export function readHook(record: Dict): ToolCall | undefined {
  const event = textOf(record.hook_event_name) ?? '';
  const tool = textOf(record.tool_name);
  if (
    tool === undefined ||
    !/^(?:PreToolUse|PostToolUse|PostToolUseFailure|Permission(?:Request|Denied))$/u.test(event)
  )
    return undefined;
  const session = textOf(record.session_id);
  const request = textOf(record.tool_use_id);
  const specific = dictOf(record.hookSpecificOutput);
  const given = record.tool_input;
  const agent = agentOf(record) ?? {};
  const type = textOf(record.agent_type);
  return {
    form: 'hook',
    tool,
    given,
    action: event,
    // Before and after are one call: whichever is told first is its event, unless it was refused.
    idParts:
      request === undefined
        ? [session, event, tool, plainText(given), textOf(record.timestamp)]
        : [session, request, event.startsWith('Permission') ? event : ''],
    time: timeOf(record),
    agent:
      agent.id === undefined && agent.name === undefined && type !== undefined
        ? { ...agent, name: type }
        : agent,
    sponsor: sponsorOf(record),
    session,
    request,
    statedDecision:
      textOf(specific?.permissionDecision) ?? textOf(record.permission_decision) ?? hookDecisions[event],
    wasAnswered: event === 'PostToolUse',
    reason: textOf(specific?.permissionDecisionReason) ?? textOf(record.reason),
    declaredTools: declaredToolsOf(record.allowed_tools),
    // Only this mode says that nobody was asked.
    approval: record.permission_mode === 'bypassPermissions' ? { isMissing: true } : undefined,
    folder: textOf(record.cwd),
  };
}

/** Our own plain form, alone or as the data of a CloudEvent; the README shows it. */
export function isPlain(record: Dict): boolean {
  return (
    textOf(record.tool) !== undefined &&
    (isDict(record.agent) || textOf(record.agent) !== undefined) &&
    textOf(record.event_type) === undefined
  );
}

export function readPlain(record: Dict, envelope?: Dict): ToolCall | undefined {
  const tool = textOf(record.tool);
  if (tool === undefined) return undefined;
  const approval = dictOf(record.approval);
  const approvedBy = textOf(approval?.by);
  const id = idOf(record.id);
  const agent = agentOf(record);
  const source = textOf(envelope?.source);
  return {
    form: 'plain',
    tool,
    given: record.arguments,
    action: textOf(record.action) ?? textOf(envelope?.type),
    idParts:
      envelope !== undefined
        ? ['cloudevents', source, textOf(envelope.id)]
        : [
            agent?.id ?? agent?.name,
            sessionOf(record),
            runOf(record),
            id,
            tool,
            scalarText(timeOf(record)),
            id === undefined ? plainText(record.arguments) : '',
          ],
    time: timeOf(record) ?? envelope?.time,
    agent,
    sponsor: sponsorOf(record),
    session: sessionOf(record),
    run: runOf(record),
    request: id,
    statedDecision: textOf(record.decision),
    reason: textOf(record.reason),
    role: textOf(record.role),
    purpose: textOf(record.purpose) ?? textOf(dictOf(record.agent)?.purpose),
    declaredTools: declaredToolsOf(record.tools) ?? declaredToolsOf(dictOf(record.agent)?.tools),
    approval:
      approval === undefined
        ? undefined
        : { isMissing: approval.required === true && approvedBy === undefined, by: approvedBy },
  };
}

/** OCSF with an `ai_agent`, of whatever class: API Activity (6003) as a rule. */
export function isAgentOcsf(record: Dict): boolean {
  if (typeof record.class_uid !== 'number' || !isDict(record.metadata)) return false;
  return isDict(record.ai_agent) || isDict(dictOf(record.actor)?.ai_agent);
}

export function readOcsf(record: Dict): ToolCall | undefined {
  const actor = dictOf(record.actor);
  const api = dictOf(record.api);
  const tool =
    textOf(dictOf(record.tool)?.name) ?? textOf(api?.operation) ?? textOf(dictOf(record.unmapped)?.tool);
  if (tool === undefined) return undefined;
  const request = dictOf(api?.request);
  const ai = dictOf(record.ai_agent) ?? dictOf(actor?.ai_agent) ?? {};
  const user = dictOf(actor?.user);
  const metadata = dictOf(record.metadata);
  const session = textOf(dictOf(actor?.session)?.uid);
  // Profile "security control": action 2 is denied, disposition 2 blocked; a failed status alone is no refusal.
  const isDenied = record.action_id === 2 || record.disposition_id === 2;
  const isAllowed = record.action_id === 1 || record.disposition_id === 1;
  return {
    form: 'ocsf',
    tool,
    given: request?.data ?? dictOf(record.unmapped)?.arguments,
    action: textOf(record.activity_name) ?? textOf(record.type_name) ?? textOf(api?.operation),
    idParts: [
      textOf(metadata?.uid) ??
        [textOf(ai.uid), session, textOf(request?.uid), tool, scalarText(record.time)].join('\n'),
    ],
    time: record.time ?? record.time_dt,
    agent: agentOf({ ai_agent: ai }),
    sponsor: undefined,
    caller: { name: textOf(user?.name), email: textOf(user?.email_addr) },
    session,
    request: textOf(request?.uid),
    statedDecision: isDenied ? 'denied' : isAllowed ? 'allowed' : undefined,
    wasAnswered: record.status_id === 1,
    reason: textOf(record.status_detail),
    purpose: textOf(ai.charter),
    declaredTools: undefined,
  };
}

/** Arguments as a text that tells one call from another, whatever the order of their names. Deeper members do not count. */
export function plainText(given: unknown): string {
  if (typeof given === 'string') return given;
  if (!isDict(given)) return '';
  return Object.entries(given)
    .filter(
      ([, value]) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean',
    )
    .map(([name, value]) => `${name}=${String(value)}`)
    .toSorted()
    .join('\n');
}
