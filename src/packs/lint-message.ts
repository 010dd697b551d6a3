import type { Behaviour } from '../core/behaviour.ts';
import { plainText } from '../core/message.ts';
import {
  momentsThatAsk,
  namesIn,
  type Phrase,
  type SlotName,
  type Template,
  type Text,
} from '../core/message-template.ts';
import type { MessageValues } from '../core/placeholders.ts';
import { sentences, wordCount } from '../core/readability.ts';
import { fillTemplate, renderMessage } from '../core/render.ts';
import type { LanguageRules } from './language-file.ts';
import {
  blameWords,
  gate,
  isImperative,
  longSentences,
  meanSentenceWords,
  passives,
  tooHard,
  unknownAcronyms,
} from './lint-text.ts';
import { textsOf } from './words-files.ts';

export type Finding = { readonly part: SlotName | 'subject'; readonly reason: string };

/**
 * Judges one message under one set of values.
 *
 * @param judged texts that were judged before; most samples differ only where a message does not
 */
export function lintRendered(
  template: Template,
  values: MessageValues,
  behaviour: Behaviour,
  rules: LanguageRules,
  judged: Set<string>,
): readonly Finding[] {
  const rendered = renderMessage(template, values, behaviour);
  const filled = fillTemplate(template, values);
  if (rendered.kind === 'error') return [{ part: 'subject', reason: rendered.reason }];
  if (filled.kind === 'error') return [{ part: 'subject', reason: filled.reason }];

  const text = plainText(rendered.message);
  const key = `${filled.subject}\n${text}`;
  if (judged.has(key)) return [];
  judged.add(key);
  const findings: Finding[] = [];
  const add = (part: Finding['part'], reason: string) => findings.push({ part, reason });
  const parts: { part: Finding['part']; text: string }[] = [{ part: 'subject', text: filled.subject }];
  for (const slot of filled.slots) {
    const text =
      'facts' in slot ? slot.facts.map((fact) => `${fact.label}: ${fact.value}`).join('\n') : slot.text;
    parts.push({ part: slot.slot, text });
  }
  for (const { part, text } of parts) {
    for (const word of blameWords(text, rules))
      add(part, `"${word}" blames; say what happened and what to do`);
    for (const { sentence, words } of longSentences(text)) {
      add(part, `a sentence of ${words} words, more than ${gate.sentenceWordsMax}: "${sentence}"`);
    }
    for (const word of unknownAcronyms(text, rules)) {
      add(
        part,
        `"${word}" is a short form that languages/${rules.language}.yaml does not list: say it in words`,
      );
    }
    if (part === 'step' || part === 'subject') continue;
    for (const sentence of sentences(text)) {
      if (isImperative(sentence, rules))
        add(part, `one step only, and it stands under "step": "${sentence}"`);
    }
  }
  const prose = parts.filter(({ part }) => part !== 'subject' && part !== 'facts' && part !== 'items');
  const body = prose.map(({ text }) => text).join('\n');
  const step = parts.find(({ part }) => part === 'step');
  if (step !== undefined) {
    const found = sentences(step.text);
    if (found.length !== 1) add('step', `the step must be one sentence; it has ${found.length}`);
    for (const sentence of found) {
      if (!isImperative(sentence, rules)) add('step', `the step must begin with what to do: "${sentence}"`);
    }
  }
  if (filled.subject.length > gate.subjectCharactersMax) {
    add(
      'subject',
      `the subject has ${filled.subject.length} characters, more than ${gate.subjectCharactersMax}`,
    );
  }
  const mean = meanSentenceWords(body);
  if (mean > gate.sentenceWordsMeanMax) {
    add(
      'happened',
      `sentences have ${mean.toFixed(1)} words on average, more than ${gate.sentenceWordsMeanMax}`,
    );
  }
  const words = wordCount(text);
  if (words > gate.messageWordsMax) {
    add(
      'happened',
      `the message has ${words} words with its links and footer, more than ${gate.messageWordsMax}`,
    );
  }
  const found = passives(body, rules);
  if (found.length > gate.passivesMax) add('happened', `${found.length} passive forms: ${found.join(', ')}`);
  const hard = tooHard(body, rules);
  if (hard !== undefined) add('happened', `the message ${hard}`);
  return findings;
}

/** Judges what a message promises whatever the values: that it speaks of the event, and says who sees it. */
export function lintTemplate(template: Template): readonly Finding[] {
  const findings: Finding[] = [];
  const namesOf = (part: SlotName): ReadonlySet<string> => {
    const slot = template.slots.find((candidate) => candidate.slot === part);
    const names = new Set<string>();
    if (slot !== undefined && 'text' in slot) collectNames(slot.text, template.words.phrases, names);
    return names;
  };
  const happened = namesOf('happened');
  if (!eventNames.some((name) => happened.has(name))) {
    findings.push({
      part: 'happened',
      reason: 'says nothing of this event; use {thing}, {repository}, {count} or such',
    });
  }
  const footer = namesOf('footer');
  const saysWho = [...footer].some((name) => {
    const phrase = template.words.phrases.get(name);
    return phrase?.kind === 'choice' && phrase.by === 'seenBy';
  });
  if (momentsThatAsk.has(template.moment) && template.moment !== 'escalation' && !saysWho) {
    findings.push({ part: 'footer', reason: 'must say who sees this and when: use {seenBy}' });
  }
  if (template.moment !== 'digest' && !footer.has('case')) {
    findings.push({ part: 'footer', reason: 'must show the case code: use {case}' });
  }
  return findings;
}

const eventNames = [
  ...['thing', 'theThing', 'repository', 'file', 'commit', 'count', 'branch', 'lastFour'],
  ...['identity', 'resource', 'rule', 'campaign', 'agent', 'workload', 'brokenStep'],
];

function collectNames(text: Text, phrases: ReadonlyMap<string, Phrase>, names: Set<string>): void {
  for (const name of namesIn(text)) {
    if (names.has(name)) continue;
    names.add(name);
    const phrase = phrases.get(name);
    if (phrase === undefined) continue;
    for (const inner of textsOf(phrase)) collectNames(inner, phrases, names);
  }
}
