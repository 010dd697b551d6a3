import { type Dict, dictOf, textOf } from '../../../lib/guards.ts';

const events = 'https://schemas.openid.net/secevent/';

/** The claims of a Security Event Token (RFC 8417) whose one event is of a kind that OpenID wrote down. */
export type SecurityEvent = {
  readonly claims: Dict;
  readonly issuer: string;
  readonly id: string;
  /** `caep/session-revoked`, `risc/account-disabled`, `ssf/verification`. */
  readonly type: string;
  readonly event: Dict;
};

export function securityEventOf(record: unknown): SecurityEvent | undefined {
  const claims = dictOf(record);
  const [issuer, id] = [textOf(claims?.iss), textOf(claims?.jti)];
  if (claims === undefined || issuer === undefined || id === undefined) return undefined;
  const found = Object.entries(dictOf(claims.events) ?? {}).flatMap(([name, event]) => {
    const type = name.startsWith(events) ? name.slice(events.length) : '';
    const parts = /^(caep|risc|ssf)\/event-type\/([a-z0-9-]{1,80})$/u.exec(type);
    return parts === null ? [] : [{ type: `${parts[1]}/${parts[2]}`, event: dictOf(event) ?? {} }];
  });
  const [first] = found;
  return first === undefined || found.length > 1 ? undefined : { claims, issuer, id, ...first };
}

/** The framework allows exactly one event a token; a receiver holds its senders to it. */
export function isSingle({ claims }: SecurityEvent): boolean {
  return Object.keys(dictOf(claims.events) ?? {}).length === 1;
}
