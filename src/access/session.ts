import { isEqualConstantTime } from '../lib/hmac.ts';
import type { SessionRow } from '../ports/store-access.ts';
import { makeSecret, parseSecret, secretHash } from './secret-text.ts';

/** A working day: whoever comes back tomorrow signs in again. */
export const sessionHours = 12;
const hourMs = 3_600_000;

/** @param random 24 random bytes; the secret is new at every sign-in, so that none can be planted beforehand */
export function openSession(
  id: string,
  token: { readonly id: string; readonly expiresAt: number },
  now: number,
  random: Uint8Array,
  hours: number = sessionHours,
): { readonly secret: string; readonly session: SessionRow } {
  const secret = makeSecret('session', random);
  const expiresAt = Math.min(now + hours * hourMs, token.expiresAt);
  return {
    secret,
    session: {
      id,
      hash: secretHash(secret),
      tokenId: token.id,
      createdAt: now,
      expiresAt,
      seenAt: now,
      provedAt: now,
    },
  };
}

export type PersonSession = {
  readonly accountId: string;
  readonly until: number;
  readonly provedAt: number | undefined;
};

/**
 * A person's session, after a login.
 *
 * @param provedAt when they proved who they are; undefined where nobody says
 */
export function openPersonSession(
  id: string,
  { accountId, until, provedAt }: PersonSession,
  now: number,
  random: Uint8Array,
): { readonly secret: string; readonly session: SessionRow } {
  const secret = makeSecret('session', random);
  return {
    secret,
    session: {
      id,
      hash: secretHash(secret),
      accountId,
      createdAt: now,
      expiresAt: until,
      seenAt: now,
      ...(provedAt === undefined ? {} : { provedAt }),
    },
  };
}

/** The hash under which a presented cookie is looked up; undefined when its form alone shows that it is none. */
export function sessionHash(text: string): string | undefined {
  const parsed = parseSecret('session', text);
  return parsed.kind === 'parsed' ? parsed.hash : undefined;
}

/** Whether the cookie opens this session now. Its token is judged beside it. */
export function isSessionValid(text: string, session: SessionRow, now: number): boolean {
  const hash = sessionHash(text);
  if (hash === undefined || !isEqualConstantTime(hash, session.hash)) return false;
  return session.revokedAt === undefined && now < session.expiresAt;
}
