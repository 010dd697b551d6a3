import type { Moment } from '../core/message.ts';
import {
  type MessageWords,
  momentsThatAsk,
  namesIn,
  type Phrase,
  type Slot,
  type Template,
  type Text,
} from '../core/message-template.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { sha256Hex } from '../lib/hmac.ts';
import type { Packs } from './load.ts';

/** One part of the words as they stand in the pack, with their placeholders. */
export type WordingPart = { readonly name: string; readonly text: string };

/**
 * The words of a message at one moment, as a writer wrote them: its own parts, and the phrases that they use. How it is
 * put right at each provider is no part of it: these files are shared, and longer than all messages. `hash` is of all of it.
 */
export type Wording = {
  readonly hash: string;
  readonly behaviour: string;
  readonly moment: Moment;
  readonly variant: string;
  readonly language: string;
  readonly version: number;
  readonly parts: readonly WordingPart[];
};

export function wordingsOf({ messages }: Pick<Packs, 'messages'>): readonly Wording[] {
  return messages.map(({ template }) => wordingOf(template));
}

export function wordingOf(template: Template): Wording {
  const { behaviour, moment, variant, language, version, words } = template;
  const own = template.slots.map((slot) => ({ name: slot.slot, text: slotText(slot) }));
  const asks: readonly WordingPart[] = momentsThatAsk.has(moment)
    ? [{ name: 'reply link', text: words.replyLabel }]
    : [];
  const more: readonly WordingPart[] = template.showsLearnMore
    ? [{ name: 'learn more', text: words.learnMore }]
    : [];
  const parts = [
    { name: 'subject', text: written(template.subject) },
    ...own,
    ...asks,
    ...more,
    ...phraseParts(template, words),
  ];
  const kept = { behaviour, moment, variant, language, version, parts };
  return { hash: sha256Hex(canonicalJson(kept)), ...kept };
}

function written(text: Text): string {
  return text.map((piece) => (typeof piece === 'string' ? piece : `{${piece.name}}`)).join('');
}

function slotText(slot: Slot): string {
  if ('text' in slot) return written(slot.text);
  return slot.lines.map(({ label, value }) => `${written(label)}: ${written(value)}`).join('\n');
}

/** Every phrase that the parts use, and those that these use, in the order in which they are met. */
function phraseParts({ subject, slots }: Template, words: MessageWords): readonly WordingPart[] {
  const met = new Set<string>();
  const parts: WordingPart[] = [];
  const meet = (text: Text): void => {
    for (const name of namesIn(text)) {
      const phrase = words.phrases.get(name);
      if (phrase === undefined || met.has(name)) continue;
      met.add(name);
      parts.push({ name: `{${name}}`, text: phraseText(phrase) });
      for (const inner of textsOf(phrase)) meet(inner);
    }
  };
  meet(subject);
  for (const slot of slots) {
    if ('text' in slot) meet(slot.text);
    else
      for (const { label, value } of slot.lines) {
        meet(label);
        meet(value);
      }
  }
  return parts;
}

function textsOf(phrase: Phrase): readonly Text[] {
  return phrase.kind === 'texts' ? phrase.texts : Object.values(phrase.options).flat();
}

function phraseText(phrase: Phrase): string {
  if (phrase.kind === 'texts') return phrase.texts.map(written).join('\n');
  return Object.entries(phrase.options)
    .flatMap(([option, texts]) => texts.map((text) => `${phrase.by} ${option}: ${written(text)}`))
    .join('\n');
}
