import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type ClaimState, type ClaimVerdict, claim, judgeClaim, offerClaim } from './access/claim.ts';
import { type Principal, systemPrincipal } from './access/principal.ts';
import { randomBytesCount } from './access/secret-text.ts';
import {
  issueToken,
  judgeToken,
  type TokenIssue,
  type TokenRequest,
  tokenDaysMax,
  tokenHash,
} from './access/token.ts';
import { firstAccount, openAccounts } from './app-accounts.ts';
import { type FactorParts, openFactors } from './app-factors.ts';
import { asOperator, openSessions, type SessionParts } from './app-sessions.ts';
import type { AccountDesk, FactorDesk, SessionDesk } from './http/access-desks.ts';
import { noteAccess } from './http/audit/note-access.ts';
import type { ClaimAccount, ClaimTaken } from './http/http-parts.ts';
import { loopPrincipal } from './loop/parts.ts';
import type { Clock } from './ports/clock.ts';
import type { AccountRow, Store, StoreWrite } from './ports/store.ts';

/** Who gets in: the first administrator's claim, and API tokens. */
export type AccessDesk = {
  readonly claim: {
    /** Path of a fresh one-time link; undefined once claimed. */
    offer(): Promise<string | undefined>;
    judge(token: string): Promise<ClaimVerdict>;
    /** Atomic: of two that claim at once, one gets the token. */
    take(token: string, name: string, account?: ClaimAccount): Promise<ClaimTaken>;
  };
  readonly issueToken: (request: TokenRequest, issuer: Principal) => Promise<TokenIssue>;
  readonly authenticate: (bearer: string) => Promise<Principal | undefined>;
  readonly sessions: SessionDesk;
  readonly accounts: AccountDesk;
  readonly factors: FactorDesk;
};

const claimSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unclaimed') }),
  z.object({ kind: z.literal('offered'), hash: z.string(), expiresAt: z.number() }),
  z.object({ kind: z.literal('claimed'), claimedAt: z.number(), by: z.string() }),
]);

export function openAccess(
  store: Store,
  clock: Clock,
  given: Pick<SessionParts, 'limits' | 'people'> &
    Pick<FactorParts, 'seal' | 'rule' | 'house' | 'judge' | 'attemptKey' | 'isStrict'> & {
      readonly hasAccounts: boolean;
    },
): AccessDesk {
  const { limits, people, judge, attemptKey, hasAccounts } = given;
  const sessions = openSessions({ store, clock, limits, people });
  const factors = openFactors({ ...given, store, clock, sessions });
  const stateIn = async (tx: StoreWrite): Promise<ClaimState> => {
    const parsed = claimSchema.safeParse(await tx.setting('claim'));
    return parsed.success ? parsed.data : { kind: 'unclaimed' };
  };
  const keepToken = async (tx: StoreWrite, request: TokenRequest, issuer: Principal): Promise<TokenIssue> => {
    const issued = issueToken(request, issuer, clock.now(), randomBytes(randomBytesCount));
    if (issued.kind === 'issued') {
      const { createdBy: _createdBy, ...row } = issued.record;
      await tx.insertToken(row);
    }
    return issued;
  };
  return {
    claim: {
      offer: () =>
        store.transaction(async (tx) => {
          await tx.lock('claim');
          const offer = offerClaim(await stateIn(tx), clock.now(), randomBytes(randomBytesCount));
          if (offer === undefined) return undefined;
          await tx.saveSetting('claim', offer.state);
          return `/claim/${offer.token}`;
        }),
      judge: async (token) => {
        const parsed = claimSchema.safeParse(await store.read.setting(loopPrincipal, 'claim'));
        return judgeClaim(parsed.success ? parsed.data : { kind: 'unclaimed' }, token, clock.now());
      },
      take: async (token, name, wanted) => {
        const account =
          wanted === undefined ? undefined : await firstAccount(wanted, name, clock.now(), judge);
        if (typeof account === 'string') return { verdict: account };
        return store.transaction(async (tx): Promise<ClaimTaken> => {
          await tx.lock('claim');
          const taken = claim(await stateIn(tx), token, name, clock.now());
          if (taken.verdict !== 'valid') return { verdict: taken.verdict };
          await tx.saveSetting('claim', taken.state);
          if (account !== undefined) await keepFirst(tx, account, clock.now());
          const id = randomBytes(16).toString('hex');
          const request: TokenRequest = { id, name, scopes: ['admin'], teams: 'all', days: tokenDaysMax };
          const issued = await keepToken(tx, request, systemPrincipal('claim'));
          if (issued.kind === 'refused') throw new Error(issued.reason);
          return { verdict: 'valid', token: issued.token, expiresAt: issued.record.expiresAt };
        });
      },
    },
    issueToken: (request, issuer) => store.transaction((tx) => keepToken(tx, request, issuer)),
    authenticate: async (bearer) => {
      const hash = tokenHash(bearer);
      if (hash === undefined) return undefined;
      const verdict = judgeToken(bearer, await store.read.tokenByHash(loopPrincipal, hash), clock.now());
      if (verdict.kind === 'refused') return undefined;
      return asOperator(verdict.principal);
    },
    sessions,
    factors,
    accounts: openAccounts({ store, clock, sessions, factors, judge, attemptKey, isOn: hasAccounts }),
  };
}

async function keepFirst(tx: StoreWrite, account: AccountRow, now: number): Promise<void> {
  await tx.saveAccount(account);
  const by = `person:${account.id}`;
  const body = { account: account.id, roles: account.roles, teams: account.teams, how: 'claimed' };
  await noteAccess(tx, now, [{ kind: 'access.account-made', by, body }]);
}
