import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { channels, sources } from '../../src/adapters/index.ts';
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts';
import { problemsText } from '../../src/config/problem.ts';
import type { Environment } from '../../src/config/read-environment.ts';

export const adapters = { channels, sources };
export const newKey = (): string => randomBytes(32).toString('base64');

/** A folder with a configuration, new for each test of a file. */
export type ConfigFolder = {
  readonly path: string;
  write(yaml: string, name?: string): Promise<void>;
  loaded(environment?: Environment): LoadedConfig;
  /** The problems as `where setting`, sorted. */
  refused(environment?: Environment): readonly string[];
  problemText(environment?: Environment): string;
};

export function configFolder(): ConfigFolder {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'foldback-config-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const load = (environment: Environment = {}) => loadConfig({ environment, folder, adapters });
  return {
    get path() {
      return folder;
    },
    write: (yaml, name = 'foldback.yaml') => writeFile(join(folder, name), yaml),
    loaded: (environment) => {
      const result = load(environment);
      if (result.kind === 'refused') throw new Error(problemsText(result.problems));
      return result;
    },
    refused: (environment) => {
      const result = load(environment);
      return result.kind === 'loaded'
        ? []
        : result.problems.map(({ where, setting }) => `${where} ${setting}`.trim());
    },
    problemText: (environment) => {
      const result = load(environment);
      return result.kind === 'loaded' ? '' : problemsText(result.problems);
    },
  };
}
