import type { LanguageRules } from './language-file.ts';
import { blameWords, longSentences, tooHard, unknownAcronyms } from './lint-text.ts';
import type { Packs } from './load.ts';
import type { PackProblem } from './problem.ts';

/** The words of policies are held to what all other words are held to, and stand in every language. */
export function lintPolicies(packs: Pick<Packs, 'policies' | 'languages'>): readonly PackProblem[] {
  const { words, policies } = packs.policies;
  if (policies.length === 0) return [];
  const present = new Set(words.map(({ words: { language } }) => language));
  const missing = [...packs.languages.keys()]
    .filter((language) => !present.has(language))
    .map((language) => ({
      file: `policies/words.${language}.yaml`,
      line: 0,
      reason: 'this file is missing or has problems',
    }));
  const linted = words.flatMap(({ file, words: { messages, instead, ask, general, language } }) => {
    const rules = packs.languages.get(language);
    if (rules === undefined) return [];
    return Object.entries({ messages, instead, ask, general }).flatMap(([part, value]) =>
      texts(value, part).flatMap(({ place, text }) =>
        problemsOf(text, rules).map((reason) => ({ file, line: 0, reason: `${place}: ${reason}` })),
      ),
    );
  });
  return [...missing, ...linted];
}

function problemsOf(text: string, rules: LanguageRules): readonly string[] {
  const hard = tooHard(text, rules);
  return [
    ...blameWords(text, rules).map((word) => `"${word}" blames; say what happened and what to do`),
    ...longSentences(text).map(({ sentence, words }) => `a sentence of ${words} words: "${sentence}"`),
    ...unknownAcronyms(text, rules).map((word) => `nobody explains "${word}"`),
    ...(hard === undefined ? [] : [`it ${hard}`]),
  ];
}

function texts(value: unknown, place: string): readonly { readonly place: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ place, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => texts(inner, `${place}.${name}`));
}
