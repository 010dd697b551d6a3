import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { jsonOrUndefined } from '../lib/json-or-undefined.ts';
import {
  createPrivateFile,
  type PrivateFile,
  readPrivateFile,
  replacePrivateFile,
} from '../lib/keys-file.ts';
import { keyToText } from './key-text.ts';
import {
  configuredKeys,
  type KeySet,
  keySetOfTexts,
  newKeySet,
  type RotatableName,
  rotatedKeySet,
} from './keys.ts';
import type { Config } from './schema.ts';

/** The keys of an installation on the embedded store: `keys.json` in its data folder, mode 0600. */
const fileName = 'keys.json';
const keysFileSchema = z.strictObject({
  format: z.literal('foldback-keys/1'),
  fingerprint: z.array(z.string()).min(1),
  token: z.array(z.string()).min(1),
  ledger: z.array(z.string()).min(1),
  assignment: z.string(),
  event: z.string(),
  analytics: z.array(z.string()).min(1).optional(),
});

type Random = (count: number) => Uint8Array;

export type FoundKeys = {
  readonly keys: KeySet;
  /** `generated`: made just now; the caller says so loudly, with `path`, because a backup without it is worth little. */
  readonly source: 'configuration' | 'file' | 'generated';
  readonly path?: string;
};

/**
 * The keys to work with: from the configuration, else from the data folder, where they are made at the first start.
 *
 * @throws AppError `bad-config` when a database elsewhere has no configured keys, or the file is not as it must be
 */
export async function findKeys(
  config: Pick<Config, 'keys' | 'data' | 'database'>,
  random: Random,
): Promise<FoundKeys> {
  const configured = configuredKeys(config);
  if (configured !== undefined) return { keys: configured, source: 'configuration' };
  if (config.database.url !== undefined) {
    throw new AppError('bad-config', 'With PostgreSQL the keys come from the configuration: set keys.*.');
  }
  const path = join(config.data.dir, fileName);
  const found = await readPrivateFile(path);
  if (found.kind !== 'absent') return { keys: keysOf(found, path), source: 'file', path };
  const keys = newKeySet(random);
  if (await createPrivateFile(path, textOf(keys))) return { keys, source: 'generated', path };
  // Another process made them first.
  return { keys: keysOf(await readPrivateFile(path), path), source: 'file', path };
}

/**
 * Writes the key file anew with a new current key in each named ring; the old ones stay behind it. The file is
 * replaced whole or not at all. The new keys are in force after the next start, on which `compareKeys` accepts them.
 */
export async function rotateKeysFile(
  config: Pick<Config, 'keys' | 'data' | 'database'>,
  rings: readonly RotatableName[],
  random: Random,
): Promise<FoundKeys> {
  const found = await findKeys(config, random);
  if (found.path === undefined) {
    throw new AppError(
      'bad-config',
      'These keys come from the configuration: put the new key first in keys.* there.',
    );
  }
  const keys = rotatedKeySet(found.keys, rings, random);
  await replacePrivateFile(found.path, textOf(keys));
  return { ...found, keys };
}

/** The file of keys of a data folder as it stands; undefined when there is none. Errors: as of `findKeys`. */
export async function keysFileText(dir: string): Promise<string | undefined> {
  const path = join(dir, fileName);
  const found = await readPrivateFile(path);
  if (found.kind === 'absent') return undefined;
  return textOf(keysOf(found, path));
}

/** Puts a file of keys into a data folder, unless one is there. */
export async function placeKeysFile(dir: string, text: string): Promise<void> {
  await createPrivateFile(join(dir, fileName), text);
}

/** The keys of a file as variables of the environment, for an installation on PostgreSQL. */
export function keysSettings(text: string): string {
  const { fingerprint, token, ledger, assignment, event, analytics } = keysFileSchema.parse(JSON.parse(text));
  const lines = [
    ['FINGERPRINT', fingerprint.join(',')],
    ['TOKEN', token.join(',')],
    ['LEDGER', ledger.join(',')],
    ['ASSIGNMENT', assignment],
    ['EVENT', event],
    ...(analytics === undefined ? [] : [['ANALYTICS', analytics.join(',')]]),
  ].map(([name, value]) => `FOLDBACK__KEYS__${name}=${value}`);
  return `${lines.join('\n')}\n`;
}

function textOf(keys: KeySet): string {
  const texts = (ring: KeySet['fingerprint']): readonly string[] => ring.map(({ key }) => keyToText(key));
  const file = {
    format: 'foldback-keys/1',
    fingerprint: texts(keys.fingerprint),
    token: texts(keys.token),
    ledger: texts(keys.ledger),
    assignment: keyToText(keys.assignment.key),
    event: keyToText(keys.event.key),
    ...(keys.analytics === undefined ? {} : { analytics: texts(keys.analytics) }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function keysOf(found: PrivateFile, path: string): KeySet {
  if (found.kind === 'absent')
    throw new AppError('bad-config', `${path} is gone. Restore it from the backup.`);
  if (found.kind === 'refused') throw new AppError('bad-config', refusals[found.reason](path));
  const parsed = keysFileSchema.safeParse(jsonOrUndefined(found.text));
  const keys = parsed.success ? keySetOfTexts(parsed.data) : undefined;
  if (keys === undefined) {
    throw new AppError(
      'bad-config',
      `${path} is no key file any more. Restore it from the backup; do not delete it.`,
    );
  }
  return keys;
}

const refusals: {
  readonly [Reason in Extract<PrivateFile, { kind: 'refused' }>['reason']]: (path: string) => string;
} = {
  'readable-by-others': (path) =>
    `${path} can be read by others. If nobody did, run: chmod 600 ${path}. Otherwise rotate the keys after it.`,
  'not-a-file': (path) => `${path} is a link or a folder. Put the key file itself there.`,
  'too-large': (path) => `${path} is far larger than a key file.`,
};
