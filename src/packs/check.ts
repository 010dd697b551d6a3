import { isSameStep } from '../core/experiments/check-document.ts';
import { situations } from '../core/experiments/document.ts';
import { moments } from '../core/message.ts';
import { checkByHand } from './check-by-hand.ts';
import { checkProof } from './check-proof.ts';
import { runControlExamples } from './control-files.ts';
import { lintRendered, lintTemplate } from './lint-message.ts';
import { lintPolicies } from './lint-policies.ts';
import { blameWords, longSentences } from './lint-text.ts';
import { baseLanguage, type PackOptions, type Packs, readPacks } from './load.ts';
import type { MessageFile } from './message-file.ts';
import { judge, type PackBehaviour } from './pack-behaviour.ts';
import { type PackProblem, sortProblems } from './problem.ts';
import { samplesFor } from './samples.ts';
import { sharedWords } from './words-files.ts';

export type PackCheck = {
  readonly problems: readonly PackProblem[];
  /** Message files read. */
  readonly messages: number;
  /** Inline examples run. */
  readonly examples: number;
};

/** At least this many examples must speak, and this many stay silent, or the detection is not shown to work. */
export const examplesMin = 3;

/** Everything that can be said about a folder of packs without sending anything: form, words, examples, mapping. */
export function checkPacks<Page = unknown>(dir: string, options: PackOptions<Page> = {}): PackCheck {
  const { packs, problems: found } = readPacks(dir, options);
  const examples = runExamples([...packs.behaviours.values()]);
  const problems: PackProblem[] = [
    ...found,
    ...checkExamples(packs, examples),
    ...checkCompleteness(packs),
    ...checkVariants(packs),
    ...checkProof(packs.behaviours.values()),
    ...checkByHand(packs.behaviours.values()),
    ...packs.messages.flatMap((message) => lintMessage(message, packs)),
    ...lintProviders(packs),
    ...lintPages(packs),
    ...lintCues(packs),
    ...lintExperimentWords(packs),
    ...lintPolicies(packs),
    ...lintControls(packs),
    ...checkLinks(packs),
  ];
  return { problems: sortProblems(problems), messages: packs.messages.length, examples: examples.length };
}

export type ExampleResult = {
  readonly behaviour: string;
  readonly name: string;
  readonly expected: ReturnType<typeof judge>;
  readonly said: ReturnType<typeof judge>;
  readonly file: string;
  readonly line: number;
};

/** Runs the inline examples of behaviours through their detections. */
export function runExamples(behaviours: readonly PackBehaviour[]): readonly ExampleResult[] {
  return behaviours.flatMap((pack) =>
    pack.behaviour.examples.map((example, index) => ({
      behaviour: pack.behaviour.id,
      name: example.name,
      expected: example.expect,
      said: judge(pack, example.event),
      file: pack.file,
      line: pack.lineOf(['examples', index]),
    })),
  );
}

function checkExamples(packs: Packs, results: readonly ExampleResult[]): readonly PackProblem[] {
  const problems: PackProblem[] = results
    .filter(({ expected, said }) => expected !== said)
    .map(({ file, line, name, expected, said }) => ({
      file,
      line,
      reason: `the example "${name}" should be "${expected}", but the detection says "${said}"`,
    }));
  for (const { behaviour, file, lineOf } of packs.behaviours.values()) {
    const silent = behaviour.examples.filter((example) => example.expect === 'nothing').length;
    const speaking = behaviour.examples.length - silent;
    const line = lineOf(['examples']);
    const few = (count: number, what: string) => {
      const reason = `${count} examples ${what}; at least ${examplesMin} are needed`;
      if (count < examplesMin) problems.push({ file, line, reason });
    };
    few(silent, 'stay silent');
    few(speaking, 'speak');
  }
  return problems;
}

/** Every moment in English, the variants that the loop chooses by itself, and each message and provider in every language. */
function checkCompleteness(packs: Packs): readonly PackProblem[] {
  const problems: PackProblem[] = [];
  const missing = (file: string, reason: string) => problems.push({ file, line: 0, reason });
  const present = new Set(
    packs.messages.map(({ file, template }) => `${template.behaviour}/${file.split('/').at(-1)}`),
  );
  for (const [id, { behaviour }] of packs.behaviours) {
    const names = new Set([...moments, 'relapse.system', 'reminder.mail']);
    for (const { template } of packs.messages) {
      if (template.behaviour === id && template.variant !== 'usual')
        names.add(`${template.moment}.${template.variant}`);
    }
    for (const language of packs.languages.keys()) {
      for (const name of names) {
        const file = `${id}/${name}.${language}.md`;
        if (!present.has(file)) missing(`messages/${file}`, 'this message is missing');
      }
    }
    const base = packs.wordFiles.find((one) => one.behaviour === id && one.language === baseLanguage);
    for (const language of packs.languages.keys()) {
      const words = packs.wordFiles.find((one) => one.behaviour === id && one.language === language);
      if (words === undefined) {
        missing(`messages/${id}/phrases.${language}.yaml`, 'this file is missing or has problems');
        continue;
      }
      for (const provider of base?.words.providers.keys() ?? []) {
        if (!words.words.providers.has(provider))
          missing(
            words.providersFile,
            `the ${words.providersFile.includes('/fixes.') ? 'fix' : 'provider'} "${provider}" is missing`,
          );
      }
      for (const step of behaviour.path?.steps ?? []) {
        if (!words.words.pathSteps.has(step.id))
          missing(words.phrasesFile, `"pathSteps" has no words for the step "${step.id}"`);
      }
    }
  }
  for (const language of packs.languages.keys()) {
    const file = `messages/page.${language}.yaml`;
    if (!packs.pageFiles.some((page) => page.file === file))
      missing(file, 'this file is missing or has problems');
    if (!packs.experimentFiles.some(({ words }) => words.language === language))
      missing(`experiments/verdicts.${language}.yaml`, 'this file is missing or has problems');
    if (packs.cues.files.length > 0 && !packs.cues.words.has(language))
      missing(`cues/${language}.yaml`, 'this file is missing or has problems');
  }
  return problems;
}

/** What is tried out may change the words, never the step that makes it safe. */
function checkVariants(packs: Packs): readonly PackProblem[] {
  return packs.messages.flatMap(({ template, file, lineOf }) => {
    const { behaviour, moment, language, variant } = template;
    if (variant === 'usual' || situations.has(variant)) return [];
    const usual = packs.message(behaviour, moment, language);
    if (usual === undefined || isSameStep(usual, template)) return [];
    return [{ file, line: lineOf('step'), reason: 'the step differs from that of the usual words' }];
  });
}

/** Under every provider, validity and option. */
export function lintMessage(message: MessageFile, packs: Packs): readonly PackProblem[] {
  const { template, file, lineOf } = message;
  const rules = packs.languages.get(template.language);
  const pack = packs.behaviours.get(template.behaviour);
  if (rules === undefined || pack === undefined) return [];
  const problems: PackProblem[] = [];
  const seen = new Set<string>();
  const judged = new Set<string>();
  const findings = [
    ...lintTemplate(template),
    ...samplesFor(template).flatMap((values) =>
      lintRendered(template, values, pack.behaviour, rules, judged),
    ),
  ];
  for (const { part, reason } of findings) {
    // One sentence that is wrong under sixty providers is one problem, not sixty.
    const key = `${part} ${reason.replace(/".*"|\d+(\.\d+)?/gu, '')}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const whose = file.startsWith(`messages/${sharedWords}/`) ? `for ${template.behaviour}: ` : '';
    problems.push({ file, line: lineOf(part), reason: `${whose}${reason}` });
  }
  return problems;
}

/** The longer steps of a provider stand on the page only, so no message shows them to the lint. */
function lintProviders(packs: Packs): readonly PackProblem[] {
  return packs.wordFiles.flatMap(({ words, language, providersFile, providerLine }) => {
    const rules = packs.languages.get(language);
    if (rules === undefined) return [];
    return [...words.providers].flatMap(([name, provider]) =>
      provider.steps.flatMap((step, index) => {
        const line = providerLine(['providers', name, 'steps', index]);
        return textProblems(step, rules).map((reason) => ({ file: providersFile, line, reason }));
      }),
    );
  });
}

function lintPages(packs: Packs): readonly PackProblem[] {
  return packs.pageFiles.flatMap(({ file, language, value, lineOf }) => {
    const rules = packs.languages.get(language);
    if (rules === undefined) return [];
    return leaves(value).flatMap(({ path, text }) =>
      textProblems(text, rules).map((reason) => ({ file, line: lineOf(path), reason })),
    );
  });
}

/** What a mail shows stands in the sentences: they are judged with short words in its place. */
function lintCues(packs: Packs): readonly PackProblem[] {
  return packs.cues.files.flatMap(({ file, words, lineOf }) => {
    const rules = packs.languages.get(words.language);
    if (rules === undefined) return [];
    return leaves({ explanations: words.explanations, page: words.page }).flatMap(({ path, text }) =>
      textProblems(text.replace(/\{\w+\}/gu, 'this'), rules).map((reason) => ({
        file,
        line: lineOf(path),
        reason,
      })),
    );
  });
}

/** Controls say themselves in every language, and their examples run. */
function lintControls(packs: Packs): readonly PackProblem[] {
  return [...packs.controls.values()].flatMap((control) => {
    const { template, file, lineOf } = control;
    const said = [...packs.languages].flatMap(([language, rules]) => {
      const words = template.words[language];
      if (words === undefined)
        return [{ file, line: lineOf(['words']), reason: `"words" lacks the language "${language}"` }];
      return leaves(words).flatMap(({ path, text }) =>
        textProblems(text, rules).map((reason) => ({
          file,
          line: lineOf(['words', language, ...path]),
          reason,
        })),
      );
    });
    return [...said, ...runControlExamples(control)];
  });
}

/** Judged with short words in place of what they show. */
function lintExperimentWords(packs: Packs): readonly PackProblem[] {
  return packs.experimentFiles.flatMap(({ file, words, lineOf }) => {
    const rules = packs.languages.get(words.language);
    if (rules === undefined) return [];
    const { verdicts, readout, faults } = words;
    return leaves({ verdicts, readout, faults }).flatMap(({ path, text }) =>
      textProblems(text.replace(/\{\w+\}/gu, 'this'), rules).map((reason) => ({
        file,
        line: lineOf(path),
        reason,
      })),
    );
  });
}

function textProblems(text: string, rules: Parameters<typeof blameWords>[1]): readonly string[] {
  return [
    ...blameWords(text, rules).map((word) => `"${word}" blames; say what happened and what to do`),
    ...longSentences(text).map(({ sentence, words }) => `a sentence of ${words} words: "${sentence}"`),
  ];
}

type Leaf = { readonly path: readonly string[]; readonly text: string };

function leaves(value: unknown, path: readonly string[] = []): readonly Leaf[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/** Links of packs are live in messages: https, a host with a name, nothing before or after it that could deceive. */
function checkLinks(packs: Packs): readonly PackProblem[] {
  const problems: PackProblem[] = [];
  const check = (url: string, file: string, line: number) => {
    const reason = linkFault(url);
    if (reason !== undefined) problems.push({ file, line, reason });
  };
  for (const { behaviour, file, lineOf } of packs.behaviours.values()) {
    check(behaviour.learnMore.url, file, lineOf(['learnMore', 'url']));
  }
  for (const { words, providersFile, providerLine } of packs.wordFiles) {
    for (const [name, provider] of words.providers) {
      check(provider.docs.url, providersFile, providerLine(['providers', name, 'docs', 'url']));
    }
  }
  return problems;
}

/** Why an address may not stand in a pack; undefined when it may. */
export function linkFault(text: string): string | undefined {
  if (!URL.canParse(text)) return `"${text}" is not an address`;
  const url = new URL(text);
  if (url.protocol !== 'https:') return `the link to ${url.hostname} must begin with https://`;
  if (url.username !== '' || url.password !== '') return `the link to ${url.hostname} holds a user name`;
  if (url.port !== '') return `the link to ${url.hostname} names a port`;
  if (!/^(?:[a-z0-9-]+\.)+[a-z]{2,}$/u.test(url.hostname))
    return `the host of a link must be a plain name, not ${url.hostname}`;
  if (url.hostname.includes('xn--'))
    return `the host ${url.hostname} has letters that can be mistaken for others`;
  return undefined;
}
