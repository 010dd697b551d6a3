import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Principal } from './principal.ts';
import { scopesOf } from './role.ts';
import { makeSecret, parseSecret, secretPattern } from './secret-text.ts';
import {
  bearerToken,
  issueToken,
  judgeToken,
  type TokenRecord,
  type TokenRequest,
  tokenHash,
} from './token.ts';

const admin: Principal = {
  id: 'u1',
  kind: 'operator',
  name: 'Ana',
  scopes: scopesOf(['admin']),
  teams: 'all',
};
const now = 1_760_000_000_000;
const request: TokenRequest = { id: 't1', name: 'CI', scopes: ['events:write'], teams: 'all', days: 90 };

function issued(change: Partial<TokenRequest> = {}, issuer = admin): { token: string; record: TokenRecord } {
  const result = issueToken({ ...request, ...change }, issuer, now, randomBytes(24));
  if (result.kind === 'refused') throw new Error(result.reason);
  return result;
}

describe('the form of a token', () => {
  test('is recognised by its prefix and pattern, and carries at least 160 random bits', () => {
    const random = randomBytes(24);
    const token = makeSecret('live', random);
    expect(token).toMatch(new RegExp(secretPattern, 'u'));
    expect(token.startsWith('fbl_live_')).toBe(true);
    const other = Uint8Array.from(random);
    other[0] = (other[0] ?? 0) ^ 1;
    expect(makeSecret('live', other)).not.toBe(token);
    expect(() => makeSecret('live', randomBytes(16))).toThrow(RangeError);
  });

  test('any single typing error, or two neighbours swapped, is seen without asking the store', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 24, maxLength: 24 }),
        fc.nat(47),
        fc.constantFrom(...'09AZaz_-'),
        (random, at, character) => {
          const token = makeSecret('live', random);
          const mistyped = token.slice(0, at) + character + token.slice(at + 1);
          if (mistyped !== token) expect(tokenHash(mistyped)).toBeUndefined();
          const swapped =
            token.slice(0, at) + (token[at + 1] ?? '') + (token[at] ?? '') + token.slice(at + 2);
          if (swapped !== token) expect(tokenHash(swapped)).toBeUndefined();
          expect(tokenHash(token)).toHaveLength(64);
        },
      ),
    );
  });

  test('a claim token is no API token, and any other text is none', () => {
    expect(tokenHash(makeSecret('claim', randomBytes(24)))).toBeUndefined();
    const token = makeSecret('live', randomBytes(24));
    for (const text of [
      '',
      token.toUpperCase(),
      `${token} `,
      ` ${token}`,
      `${token}\n`,
      token.slice(0, -1),
    ]) {
      expect(parseSecret('live', text).kind).toBe('malformed');
    }
  });
});

describe('issuing', () => {
  test('the record holds the hash only', () => {
    const { token, record } = issued();
    expect(record.hash).toBe(tokenHash(token));
    expect(JSON.stringify(record)).not.toContain(token.slice(9, 30));
    expect(record.expiresAt).toBe(now + 90 * 86_400_000);
  });

  test.each([
    ['no lifetime', { days: 0 }],
    ['more than a year', { days: 366 }],
    ['part of a day', { days: 1.5 }],
    ['no scope', { scopes: [] }],
    ['no name', { name: ' ' }],
    ['no team', { teams: [] }],
  ] as const)('%s is refused', (_name, change) => {
    expect(issueToken({ ...request, ...change }, admin, now, randomBytes(24)).kind).toBe('refused');
  });

  test('nobody hands out more than they have', () => {
    const analyst: Principal = { ...admin, scopes: scopesOf(['analyst']), teams: ['payments'] };
    const refused = (change: Partial<TokenRequest>) =>
      issueToken(
        { ...request, scopes: ['loops:read'], teams: ['payments'], ...change },
        analyst,
        now,
        randomBytes(24),
      ).kind;
    expect(refused({})).toBe('issued');
    expect(refused({ scopes: ['admin'] })).toBe('refused');
    expect(refused({ teams: 'all' })).toBe('refused');
    expect(refused({ teams: ['payments', 'search'] })).toBe('refused');
  });

  test('a token makes no tokens', () => {
    const verdict = judgeToken(...judgeable(issued({ scopes: ['admin'] })), now);
    if (verdict.kind !== 'accepted') throw new Error(verdict.reason);
    expect(issueToken(request, verdict.principal, now, randomBytes(24)).kind).toBe('refused');
  });
});

function judgeable({ token, record }: { token: string; record: TokenRecord }): [string, TokenRecord] {
  return [token, record];
}

describe('a token of one agent', () => {
  test('carries the identity of that agent, and stands for agents alone', () => {
    const { token, record } = issued({ scopes: ['agents:use', 'policy:enforce'], agent: 'shop-coder' });
    const verdict = judgeToken(token, record, now);
    if (verdict.kind === 'refused') throw new Error(verdict.reason);
    expect(verdict.principal).toMatchObject({ kind: 'agent', agent: 'shop-coder', subjectTypes: ['agent'] });
    expect([...verdict.principal.scopes]).toEqual(['agents:use', 'policy:enforce']);
  });

  test.each([
    'admin',
    'loops:write',
    'policy:approve',
    'owners:write',
    'controls:write',
    'delivery:write',
  ] as const)('is not made with the scope %s, and gets nothing of it where a record says so', (scope) => {
    const refused = issueToken({ ...request, scopes: [scope], agent: 'a' }, admin, now, randomBytes(24));
    expect(refused).toMatchObject({ kind: 'refused', reason: expect.stringContaining(scope) });
    const { token, record } = issued({ scopes: ['agents:use'], agent: 'a' });
    const verdict = judgeToken(token, { ...record, scopes: [...record.scopes, scope] }, now);
    expect(verdict.kind === 'accepted' && [...verdict.principal.scopes]).toEqual(['agents:use']);
  });

  test.each(['', ' ', 'a b', 'a\nb', 'x'.repeat(201), 'a\u202eb'])('is not made for the name %j', (agent) => {
    const refused = issueToken({ ...request, scopes: ['agents:use'], agent }, admin, now, randomBytes(24));
    expect(refused.kind).toBe('refused');
  });
});

describe('judging', () => {
  test('a good token gives the principal with its scopes, teams and subject types', () => {
    const { token, record } = issued({ teams: ['payments'], subjectTypes: ['workload'], kind: 'agent' });
    expect(judgeToken(token, record, now)).toEqual({
      kind: 'accepted',
      isUseDue: true,
      principal: {
        id: 'agent:t1',
        kind: 'agent',
        name: 'CI',
        scopes: new Set(['events:write']),
        teams: ['payments'],
        subjectTypes: ['workload'],
      },
    });
  });

  test('malformed, unknown, revoked and expired tokens are refused, each with its reason for the log', () => {
    const { token, record } = issued();
    const reason = (text: string, found: TokenRecord | undefined, at = now) => {
      const verdict = judgeToken(text, found, at);
      return verdict.kind === 'refused' ? verdict.reason : 'accepted';
    };
    expect(reason('x', record)).toBe('malformed');
    expect(reason(token, undefined)).toBe('unknown');
    expect(reason(makeSecret('live', randomBytes(24)), record)).toBe('unknown');
    expect(reason(token, { ...record, revokedAt: now })).toBe('revoked');
    expect(reason(token, record, record.expiresAt - 1)).toBe('accepted');
    expect(reason(token, record, record.expiresAt)).toBe('expired');
  });

  test('use is written down at most once a minute', () => {
    const { token, record } = issued();
    const isUseDue = (lastUsedAt: number) => {
      const verdict = judgeToken(token, { ...record, lastUsedAt }, now);
      return verdict.kind === 'accepted' && verdict.isUseDue;
    };
    expect(isUseDue(now - 59_999)).toBe(false);
    expect(isUseDue(now - 60_000)).toBe(true);
  });

  test('a bearer header gives its token, anything else none', () => {
    expect(bearerToken('Bearer abc')).toBe('abc');
    expect(bearerToken('bearer  abc')).toBe('abc');
    for (const header of [
      undefined,
      '',
      'Bearer',
      'Basic abc',
      'Bearer a b',
      'Bearer é',
      `Bearer ${'a'.repeat(513)}`,
    ]) {
      expect(bearerToken(header)).toBeUndefined();
    }
  });
});
