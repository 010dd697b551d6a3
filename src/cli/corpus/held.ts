import { basename } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type Dict, dictOf, isDict, listOf, textOf } from '../../lib/guards.ts';
import { limits } from '../../lib/limits.ts';
import { parseRecord } from '../../lib/records/parse-record.ts';

/** A log that a wrapper holds: a rule's test, a timeline. */
export type HeldLog = {
  /** What it is called in its file: a test's name, else its position from 0. */
  readonly event: string;
  readonly log: unknown;
  /** Its log type, such as `AWS.CloudTrail`, as the log itself or its wrapper says. */
  readonly type?: string;
  /** Where its type is not said: those that the wrapper is for. */
  readonly types: readonly string[];
};

/**
 * What a file holds: `context` is no event (a schema, a mail, a rule, a list of owners), `logs` are unwrapped, a
 * `report` is for the sources to recognise; what none knows is said as `otherwise`, where that is known.
 */
export type Held =
  | { readonly kind: 'context'; readonly what: string }
  | { readonly kind: 'logs'; readonly logs: readonly HeldLog[] }
  | { readonly kind: 'report'; readonly otherwise?: 'text' }
  /** Known, and of no source. */
  | { readonly kind: 'other'; readonly format: string };

/** YAML is parsed whole and by people's size; a longer file is none of a person. */
const yamlCharsMax = 8 * 1024 * 1024;
const aliasesMax = 50;

const contextByName: readonly (readonly [RegExp, string])[] = [
  [/\.eml$/iu, 'mail'],
  [/\.(?:html?|ics)$/iu, 'page or calendar'],
  [/(?:^|\/|[-_.])(?:code)?owners$/iu, 'list of owners'],
  [/(?:^|\/)licen[cs]es?(?:\/|\.[a-z]+$|$)/iu, 'licence'],
  [/(?:^|\/)(?:notice|authors|copying)(?:\.[a-z]+)?$/iu, 'licence'],
  [/\.(?:md|rst)$/iu, 'text'],
  [/^(?:manifest|truth|labels)\.jsonl$/iu, 'list about these files'],
];

/**
 * @param path relative, with `/`
 * @param text the whole file, or undefined where it is too long to be anything but a report
 */
export function heldBy(path: string, text: string | undefined): Held {
  const what = contextByName.find(([pattern]) => pattern.test(path))?.[1];
  if (what !== undefined) return { kind: 'context', what };
  if (/\.ya?ml$/iu.test(path)) return heldByYaml(text);
  if (text !== undefined && /\.json$/iu.test(path)) return heldByJson(text);
  if (text !== undefined && /\.jsonl$/iu.test(path)) return heldByLines(text);
  if (text !== undefined && /\.xml$/iu.test(path) && /<testsuites?\b/u.test(text.slice(0, 1000)))
    return { kind: 'other', format: 'junit' };
  return /\.te?xt$/iu.test(basename(path)) ? { kind: 'report', otherwise: 'text' } : { kind: 'report' };
}

function heldByYaml(text: string | undefined): Held {
  if (text === undefined || text.length > yamlCharsMax) return { kind: 'report' };
  const documents = readYaml(text);
  const first = documents.find(isDict);
  if (first === undefined) return { kind: 'context', what: 'text' };
  const timelines = documents.filter(isDict).filter((document) => Array.isArray(document.Logs));
  if (timelines.length > 0) return { kind: 'logs', logs: timelines.flatMap(logsOfTimeline).map(numbered) };
  if ('detection' in first || 'correlation' in first || isDict(first.filter))
    return { kind: 'context', what: 'detection rule' };
  if (typeof first.apiVersion === 'string' && typeof first.kind === 'string')
    return { kind: 'context', what: 'catalogue' };
  // Recorded requests and answers, as libraries for tests keep them.
  if (Array.isArray(first.interactions)) return { kind: 'other', format: 'http-recording' };
  return { kind: 'report' };
}

function readYaml(text: string): readonly unknown[] {
  const documents = parseAllDocuments(text, { version: '1.2', schema: 'core' });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    if (document.errors.length > 0) return [];
    try {
      const value: unknown = document.toJS({ maxAliasCount: aliasesMax });
      return [value];
    } catch (error) {
      // More uses of an alias than a person writes: not read further.
      if (error instanceof ReferenceError) return [];
      throw error;
    }
  });
}

/** A timeline: `LogType`, and `Logs` in the order in which they happened. */
function logsOfTimeline(document: Dict): readonly HeldLog[] {
  const type = textOf(document.LogType);
  return listOf(document.Logs).map((log) => ({
    event: '',
    log,
    ...(type === undefined ? { types: [] } : typesOf(log, [type])),
  }));
}

function numbered(held: HeldLog, index: number): HeldLog {
  return { ...held, event: String(index) };
}

function heldByJson(text: string): Held {
  const parsed = parseRecord(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, {
    ...limits,
    recordCharsMax: limits.documentCharsMax,
  });
  const value = parsed.ok ? dictOf(parsed.value) : undefined;
  if (value === undefined) return { kind: 'report' };
  if (isSchema(value)) return { kind: 'context', what: 'schema' };
  if (Array.isArray(value.vectors)) return { kind: 'context', what: 'test vectors' };
  const tests = testsOf(value);
  if (tests === undefined) return { kind: 'report' };
  const types = listOf(value.log_types).filter((type) => typeof type === 'string');
  if (types.length > 0 && types.every((type) => /^AWS\.IAM\./u.test(type)))
    return { kind: 'context', what: 'state of a resource' };
  const logs = tests.map(({ name, log }) => ({
    event: String(name),
    log: withoutPlatformNames(log),
    ...typesOf(log, types),
  }));
  return { kind: 'logs', logs };
}

function isSchema(value: Dict): boolean {
  const { $schema: schema } = value;
  return typeof schema === 'string' && schema.includes('json-schema.org');
}

/** A rule's tests: `tests: [{name, expected_alert, log}]`. */
function testsOf(value: Dict): readonly Dict[] | undefined {
  const tests = listOf(value.tests);
  const isWrapped =
    tests.length > 0 && tests.every((test) => isDict(test) && 'name' in test && 'log' in test);
  return isWrapped ? tests.filter(isDict) : undefined;
}

/** `p_…` was added by the platform that collected the log. */
function withoutPlatformNames(log: unknown): unknown {
  if (!isDict(log)) return log;
  return Object.fromEntries(Object.entries(log).filter(([name]) => !name.startsWith('p_')));
}

function typesOf(log: unknown, types: readonly string[]): Pick<HeldLog, 'type' | 'types'> {
  // A rule for no log type judges rows of a scheduled query.
  const only = types.length === 0 ? 'Query.Result' : types.length === 1 ? types[0] : undefined;
  const type = textOf(dictOf(log)?.p_log_type) ?? only;
  return type === undefined ? { types } : { type, types: [] };
}

/** Lines of tags on resources are about owners; all other lines may be events. */
function heldByLines(text: string): Held {
  const parsed = parseRecord(text.split('\n', 1)[0] ?? '', limits);
  const first = parsed.ok ? dictOf(parsed.value) : undefined;
  const isTags = first !== undefined && isDict(first.tags) && 'resource_type' in first;
  return isTags ? { kind: 'context', what: 'tags of resources' } : { kind: 'report' };
}
