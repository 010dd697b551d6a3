import type { Behaviour } from './behaviour.ts';
import type { Paragraph, RenderedMessage } from './message.ts';
import {
  type FactLine,
  type MessageWords,
  momentsThatAsk,
  type Phrase,
  type ProviderWords,
  type SlotName,
  type Template,
  type Text,
} from './message-template.ts';
import {
  chosen,
  isCaseCode,
  itemsShownMax,
  type MessageValues,
  placeholders,
  valueText,
} from './placeholders.ts';

export type RenderResult =
  | { readonly kind: 'ok'; readonly message: RenderedMessage }
  | { readonly kind: 'error'; readonly reason: string };

/** A text filled, or the name of the placeholder that could not be. */
type Filled = { readonly text: string } | { readonly missing: string };

/** One part of a message with its text, or with its facts. */
export type FilledSlot =
  | { readonly slot: SlotName; readonly text: string }
  | { readonly slot: SlotName; readonly facts: readonly Fact[] };
type Fact = { readonly label: string; readonly value: string };

export type FilledTemplate =
  | { readonly kind: 'ok'; readonly subject: string; readonly slots: readonly FilledSlot[] }
  | { readonly kind: 'error'; readonly reason: string };

/** Fills every part of a template, in the order in which they are shown. */
export function fillTemplate(template: Template, values: MessageValues): FilledTemplate {
  const subject = fill(template.subject, values, template.words);
  if ('missing' in subject) return { kind: 'error', reason: missing('the subject', subject.missing) };
  const slots: FilledSlot[] = [];
  for (const slot of template.slots) {
    if ('lines' in slot) {
      // An item of a digest is never left out; a fact that is not known is.
      const isItem = slot.slot === 'items';
      const sources = isItem ? itemValues(values) : [values];
      const facts = sources.flatMap((source) => factsOf(slot.lines, source, template.words, isItem));
      slots.push({ slot: slot.slot, facts });
      continue;
    }
    const filled = fill(slot.text, values, template.words);
    if ('missing' in filled) return { kind: 'error', reason: missing(slot.slot, filled.missing) };
    slots.push({ slot: slot.slot, text: filled.text });
  }
  return { kind: 'ok', subject: subject.text, slots };
}

/**
 * Makes a message of a template. Pure: the same template and values give the same message. Values are data; nothing
 * in them is read as a placeholder, markup or link. An error names the placeholder that has neither a value nor a
 * wording for its absence.
 */
export function renderMessage(
  template: Template,
  values: MessageValues,
  behaviour: Pick<Behaviour, 'answers' | 'learnMore'>,
): RenderResult {
  if (!isCaseCode(values.caseCode)) return { kind: 'error', reason: 'caseCode is not a case code' };
  if (values.replyUrl !== undefined && !isOwnUrl(values.replyUrl)) {
    return { kind: 'error', reason: 'replyUrl is not an address' };
  }
  const filled = fillTemplate(template, values);
  if (filled.kind === 'error') return filled;
  const paragraphs: Paragraph[] = [];
  let footer = '';
  for (const slot of filled.slots) {
    if ('facts' in slot) {
      if (slot.facts.length > 0) paragraphs.push({ kind: 'facts', facts: slot.facts });
    } else if (slot.slot === 'footer') footer = slot.text;
    else if (slot.text !== '')
      paragraphs.push({ kind: slot.slot === 'step' ? 'step' : 'text', text: slot.text });
  }
  const asks = momentsThatAsk.has(template.moment);
  return {
    kind: 'ok',
    message: {
      moment: template.moment,
      behaviour: template.behaviour,
      language: template.language,
      version: `${template.behaviour}@${template.version}/${template.variant}`,
      subject: filled.subject,
      paragraphs,
      ...(asks && values.replyUrl !== undefined
        ? { replyUrl: values.replyUrl, replyLabel: template.words.replyLabel }
        : {}),
      // A digest speaks for several loops; each is answered on the page.
      answers: asks && template.moment !== 'digest' ? behaviour.answers : [],
      caseCode: values.caseCode,
      links: template.showsLearnMore
        ? [{ label: template.words.learnMore, url: behaviour.learnMore.url }]
        : [],
      footer: withCredit(footer, values, template.words),
    },
  };
}

/** Whoever wrote the rule behind a case is named in what is said of it, as its licence asks. */
function withCredit(footer: string, values: MessageValues, words: MessageWords): string {
  const credit = values.foundBy === undefined ? undefined : fillPlaceholder('credit', values, words, false);
  return credit === undefined || credit === '' ? footer : `${footer} ${credit}`.trim();
}

/** What the recipient's page says of a case, in the words of its behaviour. */
export type CaseText = {
  readonly title: string;
  readonly step: string;
  /** Whether anything is wrong now; undefined where the page has its own sentence for that. */
  readonly now?: string;
  readonly minutes: number;
  readonly steps: readonly string[];
  readonly docs: { readonly label: string; readonly url: string };
  readonly consequence: string;
  readonly clue: string;
  readonly learnMore: { readonly label: string; readonly url: string };
};

export function caseText(
  words: MessageWords,
  values: MessageValues,
  behaviour: Pick<Behaviour, 'learnMore'>,
): CaseText {
  const provider = providerWords(values, words);
  const phrase = (name: string): string => fillPlaceholder(name, values, words, true) ?? '';
  const now = words.phrases.has('now') ? { now: phrase('now') } : {};
  return {
    ...now,
    title: phrase('title'),
    step: phrase('pageStep'),
    minutes: provider.minutes,
    steps: provider.steps,
    docs: provider.docs,
    consequence: phrase('consequence'),
    clue: phrase('clue'),
    learnMore: { label: words.learnMore, url: behaviour.learnMore.url },
  };
}

function missing(where: string, name: string): string {
  return `{${name}} in ${where} has no value, and the pack has no wording for that`;
}

/** Only what `publicUrl` can make: no blanks, quotes, brackets or controls. */
function isOwnUrl(url: string): boolean {
  return /^https?:\/\/[A-Za-z0-9.:[\]-]+(?:\/[A-Za-z0-9._~/?=&%#-]*)?$/u.test(url) && url.length <= 500;
}

/** A line that cannot be filled is left out. */
function factsOf(
  lines: readonly FactLine[],
  values: MessageValues,
  words: MessageWords,
  mayBeAbsent: boolean,
): readonly Fact[] {
  return lines.flatMap((line) => {
    const label = fillText(line.label, values, words, mayBeAbsent);
    const value = fillText(line.value, values, words, mayBeAbsent);
    return 'missing' in label || 'missing' in value || value.text === ''
      ? []
      : [{ label: label.text, value: value.text }];
  });
}

/** Each item with its own facts only: the place of one loop must not appear beside another. */
function itemValues(values: MessageValues): readonly MessageValues[] {
  const { timeZone, items = [] } = values;
  return items.slice(0, itemsShownMax).map((item) => (timeZone === undefined ? item : { ...item, timeZone }));
}

/** Fills one text. Values that are absent read as the pack's wording for the absent, where it has one. */
export function fill(text: Text, values: MessageValues, words: MessageWords): Filled {
  return fillText(text, values, words, true);
}

function fillText(text: Text, values: MessageValues, words: MessageWords, mayBeAbsent: boolean): Filled {
  let result = '';
  for (const piece of text) {
    if (typeof piece === 'string') {
      result += piece;
      continue;
    }
    const filled = fillPlaceholder(piece.name, values, words, mayBeAbsent);
    if (filled === undefined) return { missing: piece.name };
    result += filled;
  }
  return { text: result.includes('  ') ? result.replace(/ {2,}/gu, ' ').trim() : result.trim() };
}

function fillPlaceholder(
  name: string,
  values: MessageValues,
  words: MessageWords,
  mayBeAbsent: boolean,
): string | undefined {
  const phrase = words.phrases.get(name);
  if (phrase !== undefined) return fillPhrase(phrase, values, words);
  const placeholder = Object.hasOwn(placeholders, name) ? placeholders[name] : undefined;
  if (placeholder === undefined) return undefined;
  if (placeholder.type === 'provider-word') {
    return String(providerWords(values, words)[placeholder.word]);
  }
  if (placeholder.type === 'pack-word') {
    const key = placeholder.read(values);
    const word = key === undefined ? undefined : words[placeholder.list].get(key);
    return word ?? (mayBeAbsent ? words.absent.get(name) : undefined);
  }
  return valueText(placeholder, values, words.language) ?? (mayBeAbsent ? words.absent.get(name) : undefined);
}

/** By the provider of a secret, by the rule that was broken, or by the kind of event; else the generic words. */
function providerWords(values: MessageValues, words: MessageWords): ProviderWords {
  for (const key of [values.provider, values.rule, values.kind?.replaceAll('.', '-')]) {
    const found = key === undefined ? undefined : words.providers.get(key);
    if (found !== undefined) return found;
  }
  return words.generic;
}

function fillPhrase(phrase: Phrase, values: MessageValues, words: MessageWords): string | undefined {
  const texts = phrase.kind === 'texts' ? phrase.texts : phrase.options[chosen(phrase.by, values)];
  if (texts === undefined) return undefined;
  for (const [index, text] of texts.entries()) {
    // Only the last text may lean on the wording for the absent: the ones before it say more.
    const filled = fillText(text, values, words, index === texts.length - 1);
    if ('text' in filled) return filled.text;
  }
  return undefined;
}
