import { resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { problemsText } from '../../config/problem.ts';
import type { Config } from '../../config/schema.ts';
import { CliError } from '../exit.ts';
import type { ConfigFlags } from '../settings.ts';

/**
 * Settings of a hook: from `--config`, the environment, or `foldback.yaml` in a folder that is its own: git's, or the
 * user's home. Never from the files of the checkout: whoever wrote those could name the server that gets the token.
 * Errors: `CliError`.
 */
export async function hookSettings(flags: ConfigFlags, folder: string): Promise<Config> {
  const file = flags.config === undefined ? {} : { file: resolve(flags.config) };
  const quick = loadConfig({ folder, ...file });
  if (quick.kind === 'loaded') return quick.config;
  // Settings of channels and sources are known only with their adapters, which take a while to load.
  const { channels } = await import('../../adapters/index.ts');
  const { sources } = await import('../../adapters/readers.ts');
  const whole = loadConfig({ folder, adapters: { channels, sources }, ...file });
  if (whole.kind === 'loaded') return whole.config;
  throw new CliError(`The settings of the hook have problems:\n${problemsText(whole.problems)}`);
}
