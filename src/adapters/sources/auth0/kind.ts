import type { EventKind } from '../../../core/event.ts';
import { type Dict, dictOf, textOf } from '../../../lib/guards.ts';

/** By the code of the type. https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes */
const codes: Readonly<Record<string, EventKind>> = {
  seccft: 'token.issued',
  feccft: 'token.issued',
  seacft: 'token.issued',
  feacft: 'token.issued',
  sertft: 'token.issued',
  fertft: 'token.issued',
  scp: 'credential.changed',
  scpr: 'credential.changed',
  gd_enrollment_complete: 'credential.changed',
  gd_unenroll: 'credential.changed',
  sdu: 'identity.disabled',
};

/** Calls of the management interface: method and path, without what stands before `/v2/`. */
const calls: readonly (readonly [RegExp, EventKind])[] = [
  [/^post clients$/u, 'credential.created'],
  [/^post clients\/[^/]+\/credentials$/u, 'credential.created'],
  [/^delete clients\/[^/]+(?:\/credentials\/[^/]+)?$/u, 'credential.removed'],
  [/^post clients\/[^/]+\/rotate-secret$/u, 'credential.changed'],
  [/^delete users\/[^/]+$/u, 'identity.disabled'],
];
/** Settings that hold attackers back: the answer says whether they stand. */
const control = /^(?:post|put|patch) (?:attack-protection|guardian\/factors)\//u;

export function kindOf(log: Dict): EventKind {
  const code = textOf(log.type) ?? '';
  if (Object.hasOwn(codes, code)) return codes[code] ?? 'activity.recorded';
  if (code !== 'sapi' && code !== 'fapi') return 'activity.recorded';
  const details = dictOf(log.details);
  const request = dictOf(details?.request);
  const path = (textOf(request?.path) ?? '').slice(0, 500).replace(/^.*\/v2\//u, '');
  const call = `${(textOf(request?.method) ?? '').slice(0, 10).toLowerCase()} ${path}`;
  const found = calls.find(([pattern]) => pattern.test(call))?.[1];
  if (found !== undefined || !control.test(call)) return found ?? 'activity.recorded';
  const answer = dictOf(dictOf(details?.response)?.body);
  if (answer?.enabled === false || answer?.policy === 'off') return 'control.disabled';
  return answer?.enabled === true || answer?.policy === 'on' ? 'control.restored' : 'activity.recorded';
}

/** Auth0's codes begin with `s` for success and `f` for failure, but for words of their own. */
export function outcomeOf(code: string): 'success' | 'failure' | undefined {
  if (/^(?:s|sapi|slo|seccft|seacft|sertft|scp|scpr|sdu)$/u.test(code)) return 'success';
  return /^(?:f|fu|fp|fapi|feccft|feacft|fertft|ferrt|fcp|fcpr|fcoa|fdu|limit_.*|pwd_leak|signup_pwd_leak)$/u.test(
    code,
  )
    ? 'failure'
    : undefined;
}
