import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyOfText, keyToText, looksRandom } from './key-text.ts';
import {
  checksOf,
  checkValue,
  compareKeys,
  type KeySet,
  newKeySet,
  parseKeyChecks,
  rotatedKeySet,
} from './keys.ts';
import { findKeys, rotateKeysFile } from './keys-store.ts';

const keys = newKeySet(randomBytes);

describe('keys', () => {
  test('a key is read from hex and from either base64, and from nothing else', () => {
    const key = randomBytes(32);
    for (const text of [key.toString('hex'), key.toString('base64'), key.toString('base64url')]) {
      expect(keyOfText(text)).toEqual(Uint8Array.from(key));
    }
    expect(keyOfText(keyToText(key))).toEqual(Uint8Array.from(key));
    for (const text of [
      '',
      'password',
      randomBytes(16).toString('hex'),
      randomBytes(33).toString('base64'),
    ]) {
      expect(keyOfText(text)).toBeUndefined();
    }
  });

  test('what repeats itself is no random key; random keys always pass', () => {
    expect(looksRandom(new Uint8Array(32))).toBe(false);
    expect(looksRandom(Buffer.from('0123456789'.repeat(4).slice(0, 32)))).toBe(false);
    for (let round = 0; round < 1000; round += 1) expect(looksRandom(randomBytes(32))).toBe(true);
  });

  test('a check value tells keys apart and shows nothing of them', () => {
    const key = randomBytes(32);
    expect(checkValue(key)).toBe(checkValue(Uint8Array.from(key)));
    expect(checkValue(key)).not.toBe(checkValue(randomBytes(32)));
    expect(checkValue(key)).toMatch(/^[0-9a-f]{32}$/u);
    expect(key.toString('hex')).not.toContain(checkValue(key).slice(0, 8));
  });

  test('every key of a new set is another', () => {
    expect(new Set(Object.values(checksOf(keys)).flat()).size).toBe(5);
    expect(keys.analytics?.[0].id).not.toBe(keys.assignment.id);
  });
});

describe('comparing with the keys that made the data', () => {
  const stored = checksOf(keys);

  test('the same keys are accepted, also after a journey through the database', () => {
    expect(compareKeys(stored, keys)).toEqual({ kind: 'same' });
    const back = parseKeyChecks(JSON.parse(JSON.stringify(stored)));
    expect(back).toEqual(stored);
    expect(parseKeyChecks({})).toBeUndefined();
    expect(parseKeyChecks('x')).toBeUndefined();
  });

  test('each wrong key is refused and named', () => {
    const other = newKeySet(randomBytes);
    for (const name of ['fingerprint', 'token', 'ledger', 'assignment', 'event'] as const) {
      const changed: KeySet = { ...keys, [name]: other[name] };
      const result = compareKeys(stored, changed);
      expect(result.kind).toBe('wrong');
      if (result.kind === 'wrong') expect(result.problems.join()).toContain(`keys.${name}`);
    }
    const all = compareKeys(stored, other);
    expect(all.kind === 'wrong' && all.problems).toHaveLength(5);
  });

  test('a rotation is accepted: a new key in front, the old one kept', () => {
    const rotated = rotatedKeySet(keys, ['fingerprint', 'ledger'], randomBytes);
    const result = compareKeys(stored, rotated);
    expect(result).toEqual({ kind: 'rotated', rings: ['fingerprint', 'ledger'], checks: checksOf(rotated) });
    expect(compareKeys(checksOf(rotated), rotated)).toEqual({ kind: 'same' });
  });

  test('going back behind a rotation, or dropping the old key after it, is refused', () => {
    const rotated = rotatedKeySet(keys, ['fingerprint'], randomBytes);
    expect(compareKeys(checksOf(rotated), keys).kind).toBe('wrong');
    const dropped: KeySet = { ...rotated, fingerprint: [rotated.fingerprint[0]] };
    const result = compareKeys(checksOf(rotated), dropped);
    expect(result.kind === 'wrong' && result.problems[0]).toContain('lacks a key');
  });

  test('no problem shows a key', () => {
    const result = compareKeys(stored, newKeySet(randomBytes));
    const text = JSON.stringify(result);
    for (const { key } of [...keys.fingerprint, ...keys.token, ...keys.ledger, keys.assignment, keys.event]) {
      expect(text).not.toContain(keyToText(key));
    }
  });
});

describe('the key file of the embedded store', () => {
  let folder = '';
  const config = () => ({
    keys: {},
    data: { dir: folder },
    database: { tls: 'required' as const, connectionsMax: 1 },
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'foldback-keys-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test('is made at the first start, readable by its owner only, and the same at the next', async () => {
    const first = await findKeys(config(), randomBytes);
    expect(first.source).toBe('generated');
    expect((await stat(join(folder, 'keys.json'))).mode & 0o777).toBe(0o600);
    const second = await findKeys(config(), randomBytes);
    expect(second.source).toBe('file');
    expect(checksOf(second.keys)).toEqual(checksOf(first.keys));
  });

  test('is made once, however many start together', async () => {
    const found = await Promise.all(Array.from({ length: 10 }, () => findKeys(config(), randomBytes)));
    expect(found.filter(({ source }) => source === 'generated')).toHaveLength(1);
    expect(new Set(found.map(({ keys: set }) => JSON.stringify(checksOf(set)))).size).toBe(1);
  });

  test('is never made anew over one that is broken, or that others can read', async () => {
    await findKeys(config(), randomBytes);
    const path = join(folder, 'keys.json');
    await chmod(path, 0o644);
    await expect(findKeys(config(), randomBytes)).rejects.toThrow(/chmod 600/u);
    await chmod(path, 0o600);
    for (const text of [
      '',
      '{}',
      '[',
      (await readFile(path, 'utf8')).replace(/"event": "./u, '"event": "'),
    ]) {
      await writeFile(path, text);
      await expect(findKeys(config(), randomBytes)).rejects.toThrow(/no key file any more/u);
      expect(await readFile(path, 'utf8')).toBe(text);
    }
  });

  test('gets a new current key by a rotation and keeps the old one, whole at every moment', async () => {
    const before = await findKeys(config(), randomBytes);
    await rotateKeysFile(config(), ['fingerprint', 'token'], randomBytes);
    const after = await findKeys(config(), randomBytes);
    expect(after.keys.fingerprint.slice(1)).toEqual(before.keys.fingerprint);
    expect(compareKeys(checksOf(before.keys), after.keys)).toMatchObject({
      kind: 'rotated',
      rings: ['fingerprint', 'token'],
    });
    expect((await stat(join(folder, 'keys.json'))).mode & 0o777).toBe(0o600);
  });

  test('gives way to configured keys, and is never made for a database elsewhere', async () => {
    const text = () => randomBytes(32).toString('base64');
    const given = {
      fingerprint: [text(), text()],
      token: [text()],
      ledger: [text()],
      assignment: text(),
      event: text(),
    };
    const found = await findKeys({ ...config(), keys: given }, randomBytes);
    expect(found).toMatchObject({ source: 'configuration' });
    expect(found.keys.fingerprint).toHaveLength(2);
    await expect(rotateKeysFile({ ...config(), keys: given }, ['token'], randomBytes)).rejects.toThrow(
      /configuration/u,
    );
    const elsewhere = {
      ...config(),
      database: { tls: 'required' as const, connectionsMax: 1, url: 'postgres://db.example/foldback' },
    };
    await expect(findKeys(elsewhere, randomBytes)).rejects.toThrow(/PostgreSQL/u);
  });
});
