import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createPrivateFile, replacePrivateFile } from '../lib/keys-file.ts';
import { isSealed, type Opened, openSealed, sealText } from '../lib/seal-text.ts';
import { keyOfText, keyToText } from './key-text.ts';
import type { ConfigProblem, OriginOf } from './problem.ts';
import { whereOf } from './problem.ts';
import { isTree, mapValues, pathText, type RawTree, valueAt } from './raw-tree.ts';

/** The keys that seal secret settings: one a line, the current one first, in the data folder or in `keys.data`. */
const fileName = 'data.key';

/**
 * The settings with every sealed value opened. What cannot be opened is named, all at once.
 *
 * @param folder of the data, absolute
 */
export function openSealedSettings(
  raw: RawTree,
  folder: string,
  originOf: OriginOf,
): { readonly raw: RawTree; readonly problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  let keys: readonly Uint8Array[] | undefined;
  const opened = mapValues(raw, (value, path) => {
    if (typeof value !== 'string' || !isSealed(value) || path[0] === 'keys') return value;
    keys ??= dataKeys(raw, folder);
    const found = openSealed(keys, value);
    if (found.kind === 'opened') return found.text;
    problems.push({ where: whereOf(originOf(path)), setting: pathText(path), ...faults[found.kind](folder) });
    return value;
  });
  return { raw: isTree(opened) ? opened : raw, problems };
}

const faults = {
  'unknown-key': (folder: string) => ({
    problem: 'it is sealed with a key that is not here',
    fix: `Set keys.data, or put ${join(folder, fileName)} back. Without it, seal the value anew: npx foldback keys seal`,
  }),
  broken: () => ({
    problem: 'the sealed text was changed or cut',
    fix: 'Copy it whole, or seal the value anew: npx foldback keys seal',
  }),
} as const;

function dataKeys(raw: RawTree, folder: string): readonly Uint8Array[] {
  const written = valueAt(raw, ['keys', 'data']);
  const texts = Array.isArray(written) ? written : (fileText(folder) ?? '').split(/\s+/u);
  return texts.flatMap((text: unknown) => {
    const key = typeof text === 'string' ? keyOfText(text) : undefined;
    return key === undefined ? [] : [key];
  });
}

/** Read while settings are, which is before anything else runs. A file that others can read counts as none. */
function fileText(folder: string): string | undefined {
  const path = join(folder, fileName);
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) return undefined;
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The current data key of a folder, made when there is none. */
export async function currentDataKey(
  folder: string,
  random: (count: number) => Uint8Array,
): Promise<Uint8Array> {
  const present = dataKeys({}, folder)[0];
  if (present !== undefined) return present;
  await createPrivateFile(join(folder, fileName), `${keyToText(random(32))}\n`);
  const made = dataKeys({}, folder)[0];
  if (made === undefined) throw new Error(`${join(folder, fileName)} cannot be used: others can read it`);
  return made;
}

/** Seals and opens with the data key, which is made at the first use. */
export type DataSeal = {
  seal(text: string): Promise<string>;
  open(text: string): Opened;
};

export function openDataSeal(
  {
    keys,
    data,
  }: {
    readonly keys: { readonly data?: readonly string[] | undefined };
    readonly data: { readonly dir: string };
  },
  random: (count: number) => Uint8Array,
): DataSeal {
  const configured = keys.data?.flatMap((text) => keyOfText(text) ?? []);
  return {
    seal: async (text) => sealText(configured?.[0] ?? (await currentDataKey(data.dir, random)), text),
    open: (text) => openSealed(configured ?? dataKeys({}, data.dir), text),
  };
}

/** For an installation of which nothing rests. */
export function openPassingSeal(random: (count: number) => Uint8Array): DataSeal {
  const key = random(32);
  return { seal: async (text) => sealText(key, text), open: (text) => openSealed([key], text) };
}

/** The data keys of a folder as text, for a backup that holds keys; undefined when there is none. */
export function dataKeysText(folder: string): string | undefined {
  const keys = dataKeys({}, folder);
  return keys.length === 0 ? undefined : keys.map(keyToText).join('\n');
}

/** Puts data keys of a backup behind those that are in a folder already. */
export async function placeDataKeys(folder: string, text: string): Promise<void> {
  const present = dataKeys({}, folder).map(keyToText);
  const missing = text.split(/\s+/u).filter((one) => keyOfText(one) !== undefined && !present.includes(one));
  if (missing.length > 0)
    await replacePrivateFile(join(folder, fileName), `${[...present, ...missing].join('\n')}\n`);
}

/** Puts a new current key before the others, which still open what they sealed. */
export async function rotateDataKey(folder: string, random: (count: number) => Uint8Array): Promise<string> {
  const path = join(folder, fileName);
  const keys = [random(32), ...dataKeys({}, folder)];
  await replacePrivateFile(path, `${keys.map(keyToText).join('\n')}\n`);
  return path;
}
