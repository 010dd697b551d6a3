import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { signingKey } from '../lib/ed25519.ts';
import { checkPrivate } from './check-entries.ts';
import { checkStoredChain, checkStoredSeals } from './check-store.ts';
import { appendRows, entriesOfRows, privateOfRows, sealedOf, sealRows } from './rows.ts';

const key = signingKey(randomBytes(32));
const salt = (): string => randomBytes(16).toString('hex');
const draft = { at: 1, kind: 'owner', body: { id: 'ana', weight: 0.5 }, personal: ['/id'] };

function stored() {
  const first = appendRows({ id: 'L1', seq: 0, head: '' }, [draft, draft], salt);
  const second = appendRows({ id: 'L1', seq: first.seq, head: first.head }, [draft], salt);
  const rows = [...first.entries, ...second.entries];
  const seal1 = sealRows([{ loop: 'L1', seq: first.seq, head: first.head }], undefined, 5, key);
  const seal2 = sealRows([{ loop: 'L1', seq: second.seq, head: second.head }], seal1, 6, key);
  return { rows, personal: [...first.personal, ...second.personal], last: second, seals: [seal1, seal2] };
}
const sealedHeads = (seals: ReturnType<typeof stored>['seals']) =>
  seals.flatMap(({ n, leaves }) => leaves.map(({ seq, head }) => ({ n, seq, head })));

test('what is written as rows is read back whole', () => {
  const { rows, personal, last, seals } = stored();
  const entries = entriesOfRows(rows);
  expect(checkStoredChain('L1', entries, last, sealedHeads(seals))).toEqual([]);
  expect(checkPrivate(entries, privateOfRows(personal))).toEqual([]);
  expect(checkStoredSeals(seals.map(sealedOf), [key])).toEqual([]);
  expect(personal.map(({ value }) => value)).toEqual(['"ana"', '"ana"', '"ana"']);
  expect(rows.some(({ body }) => body.includes('ana'))).toBe(false);
});

test('an altered body is named, also when it is no JSON any more', () => {
  const { rows, last } = stored();
  for (const body of ['{"weight":1}', '{', '[]', 'null', '']) {
    const changed = rows.map((row) => (row.seq === 2 ? { ...row, body } : row));
    expect(checkStoredChain('L1', entriesOfRows(changed), last, [])).toMatchObject([
      { kind: 'altered', where: 'entry 2' },
    ]);
  }
});

test('a private value that was changed in the store fits no commitment', () => {
  const { rows, personal } = stored();
  for (const value of ['"eve"', 'ana', '', 'null']) {
    const changed = personal.map((kept) => (kept.seq === 2 ? { ...kept, value } : kept));
    expect(checkPrivate(entriesOfRows(rows), privateOfRows(changed))).toMatchObject([
      { kind: 'wrong-commitment', where: 'entry 2 /id' },
    ]);
  }
});

test('entries cut off together with the row that counts them are still missed by the checkpoint', () => {
  const { rows, seals } = stored();
  const cut = rows.slice(0, 1);
  const row = { seq: 1, head: cut[0]?.hash ?? '' };
  expect(checkStoredChain('L1', entriesOfRows(cut), row, [])).toEqual([]);
  expect(checkStoredChain('L1', entriesOfRows(cut), row, sealedHeads(seals))).toMatchObject([
    { kind: 'truncated', where: 'entries 2 to 3' },
  ]);
  expect(
    checkStoredChain('L1', entriesOfRows(rows), row, sealedHeads(seals)).map(({ where }) => where),
  ).toEqual(['entry 2', 'entry 3']);
});

test('heads changed under a signed checkpoint do not give its root', () => {
  const { seals } = stored();
  const [first, second] = seals;
  if (first === undefined || second === undefined) throw new Error('no seals');
  const changed = { ...second, leaves: second.leaves.map((leaf) => ({ ...leaf, head: 'f'.repeat(64) })) };
  expect(checkStoredSeals([first, changed].map(sealedOf), [key])).toMatchObject([
    { kind: 'checkpoint-mismatch', where: 'checkpoint 2' },
  ]);
  expect(checkStoredSeals([sealedOf({ ...first, leaves: [] })], [key])).toMatchObject([
    { kind: 'checkpoint-mismatch' },
  ]);
});
