import { type LoadedConfig, loadConfig } from '../config/load.ts';
import type { ConfigProblem } from '../config/problem.ts';
import { problemsText } from '../config/problem.ts';
import type { AdapterSettings } from '../config/schema.ts';
import { CliError } from './exit.ts';

export type ConfigFlags = { readonly config?: string };

/** All settings with those of every adapter, or every problem at once and exit 2. */
export async function openSettings(flags: ConfigFlags): Promise<LoadedConfig> {
  const result = await readSettings(flags);
  if (result.kind === 'loaded') return result;
  throw new CliError(startText(result.problems));
}

/** As `openSettings`, with the problems as a value: for whoever lists them with other findings. */
export async function readSettings(flags: ConfigFlags): Promise<ReturnType<typeof loadConfig>> {
  const { channels } = await import('../adapters/index.ts');
  const { sources } = await import('../adapters/readers.ts');
  return load(flags, { channels, sources });
}

/** The settings without a look at adapters: enough to find a running server, and quick. Errors: every problem. */
export async function glanceSettings(flags: ConfigFlags): Promise<LoadedConfig> {
  const result = load(flags, {});
  return result.kind === 'loaded' ? result : openSettings(flags);
}

function load(flags: ConfigFlags, adapters: AdapterSettings): ReturnType<typeof loadConfig> {
  return loadConfig({ adapters, ...(flags.config === undefined ? {} : { file: flags.config }) });
}

function startText(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  const lines = problemsText(problems)
    .split('\n')
    .map((text) => `  ${text}`);
  return [`The settings have ${count}:`, ...lines].join('\n');
}
