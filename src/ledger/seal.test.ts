import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signingKey } from '../lib/ed25519.ts';
import {
  appendCheckpoint,
  checkCheckpoints,
  checkpointLine,
  compareCheckpoints,
  parseCheckpointLines,
  readCheckpointFile,
} from './checkpoint-file.ts';
import { type Checkpoint, judgeSignature, seal } from './seal.ts';

const key = signingKey(randomBytes(32));
const hash = (letter: string): string => letter.repeat(64);

function checkpoints(count: number): Checkpoint[] {
  const made: Checkpoint[] = [];
  for (let n = 1; n <= count; n += 1) {
    const heads = [{ loop: `L${n}`, seq: n, hash: hash('a') }];
    made.push(seal({ at: n * 1000, heads, previous: made.at(-1), key }).checkpoint);
  }
  return made;
}

describe('seal', () => {
  test('the order in which heads come does not change the root', () => {
    const heads = ['b', 'a', 'ä', 'B'].map((loop) => ({ loop, seq: 1, hash: hash('a') }));
    const request = { at: 1, previous: undefined, key };
    const one = seal({ ...request, heads });
    const two = seal({ ...request, heads: heads.toReversed() });
    expect(one).toEqual(two);
    expect(one.heads.map(({ loop }) => loop)).toEqual(['B', 'a', 'b', 'ä']);
  });

  test('a signature holds for every member of the checkpoint', () => {
    const [checkpoint] = checkpoints(1);
    if (checkpoint === undefined) throw new Error('no checkpoint');
    expect(judgeSignature(checkpoint, [key])).toBe('good');
    const changes: Partial<Checkpoint>[] = [
      { n: 2 },
      { at: 1 },
      { root: hash('b') },
      { size: 2 },
      { previous: hash('b') },
    ];
    for (const change of changes)
      expect(judgeSignature({ ...checkpoint, ...change }, [key])).toBe('bad-signature');
    expect(judgeSignature(checkpoint, [signingKey(randomBytes(32))])).toBe('unknown-key');
  });

  test('a list that lacks, repeats, swaps or changes one is found', () => {
    const list = checkpoints(5);
    const [one, two, three, four, five] = list;
    if (!one || !two || !three || !four || !five) throw new Error('no checkpoints');
    const kinds = (changed: readonly Checkpoint[]) =>
      checkCheckpoints(changed, [key]).map(({ kind }) => kind);
    expect(kinds(list)).toEqual([]);
    expect(kinds([one, two, four, five])).toContain('missing');
    expect(kinds([two, three])).toContain('missing');
    expect(kinds([one, two, two, three])).toContain('duplicated');
    expect(kinds([one, three, two, four, five])).toContain('reordered');
    expect(kinds([one, { ...two, at: 9 }, three])).toEqual(['bad-signature', 'broken-link']);
    const forged = seal({ at: 9, heads: [], previous: one, key: signingKey(randomBytes(32)) }).checkpoint;
    expect(kinds([one, forged])).toEqual(['unknown-key']);
  });
});

describe('the file outside the database', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'foldback-seal-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test('what is appended is read back, and a missing file is an empty one', async () => {
    const path = join(folder, 'checkpoints.jsonl');
    expect(await readCheckpointFile(path)).toEqual({ checkpoints: [], findings: [] });
    const list = checkpoints(3);
    for (const checkpoint of list) await appendCheckpoint(path, checkpoint);
    expect(await readCheckpointFile(path)).toEqual({ checkpoints: list, findings: [] });
    expect(await readFile(path, 'utf8')).toBe(list.map(checkpointLine).join(''));
  });

  test('a half-written line is named, and the next append does not glue to it', async () => {
    const path = join(folder, 'checkpoints.jsonl');
    const [one, two] = checkpoints(2);
    if (!one || !two) throw new Error('no checkpoints');
    await writeFile(path, checkpointLine(one));
    await appendFile(path, checkpointLine(two).slice(0, 40));
    await appendCheckpoint(path, two);
    const read = await readCheckpointFile(path);
    expect(read.checkpoints).toEqual([one, two]);
    expect(read.findings).toMatchObject([{ kind: 'bad-format', where: 'line 2' }]);
  });

  test('a database that was cut short, or changed, shows against the file', () => {
    const list = checkpoints(4);
    const compare = (file: readonly Checkpoint[], stored: readonly Checkpoint[]) =>
      compareCheckpoints(file, stored).findings.map(({ kind, where }) => `${kind} ${where}`);
    expect(compare(list, list)).toEqual([]);
    expect(compare(list, list.slice(0, 2))).toEqual(['truncated checkpoint 3', 'truncated checkpoint 4']);
    expect(compare(list, [...list.slice(0, 1), ...list.slice(2)])).toEqual(['missing checkpoint 2']);
    const other = checkpoints(3).concat(seal({ at: 7, heads: [], previous: list[2], key }).checkpoint);
    expect(compare(list, other)).toEqual(['checkpoint-mismatch checkpoint 4']);
    expect(compare(list.slice(0, 2), list)).toEqual([
      'missing file, checkpoint 3',
      'missing file, checkpoint 4',
    ]);
    expect(compare([], list)).toHaveLength(4);
  });

  test('a file that lacks only the last checkpoint was stopped by a crash: it is to be appended', () => {
    const list = checkpoints(3);
    expect(compareCheckpoints(list.slice(0, 2), list)).toEqual({ findings: [], toAppend: list.slice(2) });
    expect(compareCheckpoints([], list.slice(0, 1))).toEqual({ findings: [], toAppend: list.slice(0, 1) });
  });

  test('two checkpoints of one number in the file are named, though one is the stored one', () => {
    const list = checkpoints(2);
    const stopped = seal({ at: 9, heads: [], previous: list[0], key }).checkpoint;
    expect(compareCheckpoints([...list.slice(0, 1), stopped, ...list.slice(1)], list).findings).toMatchObject(
      [{ kind: 'duplicated', where: 'checkpoint 2' }],
    );
  });

  test('a line that is no checkpoint is named, whatever it is', () => {
    for (const line of ['{', '[]', '{"n":1}', 'null', '"x"']) {
      expect(parseCheckpointLines(`${line}\n`).findings).toMatchObject([
        { kind: 'bad-format', where: 'line 1' },
      ]);
    }
  });
});
