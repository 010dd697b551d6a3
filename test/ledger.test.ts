import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendEntries, emptyHead, type LedgerDraft, type LedgerEntry } from '../src/ledger/chain.ts';
import { checkEntries } from '../src/ledger/check-entries.ts';
import { type Evidence, exportEvidence } from '../src/ledger/evidence.ts';
import { evidencePage } from '../src/ledger/evidence-page.ts';
import { type Sealed, seal } from '../src/ledger/seal.ts';
import { verifyEvidence } from '../src/ledger/verify.ts';
import { canonicalJson, type JsonValue } from '../src/lib/canonical-json.ts';
import { signingKey } from '../src/lib/ed25519.ts';

const key = signingKey(randomBytes(32));
const salt = (): string => randomBytes(16).toString('hex');

function drafts(loop: string, count: number): LedgerDraft[] {
  return Array.from({ length: count }, (_, index) => ({
    at: 1_700_000_000_000 + index * 60_000,
    kind: index === 0 ? 'loop.opened' : 'reply.received',
    body: { loop, step: index, owner: { name: `Ana ${index}`, team: 'payments' }, text: 'I revoked it' },
    personal: ['/owner/name', '/text'],
  }));
}

/** Two loops that grow in turns, sealed together several times; the last entries are not sealed yet. */
function story(count: number): { evidence: Evidence; other: Evidence; sealed: readonly Sealed[] } {
  const sealed: Sealed[] = [];
  const all = new Map(
    ['L1', 'L2'].map((loop) => [loop, appendEntries(emptyHead(loop), drafts(loop, count), salt)]),
  );
  for (let upTo = 2; upTo < count; upTo += 2) {
    const heads = [...all].flatMap(([loop, { entries }]) => {
      const entry = entries[upTo - 1];
      return entry === undefined ? [] : [{ loop, seq: entry.seq, hash: entry.hash }];
    });
    const filler = { loop: 'L3', seq: upTo, hash: 'c'.repeat(64) };
    sealed.push(seal({ at: upTo, heads: [...heads, filler], previous: sealed.at(-1)?.checkpoint, key }));
  }
  const make = (loop: string): Evidence =>
    exportEvidence({
      loop,
      organisation: 'Example Ltd',
      exportedAt: 1_700_000_999_000,
      entries: all.get(loop)?.entries ?? [],
      private: all.get(loop)?.private ?? [],
      sealed,
      keys: [key],
      signer: key,
    });
  return { evidence: make('L1'), other: make('L2'), sealed };
}

const { evidence, other, sealed } = story(7);
const kindsOf = (raw: unknown): string[] =>
  verifyEvidence(raw).findings.map(({ kind, where }) => `${kind} ${where}`);
const withEntries = (entries: readonly (LedgerEntry | undefined)[]) => ({ ...evidence, entries });
const e = evidence.entries;

describe('evidence', () => {
  test('an untouched story is whole, also after a journey through JSON', () => {
    const verdict = verifyEvidence(JSON.parse(JSON.stringify(evidence)), { trustedKeys: [key.keyId] });
    expect(verdict.findings).toEqual([]);
    expect(verdict).toMatchObject({
      isWhole: true,
      summary: { entries: 7, sealedThrough: 6, checkpoints: 3 },
    });
    expect(verdict.summary).toMatchObject({ held: 14, erased: 0, isTrusted: true });
  });

  test('a loop without any entry or seal is whole too', () => {
    const request = {
      loop: 'L9',
      organisation: '',
      exportedAt: 1,
      entries: [],
      private: [],
      sealed,
      keys: [],
      signer: key,
    };
    expect(verifyEvidence(exportEvidence(request))).toMatchObject({ isWhole: true, summary: { entries: 0 } });
  });

  test('what is wrong is named by its kind and its place', () => {
    const [first] = e;
    if (first === undefined) throw new Error('no entries');
    expect(kindsOf(withEntries(e.with(2, { ...first, ...e[2], at: 5 })))).toEqual(['altered entry 3']);
    expect(kindsOf(withEntries(e.toSpliced(2, 1)))).toEqual(['missing entry 3']);
    expect(kindsOf(withEntries(e.toSpliced(2, 2)))).toEqual(['missing entries 3 to 4']);
    expect(kindsOf(withEntries(e.slice(0, 6)))).toEqual(['truncated entry 7']);
    expect(kindsOf(withEntries(e.slice(0, 3)))).toEqual(['truncated entries 4 to 7']);
    expect(kindsOf(withEntries([]))).toEqual(['truncated entries 1 to 7']);
    expect(kindsOf(withEntries([e[1], e[0], ...e.slice(2)]))).toEqual(['reordered entry 1']);
    expect(kindsOf(withEntries([...e.slice(0, 3), e[2], ...e.slice(3)]))).toContain('duplicated entry 3');
    expect(kindsOf(withEntries(e.with(2, other.entries[2] ?? first)))).toContain('foreign entry 3');
  });

  test('a chain rewritten from one entry on, hashes and all, is caught by the checkpoints', () => {
    const rewritten = appendEntries(emptyHead('L1'), drafts('L1', 7), salt);
    expect(kindsOf({ ...evidence, entries: rewritten.entries, private: [] })).toEqual([
      'checkpoint-mismatch entry 2',
      'checkpoint-mismatch entry 4',
      'checkpoint-mismatch entry 6',
      'checkpoint-mismatch entry 7',
    ]);
  });

  test('an entry slipped in at the end, well chained, is not signed for', () => {
    const head = { loop: 'L1', seq: 7, hash: e[6]?.hash ?? '' };
    const more = appendEntries(head, [{ at: 1, kind: 'loop.closed', body: {} }], salt).entries;
    expect(kindsOf(withEntries([...e, ...more]))).toEqual(['checkpoint-mismatch entry 8']);
  });

  test('a story signed anew by a stranger passes only where nobody asks whose key it is', () => {
    const forger = signingKey(randomBytes(32));
    const rewritten = appendEntries(emptyHead('L1'), drafts('L1', 3), salt);
    const request = {
      loop: 'L1',
      organisation: 'Example Ltd',
      exportedAt: 1,
      sealed: [],
      keys: [],
      signer: forger,
    };
    const forged = exportEvidence({ ...request, entries: rewritten.entries, private: rewritten.private });
    expect(verifyEvidence(forged)).toMatchObject({ isWhole: true, summary: { isTrusted: false } });
    expect(verifyEvidence(forged, { trustedKeys: [key.keyId] }).findings).toMatchObject([
      { kind: 'unknown-key' },
    ]);
  });

  test('checkpoints that differ from the file outside the database show', () => {
    const outside = sealed.map(({ checkpoint }) => checkpoint);
    expect(verifyEvidence(evidence, { outside }).isWhole).toBe(true);
    expect(verifyEvidence(evidence, { outside: outside.slice(0, 2) }).findings).toMatchObject([
      { kind: 'missing', where: 'outside, checkpoint 3' },
    ]);
  });

  test('erasing personal values leaves the chain whole and says how many are gone', () => {
    const erased = { ...evidence, private: evidence.private.filter(({ path }) => path !== '/owner/name') };
    expect(verifyEvidence(erased)).toMatchObject({ isWhole: true, summary: { held: 7, erased: 7 } });
    expect(JSON.stringify(erased)).not.toContain('Ana');
  });

  test('a personal value that is not the recorded one is named', () => {
    const [first, ...rest] = evidence.private;
    if (first === undefined) throw new Error('no private values');
    expect(kindsOf({ ...evidence, private: [{ ...first, value: 'Eve' }, ...rest] })).toEqual([
      'wrong-commitment entry 1 /owner/name',
    ]);
    expect(kindsOf({ ...evidence, private: [{ ...first, path: '/owner' }, ...rest] })).toEqual([
      'wrong-commitment entry 1 /owner',
    ]);
  });

  test('whatever is handed in instead of evidence is a finding, never a crash', () => {
    fc.assert(fc.property(fc.anything(), (raw) => verifyEvidence(raw).isWhole === false));
    let deep: JsonValue = 1;
    for (let depth = 0; depth < 50_000; depth += 1) deep = [deep];
    expect(
      verifyEvidence(withEntries(e.map((entry) => ({ ...entry, body: { deep } }))).entries).isWhole,
    ).toBe(false);
    expect(verifyEvidence({ ...evidence, entries: [{ ...e[0], body: { deep } }] }).isWhole).toBe(false);
  });
});

/** Every place in a JSON value, as a path of names and indexes. */
function places(value: JsonValue, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (value === null || typeof value !== 'object') return [at];
  const inner = Array.isArray(value)
    ? value.flatMap((member: JsonValue, index) => places(member, [...at, index]))
    : Object.entries(value).flatMap(([name, member]) =>
        member === undefined ? [] : places(member, [...at, name]),
      );
  return [at, ...inner];
}

type Change = 'flip' | 'delete' | 'repeat' | 'swap' | 'truncate' | 'add';

/** The value with one change at one place. */
function mutate(
  value: JsonValue,
  path: readonly (string | number)[],
  change: Change,
  seed: number,
): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return flip(value, seed);
  if (Array.isArray(value) && typeof step === 'number') {
    const list: readonly JsonValue[] = value;
    if (rest.length > 0 || change === 'flip' || change === 'add') {
      return list.with(step, mutate(list[step] ?? null, rest, change, seed));
    }
    if (change === 'delete') return list.toSpliced(step, 1);
    if (change === 'truncate') return list.slice(0, step);
    if (change === 'repeat') return list.toSpliced(seed % (list.length + 1), 0, list[step] ?? null);
    const partner = seed % list.length;
    return list.with(step, list[partner] ?? null).with(partner, list[step] ?? null);
  }
  const object: { readonly [name: string]: JsonValue } = Object.fromEntries(Object.entries(value ?? {}));
  if (rest.length > 0) return { ...object, [step]: mutate(object[step] ?? null, rest, change, seed) };
  if (change === 'delete')
    return Object.fromEntries(Object.entries(object).filter(([name]) => name !== step));
  if (change === 'add') return { ...object, added: seed };
  return { ...object, [step]: flip(object[step] ?? null, seed) };
}

function flip(value: JsonValue, seed: number): JsonValue {
  if (typeof value === 'number') return value + (seed % 2 === 0 ? 1 : -1);
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return seed;
  if (value === '') return 'x';
  const at = seed % value.length;
  const unit = value.charAt(at);
  return value.slice(0, at) + (unit === 'a' ? 'b' : 'a') + value.slice(at + 1);
}

describe('any single change to exported evidence', () => {
  const whole: JsonValue = JSON.parse(JSON.stringify(evidence));
  const theirs: JsonValue = JSON.parse(JSON.stringify(other));
  const all = places(whole).filter((path) => path.length > 0);
  const isErasure = (path: readonly (string | number)[], change: Change): boolean =>
    path[0] === 'private' && path.length === 2 && (change === 'delete' || change === 'truncate');

  test('is found and named, wherever it is made and of whatever kind', () => {
    const changes: Change[] = ['flip', 'delete', 'repeat', 'swap', 'truncate', 'add'];
    fc.assert(
      fc.property(
        fc.nat(all.length - 1),
        fc.constantFrom(...changes),
        fc.nat(10_000),
        (index, change, seed) => {
          const path = all[index] ?? [];
          const changed = mutate(whole, path, change, seed);
          fc.pre(canonicalJson(changed) !== canonicalJson(whole));
          const verdict = verifyEvidence(changed);
          expect(verdict.isWhole).toBe(isErasure(path, change));
          for (const finding of verdict.findings) expect(finding.where).not.toBe('');
        },
      ),
      { numRuns: 1500 },
    );
  });

  test('at every single place is found: all members, items, characters once', () => {
    for (const path of all) {
      for (const change of ['flip', 'delete'] as const) {
        const isFound = !verifyEvidence(mutate(whole, path, change, path.length * 7 + 3)).isWhole;
        expect([path.join('/'), change, isFound]).toEqual([path.join('/'), change, !isErasure(path, change)]);
      }
    }
  });

  test('that brings in part of another loop is found', () => {
    const members = ['entries', 'private', 'checkpoints', 'statement'];
    for (const member of members) {
      const taken = Object.entries(theirs ?? {}).find(([name]) => name === member)?.[1] ?? null;
      const changed = { ...Object.fromEntries(Object.entries(whole ?? {})), [member]: taken };
      expect([member, verifyEvidence(changed).isWhole]).toEqual([member, false]);
    }
  });
});

describe('the chain in the database', () => {
  test('any single change to a stored entry is found and its number named, against the head in the row', () => {
    const head = [{ seq: 7, hash: e[6]?.hash ?? '', vouchedBy: "The loop's row" }];
    expect(checkEntries('L1', e, head)).toEqual([]);
    fc.assert(
      fc.property(
        fc.nat(6),
        fc.constantFrom('at', 'kind', 'body', 'previous', 'hash', 'gone'),
        (index, member) => {
          const entry = e[index];
          if (entry === undefined) throw new Error('no entry');
          const changes = { at: 1, kind: 'x', body: {}, previous: 'f'.repeat(64), hash: 'f'.repeat(64) };
          const changed = Object.entries(changes).find(([name]) => name === member);
          const list =
            changed === undefined
              ? e.toSpliced(index, 1)
              : e.with(index, { ...entry, ...Object.fromEntries([changed]) });
          expect(checkEntries('L1', list, head).map(({ where }) => where)).toContain(`entry ${index + 1}`);
        },
      ),
    );
  });
});

describe('the readable page', () => {
  test('shows the story with the values still held, and says which were erased', () => {
    const page = evidencePage({
      ...evidence,
      private: evidence.private.filter(({ path }) => path !== '/text'),
    });
    expect(page).toContain('Ana 3');
    expect(page).toContain('<em>erased</em>');
    expect(page).not.toContain('I revoked it');
    expect(page).toContain('2023-11-14 22:13:20 UTC');
    expect(page).toContain(key.publicKey);
  });

  test('has no script, loads nothing, and hostile text stays text', () => {
    const hostile = '</dd><script>alert(1)</script><img src=x onerror=a>"\'\u202e\u001b[31m';
    const body = { [hostile]: hostile, list: [{ hostile }], owner: hostile };
    const made = appendEntries(
      emptyHead(hostile),
      [{ at: 9e15, kind: hostile, body, personal: ['/owner'] }],
      salt,
    );
    const page = evidencePage(
      exportEvidence({
        loop: hostile,
        organisation: hostile,
        exportedAt: 1,
        entries: made.entries,
        private: made.private,
        sealed: [],
        keys: [],
        signer: key,
      }),
    );
    expect(page).not.toMatch(/<script|<img|onerror=a>|\u202e|\u001b/u);
    expect(page.match(/https?:\/\//gu)).toBeNull();
    expect(page).not.toMatch(/<[^>]*\s(src|href|on\w+)=/u);
  });
});
