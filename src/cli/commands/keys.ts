import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { currentDataKey, rotateDataKey } from '../../config/data-key.ts';
import { keyOfText } from '../../config/key-text.ts';
import { type RotatableName, rotatableNames } from '../../config/keys.ts';
import { rotateKeysFile } from '../../config/keys-store.ts';
import { sealText } from '../../lib/seal-text.ts';
import { readServerFile } from '../../lib/server-file.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note } from '../output.ts';
import { type ConfigFlags, glanceSettings } from '../settings.ts';

export const rotatable = [...rotatableNames, 'data'] as const;

/** A secret of a setting is far smaller; a private key has some thousand characters. */
const secretCharsMax = 64 * 1024;

/** Reads a secret from standard input and gives the text that stands for it in foldback.yaml. */
export async function keysSealCommand(flags: ConfigFlags): Promise<ExitCode> {
  const { config } = await glanceSettings(flags);
  const secret = (await text(process.stdin)).replace(/\r?\n$/u, '');
  if (secret === '') throw new CliError('Give the secret on standard input.');
  if (secret.length > secretCharsMax) throw new CliError('This is too long for a secret.');
  const configured = config.keys.data?.[0];
  const key =
    (configured === undefined ? undefined : keyOfText(configured)) ??
    (await currentDataKey(config.data.dir, randomBytes));
  line(sealText(key, secret));
  note('Write this text as the value of the setting. Only an installation with this data key opens it.');
  return exit.ok;
}

/** Makes a new current key in each named ring; what the old ones made is still recognised. */
export async function keysRotateCommand(names: readonly string[], flags: ConfigFlags): Promise<ExitCode> {
  const strange = names.find((name) => !rotatable.some((known) => known === name));
  if (strange !== undefined) throw new CliError(`Keys that can be turned: ${rotatable.join(', ')}.`);
  const { config } = await glanceSettings(flags);
  const rings = rotatableNames.filter((name): name is RotatableName => names.includes(name));
  const written: (string | undefined)[] = [];
  if (rings.length > 0) written.push((await rotateKeysFile(config, rings, randomBytes)).path);
  if (names.includes('data')) {
    if (config.keys.data !== undefined)
      throw new CliError('This key comes from the settings: put the new one first in keys.data there.');
    written.push(await rotateDataKey(config.data.dir, randomBytes));
  }
  for (const path of written) line(path);
  note('The new keys are in force after the next start. The old ones stay behind them: do not remove them.');
  const running = await readServerFile(config.data.dir);
  next(running === undefined ? 'npx foldback serve' : 'stop the server and start it again');
  return exit.ok;
}
