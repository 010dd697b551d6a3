import { basename, dirname, resolve } from 'node:path';
import { AppError } from '../core/errors.ts';
import { isSealed } from '../lib/seal-text.ts';
import { checkSchema } from './check-schema.ts';
import { findClashes } from './checks.ts';
import { openSealedSettings } from './data-key.ts';
import { withPlainDatabase } from './fields.ts';
import { type ConfigProblem, type OriginOf, problemsText, whereOf } from './problem.ts';
import { isTree, mapValues, type Path, pathText, type RawTree, valueAt, withValue } from './raw-tree.ts';
import { type Environment, readEnvironment } from './read-environment.ts';
import { type ConfigFile, readConfigFile } from './read-file.ts';
import { type AdapterSettings, baseSchema, type Config, configSchema, sections } from './schema.ts';
import { isSecretAt, type Setting, settingAt, settingsTree } from './settings-tree.ts';

export type LoadOptions = {
  /** The process's own unless given. */
  readonly environment?: Environment;
  readonly folder?: string;
  /** `--config`; goes before FOLDBACK_CONFIG. */
  readonly file?: string;
  readonly adapters?: AdapterSettings;
};

export type LoadedConfig = {
  readonly config: Config;
  readonly tree: Setting;
  readonly originOf: OriginOf;
  /** Secret settings that stand in the file as they are, readable to whoever reads it. */
  readonly unsealed: readonly string[];
  /** The file that was read, absolute. */
  readonly file?: string;
};

export type LoadResult =
  | ({ readonly kind: 'loaded' } & LoadedConfig)
  | { readonly kind: 'refused'; readonly problems: readonly ConfigProblem[] };

const defaultFile = 'foldback.yaml';

/**
 * Reads all settings: `foldback.yaml`, or the file that FOLDBACK_CONFIG names, overridden by the environment. The
 * only reader of the process's environment. Names every problem at once; nothing starts with half of its settings.
 */
export function loadConfig(options: LoadOptions = {}): LoadResult {
  const environment = options.environment ?? process.env;
  const folder = options.folder ?? process.cwd();
  const adapters = options.adapters ?? {};
  const schema = configSchema(adapters);
  const tree = settingsTree(schema);
  const named = options.file ?? (environment.FOLDBACK_CONFIG || undefined);
  const path = resolve(folder, named ?? defaultFile);
  const file = readConfigFile(path, named !== undefined);
  const fromEnvironment = readEnvironment(environment, tree);

  const sourceNames = new Map(fromEnvironment.values.map((value) => [value.path.join('.'), value.name]));
  const originOf = origins(file, basename(path), sourceNames);
  let raw: RawTree = file?.tree ?? {};
  for (const { path: at, value } of fromEnvironment.values) raw = withValue(raw, at, value);

  const sealed = openSealedSettings(raw, dataFolder(raw, originOf, folder, dirname(path)), originOf);
  raw = sealed.raw;
  const checked = checkSchema(raw, schema, tree, originOf);
  const problems = [
    ...(file?.problems ?? []),
    ...fromEnvironment.problems,
    ...sealed.problems,
    ...checked.problems,
  ];
  if (checked.config !== undefined) {
    const isFaulty = (setting: string): boolean =>
      problems.some(
        (problem) =>
          problem.setting === setting ||
          (/^[.[]/u.test(problem.setting.slice(setting.length)) && problem.setting.startsWith(setting)),
      );
    for (const clash of findClashes(checked.config, adapters, { isFaulty, written: raw })) {
      problems.push({ where: whereOf(originOf(pathOfText(clash.setting))), ...clash });
    }
  }
  if (problems.length > 0 || checked.config === undefined) return { kind: 'refused', problems };
  const config = reachable(absolutePaths(checked.config, tree, originOf, folder, dirname(path)));
  const unsealed = unsealedIn(file?.tree ?? {}, tree);
  return { kind: 'loaded', config, tree, originOf, unsealed, ...(file === undefined ? {} : { file: path }) };
}

/** The address of the database says itself how it may be spoken to: whoever opens it needs nothing else. */
function reachable(config: Config): Config {
  const { database } = config;
  if (database.url === undefined || database.tls === 'required') return config;
  return { ...config, database: { ...database, url: withPlainDatabase(database.url) } };
}

/** Secrets of a file of settings that are not sealed. */
function unsealedIn(raw: RawTree, tree: Setting): readonly string[] {
  const found: string[] = [];
  mapValues(raw, (value, path) => {
    if (typeof value === 'string' && value !== '' && isSecretAt(tree, path) && !isSealed(value))
      found.push(pathText(path));
    return value;
  });
  return found;
}

/** As `loadConfig`, with all problems in one `bad-config` fault. */
export function loadConfigOrThrow(options: LoadOptions = {}): LoadedConfig {
  const result = loadConfig(options);
  if (result.kind === 'loaded') return result;
  const places = result.problems.map((problem) => ({
    pointer: problem.setting,
    detail: problemsText([problem]),
  }));
  throw new AppError('bad-config', problemsText(result.problems), { places });
}

function origins(
  file: ConfigFile | undefined,
  name: string,
  environment: ReadonlyMap<string, string>,
): OriginOf {
  return (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const variable = environment.get(path.slice(0, length).map(String).join('.'));
      if (variable !== undefined) return { kind: 'environment', name: variable };
    }
    const line = valueAt(file?.tree, path) === undefined ? undefined : file?.lineOf(path);
    if (line !== undefined) return { kind: 'file', file: name, line };
    // A group that only the environment filled.
    const inner = [...environment].find(([setting]) => setting.startsWith(`${path.map(String).join('.')}.`));
    return inner === undefined ? { kind: 'default' } : { kind: 'environment', name: inner[1] };
  };
}

/** Where the key of sealed settings may lie; known before the settings are, because they may be sealed. */
function dataFolder(raw: RawTree, originOf: OriginOf, folder: string, fileFolder: string): string {
  const at = ['data', 'dir'];
  const written = valueAt(raw, at);
  const dir = typeof written === 'string' ? written : sections.data.parse({}).dir;
  return resolve(originOf(at).kind === 'file' ? fileFolder : folder, dir);
}

/** Makes paths absolute: from the file's folder when the file names them, else from the working folder. */
function absolutePaths(
  config: Config,
  tree: Setting,
  originOf: OriginOf,
  folder: string,
  fileFolder: string,
): Config {
  const absolute = mapValues(config, (value: unknown, path: Path) => {
    if (typeof value !== 'string' || settingAt(tree, path)?.isPath !== true) return value;
    return resolve(originOf(path).kind === 'file' ? fileFolder : folder, value);
  });
  return isTree(absolute) ? baseSchema.parse(absolute) : config;
}

/** The path of `a.b[2].c`. */
function pathOfText(text: string): Path {
  return text
    .split(/[.[\]]+/u)
    .flatMap((step) => (step === '' ? [] : [/^\d+$/u.test(step) ? Number(step) : step]));
}
