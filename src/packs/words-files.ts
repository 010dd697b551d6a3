import { z } from 'zod';
import type { MessageWords, Phrase, ProviderWords, Text } from '../core/message-template.ts';
import { namesIn, parseText } from '../core/message-template.ts';
import { type ChoiceName, choices, placeholders } from '../core/placeholders.ts';
import type { PackFolder } from './pack-folder.ts';
import type { PackProblem } from './problem.ts';
import type { YamlFile } from './read-yaml.ts';

const language = z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/u, 'write a language as en or pt-BR');
const reviewed = { language, reviewedBy: z.string().min(1), reviewedOn: z.iso.date() };
const sentence = z.string().trim().min(1).max(300);
const texts = z.array(z.string().trim().max(600)).min(1);

const choiceNames = Object.keys(choices);
const choice = z
  .record(z.string(), z.union([texts, z.string()]))
  .refine((value) => typeof value.by === 'string' && choiceNames.includes(value.by), {
    message: `a phrase with options needs "by", one of: ${choiceNames.join(', ')}`,
  });

const slug = z.string().regex(/^[a-z][a-z0-9-]*$/u, 'use small letters, digits and hyphens');
const wordList = z.record(slug, sentence).default({});

/**
 * `packs/messages/<behaviour>/phrases.<language>.yaml`; and `packs/messages/any/phrases.<language>.yaml`, whose words
 * every behaviour has as long as it does not write its own.
 */
export const phrasesSchema = z.strictObject({
  ...reviewed,
  learnMore: sentence.optional(),
  replyLabel: sentence.optional(),
  absent: z.record(z.string(), sentence).default({}),
  /** What kinds of resources are called, by the type that sources give them. */
  resourceTypes: wordList,
  /** What the steps of the approved path are called, by their ids. */
  pathSteps: wordList,
  phrases: z.record(z.string(), z.union([texts, choice])),
});
export type PhrasesFile = z.infer<typeof phrasesSchema>;

const fixSchema = z.strictObject({
  thing: sentence,
  theThing: sentence,
  sign: sentence,
  step: sentence,
  minutes: z.int().min(1).max(240),
  steps: z.array(sentence).min(2).max(8),
  docs: z.strictObject({ label: sentence, url: z.url({ protocol: /^https$/u }) }),
});
const providerSchema = fixSchema.extend({ provider: sentence });

function withGeneric<Entry extends z.ZodType>(entry: Entry) {
  return z.record(slug, entry).refine((entries) => 'generic' in entries, {
    message: 'the entry "generic" is missing',
  });
}

/** `packs/messages/<behaviour>/providers.<language>.yaml`: how it is put right, by the provider of a secret. */
export const providersSchema = z.strictObject({ ...reviewed, providers: withGeneric(providerSchema) });
/** `packs/messages/<behaviour>/fixes.<language>.yaml`: how it is put right, by rule or kind of event. */
export const fixesSchema = z.strictObject({ ...reviewed, fixes: withGeneric(fixSchema) });

/** Phrases that the recipient's page shows of every behaviour. */
export const pagePhrases = ['title', 'pageStep', 'consequence', 'clue'] as const;

/** The folder below `messages/` whose words stand in where a behaviour has none of its own. */
export const sharedWords = 'any';

/** The words of one behaviour in one language, with the places they come from. */
export type WordFiles = {
  readonly behaviour: string;
  readonly language: string;
  readonly words: MessageWords;
  readonly phrasesFile: string;
  readonly phraseLine: (path: readonly PropertyKey[]) => number;
  readonly providersFile: string;
  readonly providerLine: (path: readonly PropertyKey[]) => number;
};

type Phrases = { readonly file: string; readonly yaml: YamlFile<PhrasesFile> };
type CompiledPhrases = Phrases & { readonly compiled: ReadonlyMap<string, Phrase> };
type Fixes = {
  readonly file: string;
  readonly entries: ReadonlyMap<string, ProviderWords>;
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

/** Reads the files of each language of each behaviour, on top of the words that all share. */
export function readWordFiles(folder: PackFolder, problems: PackProblem[]): readonly WordFiles[] {
  const found = folder.matching(/^messages\/([^/]+)\/phrases\.([^/.]+)\.yaml$/u);
  const fixFiles = new Set(
    folder.matching(/^messages\/([^/]+)\/(?:providers|fixes)\.([^/.]+)\.yaml$/u).map(({ file }) => file),
  );
  const shared = new Map<string, CompiledPhrases>();
  for (const { file, groups } of found) {
    const [folderName, language = ''] = groups;
    if (folderName !== sharedWords) continue;
    const phrases = readPhrases(folder, file, language, problems);
    if (phrases !== undefined)
      shared.set(language, { ...phrases, compiled: compilePhrases(phrases, new Set(), problems) });
  }
  return found.flatMap(({ file, groups }) => {
    const [behaviour = '', language = ''] = groups;
    if (behaviour === sharedWords) return [];
    const phrases = readPhrases(folder, file, language, problems);
    const fixes = readFixes(folder, fixFiles, behaviour, language, problems);
    if (phrases === undefined || fixes === undefined) return [];
    return [
      {
        behaviour,
        language,
        words: compileWords(phrases, fixes, shared.get(language), problems),
        phrasesFile: file,
        phraseLine: phrases.yaml.lineOf,
        providersFile: fixes.file,
        providerLine: fixes.lineOf,
      },
    ];
  });
}

function readPhrases(
  folder: PackFolder,
  file: string,
  language: string,
  problems: PackProblem[],
): Phrases | undefined {
  const yaml = folder.yaml(file, phrasesSchema);
  if (yaml === undefined) return undefined;
  checkLanguage(file, language, yaml, problems);
  return { file, yaml };
}

function checkLanguage(
  file: string,
  language: string,
  { value, lineOf }: YamlFile<{ readonly language: string }>,
  problems: PackProblem[],
): void {
  if (value.language === language) return;
  const reason = '"language" and the name of the file differ';
  problems.push({ file, line: lineOf(['language']), reason });
}

/** The one file that says how it is put right: by provider for secrets, else by rule or kind of event. */
function readFixes(
  folder: PackFolder,
  present: ReadonlySet<string>,
  behaviour: string,
  language: string,
  problems: PackProblem[],
): Fixes | undefined {
  const providersFile = `messages/${behaviour}/providers.${language}.yaml`;
  const file = `messages/${behaviour}/fixes.${language}.yaml`;
  if (present.has(file)) {
    if (present.has(providersFile))
      problems.push({ file, line: 0, reason: 'a behaviour has providers or fixes, not both' });
    const yaml = folder.yaml(file, fixesSchema);
    if (yaml === undefined) return undefined;
    checkLanguage(file, language, yaml, problems);
    const entries = Object.entries(yaml.value.fixes).map(
      ([name, fix]) => [name, { ...fix, provider: '' }] as const,
    );
    return { file, entries: new Map(entries), lineOf: inList('fixes', yaml.lineOf) };
  }
  if (!present.has(providersFile)) {
    const reason = `this file is missing; a behaviour of other things than secrets has fixes.${language}.yaml instead`;
    problems.push({ file: providersFile, line: 0, reason });
  }
  const yaml = folder.yaml(providersFile, providersSchema);
  if (yaml === undefined) return undefined;
  checkLanguage(providersFile, language, yaml, problems);
  const entries = Object.entries(yaml.value.providers);
  return { file: providersFile, entries: new Map(entries), lineOf: yaml.lineOf };
}

/** Both files are asked for a line as `providers.<name>.…`. */
function inList(list: string, lineOf: (path: readonly PropertyKey[]) => number) {
  return (path: readonly PropertyKey[]): number =>
    lineOf(path[0] === 'providers' ? [list, ...path.slice(1)] : path);
}

/** Joins the files of one language. A text that cannot be read is a problem and reads as empty. */
function compileWords(
  phrases: Phrases,
  fixes: Fixes,
  shared: CompiledPhrases | undefined,
  problems: PackProblem[],
): MessageWords {
  const { value, lineOf } = phrases.yaml;
  const report = (path: readonly PropertyKey[], reason: string) =>
    problems.push({ file: phrases.file, line: lineOf(path), reason });
  const own = compilePhrases(phrases, new Set(shared?.compiled.keys()), problems);
  const compiled = new Map([...(shared?.compiled ?? []), ...own]);
  for (const name of own.keys()) {
    const path = circleFrom(name, compiled);
    if (path === undefined) continue;
    report(['phrases', name], `the phrase "${name}" uses itself: ${path.join(', ')}`);
    compiled.set(name, { kind: 'texts', texts: [] });
  }
  for (const name of pagePhrases) {
    if (!compiled.has(name))
      report(['phrases'], `the phrase "${name}" is missing; the recipient's page shows it`);
  }
  const common = shared?.yaml.value;
  for (const name of ['learnMore', 'replyLabel'] as const) {
    if ((value[name] ?? common?.[name]) === undefined) report([], `"${name}" is missing`);
  }
  const generic = fixes.entries.get('generic');
  if (generic === undefined)
    throw new TypeError('the schemas of providers and fixes let no file pass without "generic"');
  return {
    language: value.language,
    phrases: compiled,
    absent: joined('absent'),
    resourceTypes: joined('resourceTypes'),
    pathSteps: joined('pathSteps'),
    providers: fixes.entries,
    generic,
    learnMore: value.learnMore ?? common?.learnMore ?? '',
    replyLabel: value.replyLabel ?? common?.replyLabel ?? '',
  };

  function joined(list: 'absent' | 'resourceTypes' | 'pathSteps'): ReadonlyMap<string, string> {
    return new Map(Object.entries({ ...common?.[list], ...value[list] }));
  }
}

/** @param known phrases of another file that these may use */
function compilePhrases(
  { file, yaml }: Phrases,
  known: ReadonlySet<string>,
  problems: PackProblem[],
): ReadonlyMap<string, Phrase> {
  const compiled = new Map<string, Phrase>();
  const report = (path: readonly PropertyKey[], reason: string) =>
    problems.push({ file, line: yaml.lineOf(path), reason });
  for (const [name, source] of Object.entries(yaml.value.phrases)) {
    const path = ['phrases', name];
    if (!/^[a-z][A-Za-z0-9]*$/u.test(name)) report(path, `"${name}" is not a name for a phrase`);
    if (Object.hasOwn(placeholders, name))
      report(path, `"${name}" is a placeholder already; choose another name`);
    const above = new Set([...known, ...compiled.keys()]);
    const compile = (list: readonly string[], inside: readonly PropertyKey[]): readonly Text[] =>
      list.map((text, index) => {
        const parsed = parseText(text, above);
        if (parsed.kind === 'ok') return parsed.text;
        report([...inside, index], `phrase "${name}": ${parsed.reason}`);
        return [];
      });
    compiled.set(name, compilePhrase(source, path, compile, report));
  }
  for (const name of Object.keys(yaml.value.absent)) {
    if (!Object.hasOwn(placeholders, name)) report(['absent', name], `"${name}" is no placeholder`);
  }
  return compiled;
}

/** A way by which a phrase comes back to itself: own words may take the place of shared ones that others use. */
function circleFrom(start: string, phrases: ReadonlyMap<string, Phrase>): readonly string[] | undefined {
  const seen = new Set<string>();
  const walk = (name: string, path: readonly string[]): readonly string[] | undefined => {
    const phrase = phrases.get(name);
    if (phrase === undefined || seen.has(name)) return undefined;
    seen.add(name);
    for (const next of textsOf(phrase).flatMap(namesIn)) {
      if (next === start) return [...path, next];
      const found = walk(next, [...path, next]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}

/** All texts of a phrase, whatever is chosen. */
export function textsOf(phrase: Phrase): readonly Text[] {
  return phrase.kind === 'texts' ? phrase.texts : Object.values(phrase.options).flat();
}

type PhraseSource = PhrasesFile['phrases'][string];

function compilePhrase(
  source: PhraseSource,
  path: readonly PropertyKey[],
  compile: (list: readonly string[], inside: readonly PropertyKey[]) => readonly Text[],
  report: (path: readonly PropertyKey[], reason: string) => void,
): Phrase {
  if (Array.isArray(source)) return { kind: 'texts', texts: compile(source, path) };
  const by = choiceNames.find((name): name is ChoiceName => name === source.by);
  if (by === undefined) throw new TypeError('the schema of phrases lets no choice pass without "by"');
  const known: readonly string[] = choices[by];
  const options: Record<string, readonly Text[]> = {};
  for (const [option, list] of Object.entries(source)) {
    if (option === 'by') continue;
    if (!known.includes(option))
      report([...path, option], `"${option}" is no option of "${by}"; known: ${known.join(', ')}`);
    if (Array.isArray(list)) options[option] = compile(list, [...path, option]);
    else report([...path, option], `"${option}" must be a list of texts`);
  }
  for (const option of known) {
    if (!Object.hasOwn(options, option)) report(path, `the option "${option}" of "${by}" is missing`);
  }
  return { kind: 'choice', by, options };
}
