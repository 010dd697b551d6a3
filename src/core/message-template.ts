import type { Moment } from './message.ts';
import { type ChoiceName, placeholders } from './placeholders.ts';

/**
 * A text of a pack, cut once at load into words and placeholders. Logic-less: there is no condition in a template;
 * what depends on the case is a phrase, declared in the pack.
 */
export type Text = readonly Piece[];
export type Piece = string | { readonly name: string };

/** The parts of a message, in a writer's words. `footer` says who sees this; `items` is repeated for each loop. */
export const slotNames = ['happened', 'state', 'items', 'facts', 'step', 'check', 'clue', 'footer'] as const;
export type SlotName = (typeof slotNames)[number];

export type Slot =
  | { readonly slot: Exclude<SlotName, 'facts' | 'items'>; readonly text: Text }
  | { readonly slot: 'facts' | 'items'; readonly lines: readonly FactLine[] };
export type FactLine = { readonly label: Text; readonly value: Text };

export type Template = {
  readonly behaviour: string;
  readonly moment: Moment;
  readonly language: string;
  readonly variant: string;
  readonly version: number;
  readonly subject: Text;
  /** In the order in which they are shown. */
  readonly slots: readonly Slot[];
  readonly showsLearnMore: boolean;
  readonly words: MessageWords;
};

/** A phrase takes the first of its texts that can be filled; a choice first takes the texts of one option. */
export type Phrase =
  | { readonly kind: 'texts'; readonly texts: readonly Text[] }
  | {
      readonly kind: 'choice';
      readonly by: ChoiceName;
      readonly options: Readonly<Record<string, readonly Text[]>>;
    };

export type ProviderWords = {
  readonly provider: string;
  readonly thing: string;
  readonly theThing: string;
  /** What such a secret looks like: the clue for next time. */
  readonly sign: string;
  /** One imperative sentence. */
  readonly step: string;
  readonly minutes: number;
  /** The longer way, shown on the recipient's page. */
  readonly steps: readonly string[];
  readonly docs: { readonly label: string; readonly url: string };
};

/** The words of one behaviour in one language. */
export type MessageWords = {
  readonly language: string;
  readonly phrases: ReadonlyMap<string, Phrase>;
  /** What to write where a value is not known. */
  readonly absent: ReadonlyMap<string, string>;
  /** How it is put right, by provider, rule or kind of event. */
  readonly providers: ReadonlyMap<string, ProviderWords>;
  /** What kinds of resources are called, by `Resource.type`. */
  readonly resourceTypes: ReadonlyMap<string, string>;
  /** What the steps of the approved path are called, by their ids in the behaviour. */
  readonly pathSteps: ReadonlyMap<string, string>;
  readonly generic: ProviderWords;
  readonly learnMore: string;
  readonly replyLabel: string;
};

/** Which slots a moment needs and may have. What a message must say at each moment is decided here, in one table. */
export const slotsOf: Readonly<
  Record<Moment, { readonly needs: readonly SlotName[]; readonly may: readonly SlotName[] }>
> = {
  asked: { needs: ['happened', 'state', 'step', 'footer'], may: ['check', 'facts'] },
  told: { needs: ['happened', 'state', 'step', 'clue', 'footer'], may: ['check'] },
  reminder: { needs: ['happened', 'state', 'step', 'footer'], may: ['check'] },
  escalation: { needs: ['happened', 'facts', 'step', 'footer'], may: ['state'] },
  relapse: { needs: ['happened', 'state', 'step', 'clue', 'footer'], may: ['check'] },
  thanks: { needs: ['happened', 'check', 'footer'], may: ['clue'] },
  verified: { needs: ['happened', 'check', 'footer'], may: ['clue'] },
  'handed-over': { needs: ['happened', 'facts', 'step', 'footer'], may: ['state'] },
  closed: { needs: ['happened', 'footer'], may: ['clue', 'check'] },
  digest: { needs: ['happened', 'items', 'step', 'footer'], may: ['state', 'check'] },
};

/** Moments that ask for an answer and carry the link to the recipient's page. */
export const momentsThatAsk: ReadonlySet<Moment> = new Set<Moment>([
  'asked',
  'told',
  'reminder',
  'escalation',
  'relapse',
  'handed-over',
  'digest',
]);

/** A template in one language stays small: words are for a person in a hurry. */
export const textCharactersMax = 600;

export type TextResult =
  | { readonly kind: 'ok'; readonly text: Text }
  | { readonly kind: 'error'; readonly reason: string };

/** Cuts a text at its `{placeholders}`. @param phraseNames phrases that this text may use */
export function parseText(source: string, phraseNames: ReadonlySet<string>): TextResult {
  if (source.length > textCharactersMax) {
    return { kind: 'error', reason: `the text is longer than ${textCharactersMax} characters` };
  }
  const pieces: Piece[] = [];
  for (const part of source
    .replace(/\s+/gu, ' ')
    .trim()
    .split(/(\{[^{}]*\})/u)) {
    if (part === '') continue;
    const name = /^\{([^{}]*)\}$/u.exec(part)?.[1];
    if (name === undefined) {
      if (/[{}]/u.test(part))
        return {
          kind: 'error',
          reason: 'a curly bracket stands alone; placeholders are written {like-this}',
        };
      pieces.push(part);
    } else if (Object.hasOwn(placeholders, name) || phraseNames.has(name)) {
      pieces.push({ name });
    } else {
      return { kind: 'error', reason: `{${name}} is not a placeholder and not a phrase that stands above` };
    }
  }
  return { kind: 'ok', text: pieces };
}

/** Names of the placeholders that a text uses. */
export function namesIn(text: Text): readonly string[] {
  return text.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.name]));
}
