import { isEqualConstantTime } from '../lib/hmac.ts';
import { makeSecret, parseSecret, secretHash } from './secret-text.ts';

/**
 * How a new installation gets its first operator: a link printed at the start, good for one claim within thirty
 * minutes, made anew at every start until someone claimed. There is no default password to forget to change.
 */
export type ClaimState =
  | { readonly kind: 'unclaimed' }
  | { readonly kind: 'offered'; readonly hash: string; readonly expiresAt: number }
  | { readonly kind: 'claimed'; readonly claimedAt: number; readonly by: string };

export const claimMinutes = 30;

export type ClaimOffer = { readonly token: string; readonly state: Extract<ClaimState, { kind: 'offered' }> };

/**
 * The link's token for this start; it replaces any earlier one. Undefined once claimed: there is nothing to offer.
 *
 * @param random 24 random bytes
 */
export function offerClaim(state: ClaimState, now: number, random: Uint8Array): ClaimOffer | undefined {
  if (state.kind === 'claimed') return undefined;
  const token = makeSecret('claim', random);
  return {
    token,
    state: { kind: 'offered', hash: secretHash(token), expiresAt: now + claimMinutes * 60_000 },
  };
}

export type ClaimVerdict = 'valid' | 'claimed' | 'expired' | 'wrong';

/** Whether the page may be shown, and the claim be made. Asking changes nothing, so a link preview does no harm. */
export function judgeClaim(state: ClaimState, token: string, now: number): ClaimVerdict {
  if (state.kind === 'claimed') return 'claimed';
  const parsed = parseSecret('claim', token);
  if (state.kind === 'unclaimed' || parsed.kind === 'malformed') return 'wrong';
  if (!isEqualConstantTime(parsed.hash, state.hash)) return 'wrong';
  return now >= state.expiresAt ? 'expired' : 'valid';
}

/**
 * The state after a claim. The caller holds the lock on it from `judgeClaim` to the commit: of two who claim at once
 * one is second, and reads `claimed`.
 */
export function claim(
  state: ClaimState,
  token: string,
  by: string,
  now: number,
): { readonly verdict: ClaimVerdict; readonly state: ClaimState } {
  const verdict = judgeClaim(state, token, now);
  return { verdict, state: verdict === 'valid' ? { kind: 'claimed', claimedAt: now, by } : state };
}
