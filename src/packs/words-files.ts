import { z } from 'zod';
import type { MessageWords, Phrase, ProviderWords, Text } from '../core/message-template.ts';
import { parseText } from '../core/message-template.ts';
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

/** `packs/messages/<behaviour>/phrases.<language>.yaml` */
export const phrasesSchema = z.strictObject({
  ...reviewed,
  learnMore: sentence,
  replyLabel: sentence,
  absent: z.record(z.string(), sentence),
  phrases: z.record(z.string(), z.union([texts, choice])),
});
export type PhrasesFile = z.infer<typeof phrasesSchema>;

const providerSchema = z.strictObject({
  provider: sentence,
  thing: sentence,
  theThing: sentence,
  sign: sentence,
  step: sentence,
  minutes: z.int().min(1).max(240),
  steps: z.array(sentence).min(2).max(8),
  docs: z.strictObject({ label: sentence, url: z.url({ protocol: /^https$/u }) }),
});

/** `packs/messages/<behaviour>/providers.<language>.yaml` */
export const providersSchema = z.strictObject({
  ...reviewed,
  providers: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*$/u), providerSchema)
    .refine((providers) => 'generic' in providers, { message: 'the entry "generic" is missing' }),
});
export type ProvidersFile = z.infer<typeof providersSchema>;

/** Phrases that the recipient's page shows of every behaviour. */
export const pagePhrases = ['title', 'pageStep', 'consequence', 'clue'] as const;

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

/** Reads both files of each language of each behaviour. */
export function readWordFiles(folder: PackFolder, problems: PackProblem[]): readonly WordFiles[] {
  const providerFiles = folder.matching(/^messages\/([^/]+)\/providers\.([^/.]+)\.yaml$/u);
  const phraseFiles = folder.matching(/^messages\/([^/]+)\/phrases\.([^/.]+)\.yaml$/u);
  return phraseFiles.flatMap(({ file: phrasesFile, groups }) => {
    const [behaviour = '', language = ''] = groups;
    const providersFile = `messages/${behaviour}/providers.${language}.yaml`;
    if (!providerFiles.some(({ file }) => file === providersFile)) {
      problems.push({ file: providersFile, line: 0, reason: 'this file is missing' });
    }
    const phrases = folder.yaml(phrasesFile, phrasesSchema);
    const providers = folder.yaml(providersFile, providersSchema);
    if (phrases === undefined || providers === undefined) return [];
    for (const [file, read] of [
      [phrasesFile, phrases],
      [providersFile, providers],
    ] as const) {
      if (read.value.language === language) continue;
      problems.push({
        file,
        line: read.lineOf(['language']),
        reason: '"language" and the name of the file differ',
      });
    }
    const words = compileWords(phrases, phrasesFile, providers, problems);
    return [
      {
        behaviour,
        language,
        words,
        phrasesFile,
        phraseLine: phrases.lineOf,
        providersFile,
        providerLine: providers.lineOf,
      },
    ];
  });
}

/** Joins both files of one language. A text that cannot be read is a problem and reads as empty. */
function compileWords(
  phrases: YamlFile<PhrasesFile>,
  phrasesPath: string,
  providers: YamlFile<ProvidersFile>,
  problems: PackProblem[],
): MessageWords {
  const compiled = new Map<string, Phrase>();
  const report = (path: readonly PropertyKey[], reason: string) =>
    problems.push({ file: phrasesPath, line: phrases.lineOf(path), reason });

  for (const [name, source] of Object.entries(phrases.value.phrases)) {
    const path = ['phrases', name];
    if (!/^[a-z][A-Za-z0-9]*$/u.test(name)) report(path, `"${name}" is not a name for a phrase`);
    if (Object.hasOwn(placeholders, name))
      report(path, `"${name}" is a placeholder already; choose another name`);
    const above = new Set(compiled.keys());
    const compile = (list: readonly string[], inside: readonly PropertyKey[]): readonly Text[] =>
      list.map((text, index) => {
        const parsed = parseText(text, above);
        if (parsed.kind === 'ok') return parsed.text;
        report([...inside, index], `phrase "${name}": ${parsed.reason}`);
        return [];
      });
    compiled.set(name, compilePhrase(source, path, compile, report));
  }
  for (const name of pagePhrases) {
    if (!compiled.has(name))
      report(['phrases'], `the phrase "${name}" is missing; the recipient's page shows it`);
  }
  for (const name of Object.keys(phrases.value.absent)) {
    if (!Object.hasOwn(placeholders, name)) report(['absent', name], `"${name}" is no placeholder`);
  }
  const byName = new Map<string, ProviderWords>(Object.entries(providers.value.providers));
  const generic = byName.get('generic');
  if (generic === undefined)
    throw new TypeError('the schema of providers lets no file pass without "generic"');
  return {
    language: phrases.value.language,
    phrases: compiled,
    absent: new Map(Object.entries(phrases.value.absent)),
    providers: byName,
    generic,
    learnMore: phrases.value.learnMore,
    replyLabel: phrases.value.replyLabel,
  };
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
