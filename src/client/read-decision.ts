import type { PolicyDecision } from './shapes.ts';

export type Fault = { readonly fault: string };

/** Reads an answer of AuthZEN: `{"decision": false, "context": {…}}`. Whatever else it is, it is a no. */
export function readDecision(answer: unknown, requestId: string, language: string): PolicyDecision {
  const body = recordOf(answer);
  const context = recordOf(body.context);
  const allowed = body.decision === true;
  if (!allowed && body.decision !== false) {
    const reason = textOf(body.fault) ?? 'The policy server gave an answer that cannot be read.';
    const closed = { allowed: false, isUnavailable: true, retryable: true, scope: 'call' } as const;
    return { ...closed, reason, instead: [], requestId, context: {} };
  }
  const ask = spokenText(context.ask, language);
  const ruleClass = textOf(context.rule_class);
  const expires = textOf(context.expires);
  const lesson = textOf(context.lesson);
  const reason = spokenText(context.reason_user, language) ?? (allowed ? '' : 'This is not allowed.');
  const instead = Array.isArray(context.do_instead) ? context.do_instead : [];
  return {
    allowed,
    isUnavailable: false,
    reason,
    instead: instead.flatMap((item: unknown) => spokenText(item, language) ?? []),
    ...(ask === undefined ? {} : { ask }),
    ...(ruleClass === undefined ? {} : { ruleClass }),
    retryable: context.retryable === true,
    scope: context.scope === 'class' ? 'class' : 'call',
    ...(expires === undefined ? {} : { expires }),
    ...(lesson === undefined ? {} : { lesson }),
    requestId,
    context,
  };
}

/**
 * A sentence as policy servers write it: a text, or an object by language (`{"en": "…"}`, also `{"en-403": "…"}`) or by
 * status (`{"403": "…"}`), and ours with an id (`{"id": "…", "text": …}`).
 */
function spokenText(value: unknown, language: string): string | undefined {
  if (typeof value === 'string') return value;
  const said = recordOf(value);
  if ('text' in said) return spokenText(said.text, language);
  const named = (prefix: string) =>
    Object.entries(said).find(([name]) => name === prefix || name.startsWith(`${prefix}-`))?.[1];
  const first = Object.entries(said).find(([name]) => name !== 'id')?.[1];
  return textOf(named(language) ?? named('en') ?? first);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
