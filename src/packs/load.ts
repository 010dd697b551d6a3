import { z } from 'zod';
import type { DetectionOptions } from '../core/detection/field-test.ts';
import type { Moment } from '../core/message.ts';
import type { MessageWords, Template } from '../core/message-template.ts';
import type { OwnerWeights } from '../core/owner-weights.ts';
import type { PolicyContent } from '../core/policy/content.ts';
import { type LogSources, openLogSources } from '../core/rules/log-source.ts';
import type { RuleBook } from '../core/rules/rule-book.ts';
import type { Remap } from '../core/taxonomy/remap.ts';
import { type PackControl, readControls } from './control-files.ts';
import { type CuePack, readCueFiles } from './cue-files.ts';
import { type ExperimentWords, type ExperimentWordsFile, readExperimentWords } from './experiment-words.ts';
import { type Framework, frameworkSchema } from './framework-file.ts';
import { type LanguageRules, languageSchema } from './language-file.ts';
import { readLogSourceEntries } from './log-sources-file.ts';
import { type MessageFile, readMessageFile } from './message-file.ts';
import { readOwnerWeights } from './owner-weights-file.ts';
import { type PackBehaviour, readBehaviours } from './pack-behaviour.ts';
import { openPackFolder, type PackFolder } from './pack-folder.ts';
import { readPolicyFiles } from './policy-files.ts';
import { type PackProblem, sortProblems } from './problem.ts';
import { readRemaps } from './remap-files.ts';
import { compileRuleFiles, readRuleFiles } from './rule-files.ts';
import { type PackTrust, readTrust } from './trust-file.ts';
import { readWordFiles, sharedWords, type WordFiles } from './words-files.ts';

/** The language that every pack has, and that stands in where another is missing. */
export const baseLanguage = 'en';

/** All content, read and compiled once. */
export type Packs<Page = unknown> = {
  readonly dir: string;
  readonly behaviours: ReadonlyMap<string, PackBehaviour>;
  readonly languages: ReadonlyMap<string, LanguageRules>;
  readonly frameworks: readonly Framework[];
  readonly ownerWeights: OwnerWeights;
  /** Which events a logsource means, and how the fields of rules are found in them. */
  readonly logSources: LogSources;
  /** Whether it was the identity itself. */
  readonly trust: PackTrust;
  /** By which signs a mail is told to be a phish, and how that is explained. */
  readonly cues: CuePack;
  /** What may be proposed when a mistake keeps coming back. */
  readonly controls: ReadonlyMap<string, PackControl>;
  /** What became of cases when the taxonomy changed, the earliest change first. */
  readonly remaps: readonly Remap[];
  /** The policies as they stand; `policy/` compiles them. */
  readonly policies: PolicyContent;
  /** Sigma documents below `rules/`, linked. */
  readonly rules: RuleBook;
  /** Every message as read, for the lint and the preview. */
  readonly messages: readonly MessageFile[];
  readonly wordFiles: readonly WordFiles[];
  readonly pageFiles: readonly PageFile[];
  readonly experimentFiles: readonly ExperimentWordsFile[];
  /** What is said of experiments, with the same fallback. */
  readonly experimentWords: (language: string) => ExperimentWords | undefined;
  /** Language falls back to its first part, then to English; an unknown variant to `usual`. */
  readonly message: (
    behaviour: string,
    moment: Moment,
    language: string,
    variant?: string,
  ) => Template | undefined;
  readonly words: (behaviour: string, language: string) => MessageWords | undefined;
  /** Texts of the pages, with the same fallback. */
  readonly page: (language: string) => Page | undefined;
};

/** `messages/page.<language>.yaml` as read: texts in named parts. */
export type PageFile = {
  readonly file: string;
  readonly language: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

export type PackOptions<Page> = {
  /** Schema of `messages/page.<language>.yaml`; without it these files are read and linted, but not offered. */
  readonly page?: z.ZodType<Page>;
  /** A linear-time matcher for the Sigma modifier `re`; without it such a detection is refused. */
  readonly regex?: DetectionOptions['regex'];
  /** By source, the paths of its records that hold masks (see `fieldNames`): a rule that reads one is refused. */
  readonly masked?: Readonly<Record<string, readonly string[]>>;
};

export type LoadResult<Page> =
  | { readonly kind: 'ok'; readonly packs: Packs<Page> }
  | { readonly kind: 'error'; readonly problems: readonly PackProblem[] };

/** Reads a folder of packs. Either everything is sound, or all problems come at once: nothing is half-loaded. */
export function loadPacks<Page = unknown>(dir: string, options: PackOptions<Page> = {}): LoadResult<Page> {
  const { packs, problems } = readPacks(dir, options);
  return problems.length === 0 ? { kind: 'ok', packs } : { kind: 'error', problems: sortProblems(problems) };
}

/** As `loadPacks`, with what could be read in spite of problems: for the check, which wants to see it all. */
export function readPacks<Page = unknown>(
  dir: string,
  options: PackOptions<Page> = {},
): { readonly packs: Packs<Page>; readonly problems: readonly PackProblem[] } {
  const problems: PackProblem[] = [];
  const folder = openPackFolder(dir, problems);
  const languages = readLanguages(folder, problems);
  const frameworks = folder
    .matching(/^frameworks\/[^/]+\.yaml$/u)
    .flatMap(({ file }) => folder.yaml(file, frameworkSchema)?.value ?? []);
  const ownerWeights = readOwnerWeights(folder, problems);
  const logSources = openLogSources(readLogSourceEntries(folder, problems), options.masked);
  const detecting = { regex: options.regex, logSources };
  const rules = compileRuleFiles(readRuleFiles(folder, problems), detecting, problems);
  const behaviours = readBehaviours(folder, frameworks, { ...detecting, book: rules }, problems);
  const trust = readTrust(folder, { ...detecting, book: rules }, problems);
  const wordFiles = readWordFiles(folder, problems);
  const cues = readCueFiles(folder, problems);
  const policies = readPolicyFiles(folder, problems);
  const controls = readControls(folder, behaviours, problems);
  const experimentFiles = readExperimentWords(folder, problems);
  const remaps = readRemaps(folder, behaviours, problems);
  const messages = readMessages(folder, behaviours, wordFiles, problems);
  const pages = new Map<string, Page>();
  const pageFiles = readPageFiles(folder, problems);
  for (const { file, language } of pageFiles) {
    const page = options.page === undefined ? undefined : folder.yaml(file, options.page);
    if (page !== undefined) pages.set(language, page.value);
  }
  for (const file of folder.unread()) {
    problems.push({ file, line: 0, reason: 'no part of Foldback reads a file of this name' });
  }
  const content = {
    dir,
    behaviours,
    languages,
    frameworks,
    ownerWeights,
    logSources,
    cues,
    controls,
    remaps,
    policies,
    trust,
    rules,
    messages,
    wordFiles,
    pageFiles,
    experimentFiles,
  };
  return { problems, packs: { ...content, ...lookups(messages, wordFiles, pages, experimentFiles) } };
}

/** A behaviour's own messages, and the shared one for every moment and variant of which it has none. */
function readMessages(
  folder: PackFolder,
  behaviours: ReadonlyMap<string, PackBehaviour>,
  wordFiles: readonly WordFiles[],
  problems: PackProblem[],
): readonly MessageFile[] {
  const messages: MessageFile[] = [];
  const wordsOf = (behaviour: string, language: string) =>
    wordFiles.find((one) => one.behaviour === behaviour && one.language === language)?.words;
  const read = (file: string, behaviour: string, words: MessageWords) => {
    const message = readMessageFile(folder.text(file) ?? '', file, behaviour, words, problems);
    if (message !== undefined) messages.push(message);
  };
  const files = folder.matching(/^messages\/([^/]+)\/([^/]+\.([^/.]+)\.md)$/u);
  const present = new Set(files.map(({ file }) => file));
  for (const { file, groups } of files) {
    const [folderName = '', name = '', language = ''] = groups;
    if (folderName === sharedWords) {
      for (const { behaviour } of wordFiles.filter((one) => one.language === language)) {
        const words = wordsOf(behaviour, language);
        if (words !== undefined && behaviours.has(behaviour) && !present.has(`messages/${behaviour}/${name}`))
          read(file, behaviour, words);
      }
      continue;
    }
    const words = wordsOf(folderName, language);
    if (!behaviours.has(folderName)) {
      const reason = `no sound file behaviours/${folderName}.yaml stands behind this message`;
      problems.push({ file, line: 0, reason });
    }
    if (words === undefined) {
      const needed = `phrases.${language}.yaml, and providers.${language}.yaml or fixes.${language}.yaml, without problems`;
      problems.push({ file, line: 0, reason: `beside it this message needs ${needed}` });
      continue;
    }
    read(file, folderName, words);
  }
  return messages;
}

function readLanguages(folder: PackFolder, problems: PackProblem[]): ReadonlyMap<string, LanguageRules> {
  const languages = new Map<string, LanguageRules>();
  for (const { file, groups } of folder.matching(/^languages\/([^/]+)\.yaml$/u)) {
    const rules = folder.yaml(file, languageSchema);
    if (rules === undefined) continue;
    if (rules.value.language !== groups[0]) {
      const reason = `by its language this file should be called ${rules.value.language}.yaml`;
      problems.push({ file, line: rules.lineOf(['language']), reason });
    }
    languages.set(rules.value.language, rules.value);
  }
  if (!languages.has(baseLanguage)) {
    problems.push({
      file: `languages/${baseLanguage}.yaml`,
      line: 0,
      reason: 'this file is missing or has problems',
    });
  }
  return languages;
}

function readPageFiles(folder: PackFolder, problems: PackProblem[]): readonly PageFile[] {
  return folder.matching(/^messages\/page\.([^/.]+)\.yaml$/u).flatMap(({ file, groups }) => {
    const read = folder.yaml(file, z.record(z.string(), z.unknown()));
    if (read === undefined) return [];
    const language = groups[0] ?? '';
    if (read.value.language !== language) {
      problems.push({
        file,
        line: read.lineOf(['language']),
        reason: `"language" and the name of the file differ`,
      });
    }
    return [{ file, language, value: read.value, lineOf: read.lineOf }];
  });
}

function lookups<Page>(
  messages: readonly MessageFile[],
  wordFiles: readonly WordFiles[],
  pages: ReadonlyMap<string, Page>,
  experimentFiles: readonly ExperimentWordsFile[],
): Pick<Packs<Page>, 'message' | 'words' | 'page' | 'experimentWords'> {
  const templates = new Map<string, Template>();
  for (const { template } of messages) {
    templates.set(
      `${template.behaviour}/${template.moment}/${template.language}/${template.variant}`,
      template,
    );
  }
  const words = new Map(wordFiles.map((one) => [`${one.behaviour}/${one.language}`, one.words]));
  const inFallbacks = <Value>(language: string, find: (language: string) => Value | undefined) => {
    for (const candidate of [language, language.split('-')[0] ?? '', baseLanguage]) {
      const found = find(candidate);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    message: (behaviour, moment, language, variant = 'usual') =>
      inFallbacks(language, (tag) => {
        const key = `${behaviour}/${moment}/${tag}`;
        return templates.get(`${key}/${variant}`) ?? templates.get(`${key}/usual`);
      }),
    words: (behaviour, language) => inFallbacks(language, (tag) => words.get(`${behaviour}/${tag}`)),
    page: (language) => inFallbacks(language, (tag) => pages.get(tag)),
    experimentWords: (language) =>
      inFallbacks(language, (tag) => experimentFiles.find(({ words: one }) => one.language === tag)?.words),
  };
}
