import { expect, test } from 'vitest';
import { isSessionValid, openSession, sessionHash } from './session.ts';

const hour = 3_600_000;
const now = Date.UTC(2026, 10, 23, 10);
const token = { id: 'a'.repeat(32), expiresAt: now + 48 * hour };
const opened = (at = now, over = token) => openSession('b'.repeat(32), over, at, new Uint8Array(24).fill(7));

test('what the store keeps of a session does not open it', () => {
  const { secret, session } = opened();
  expect(JSON.stringify(session)).not.toContain(secret);
  expect(isSessionValid(session.hash, session, now)).toBe(false);
  expect(isSessionValid(secret, session, now)).toBe(true);
});

test('a session ends after twelve hours, with its token, or when it is revoked', () => {
  const { secret, session } = opened();
  expect(isSessionValid(secret, session, now + 12 * hour - 1)).toBe(true);
  expect(isSessionValid(secret, session, now + 12 * hour)).toBe(false);
  expect(opened(now, { ...token, expiresAt: now + hour }).session.expiresAt).toBe(now + hour);
  expect(isSessionValid(secret, { ...session, revokedAt: now }, now)).toBe(false);
});

test('one session’s secret does not open another, and a token is no session', () => {
  const other = openSession('c'.repeat(32), token, now, new Uint8Array(24).fill(8));
  expect(isSessionValid(other.secret, opened().session, now)).toBe(false);
  expect(sessionHash(other.secret.replace('fbl_session_', 'fbl_live_'))).toBeUndefined();
});
