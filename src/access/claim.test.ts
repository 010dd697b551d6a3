import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { type ClaimState, claim, judgeClaim, offerClaim } from './claim.ts';

const now = 1_760_000_000_000;
const unclaimed: ClaimState = { kind: 'unclaimed' };

function offered(state: ClaimState = unclaimed, at = now) {
  const offer = offerClaim(state, at, randomBytes(24));
  if (offer === undefined) throw new Error('nothing offered');
  return offer;
}

test('a link can be claimed once, and looking at it changes nothing', () => {
  const { token, state } = offered();
  expect(judgeClaim(state, token, now)).toBe('valid');
  expect(judgeClaim(state, token, now)).toBe('valid');
  const first = claim(state, token, 'ana', now);
  expect(first).toEqual({ verdict: 'valid', state: { kind: 'claimed', claimedAt: now, by: 'ana' } });
  expect(claim(first.state, token, 'eve', now)).toEqual({ verdict: 'claimed', state: first.state });
});

test('a link ends after thirty minutes, and the next start offers a new one', () => {
  const { token, state } = offered();
  expect(judgeClaim(state, token, now + 30 * 60_000 - 1)).toBe('valid');
  expect(judgeClaim(state, token, now + 30 * 60_000)).toBe('expired');
  const later = offered(state, now + 3_600_000);
  expect(judgeClaim(later.state, later.token, now + 3_600_000)).toBe('valid');
  expect(judgeClaim(later.state, token, now + 3_600_000)).toBe('wrong');
});

test('once claimed nothing is ever offered again', () => {
  expect(offerClaim({ kind: 'claimed', claimedAt: now, by: 'ana' }, now, randomBytes(24))).toBeUndefined();
});

test('a wrong token claims nothing, and the state holds no token', () => {
  const { token, state } = offered();
  for (const text of ['', 'x', offered().token, token.slice(0, -1)]) {
    expect(claim(state, text, 'eve', now)).toEqual({ verdict: 'wrong', state });
  }
  expect(judgeClaim(unclaimed, token, now)).toBe('wrong');
  expect(JSON.stringify(state)).not.toContain(token.slice(10, 30));
});
