import type { Log } from '../lib/log.ts';
import type { LoopParts } from '../loop/parts.ts';
import { type Pressed, takePress } from '../loop/press.ts';
import { answerLabels } from '../pages/answer-labels.ts';
import { fill, localTimeText } from '../pages/page-text.ts';
import type { PageWords } from '../pages/page-words.ts';
import type { Channel, Press, Presses } from '../ports/channel.ts';

/**
 * Takes a press, however it came, and lets the channel say to the presser what became of it. Nothing was taken unless
 * it is `taken`.
 */
export async function answerPress(
  given: {
    readonly parts: LoopParts;
    readonly words: (language?: string) => PageWords;
    readonly log: Log;
  },
  channel: Channel & { readonly presses: Presses },
  press: Press,
): Promise<'taken' | 'unavailable' | 'unknown-message'> {
  const { outcome, language, timeZone = 'UTC' } = await takePress(given.parts, channel, press);
  if (outcome.kind === 'unavailable' || outcome.kind === 'unknown-message') return outcome.kind;
  // Whoever pressed waits three seconds at most: what is said to them follows by itself.
  void channel.presses
    .show(press, sentenceOf(given.words(language), outcome, press, timeZone))
    .catch((error: unknown) => {
      given.log.warn({ error, channel: channel.id }, 'a presser could not be told');
    });
  return 'taken';
}

type Told = Exclude<Pressed, { readonly kind: 'unavailable' | 'unknown-message' }>;

function sentenceOf(words: PageWords, outcome: Told, { answer }: Press, timeZone: string): string {
  switch (outcome.kind) {
    case 'recorded':
      return fill(words.press.recorded, { answer: labelOf(words, answer) }).join('');
    case 'snoozed': {
      const time = localTimeText(outcome.until, { language: words.language, timeZone });
      return fill(words.press.snoozed, { time }).join('');
    }
    case 'refused':
      return outcome.reason === 'not-waiting' ? words.press.onPage : words.press.cannotWait;
    case 'stranger':
      return words.press.stranger;
    case 'sign-in-first':
      return words.press.signInFirst;
    case 'on-page':
    case 'not-offered':
      return words.press.onPage;
    case 'closed':
      return words.recipient.status.closed;
    case 'expired':
      return words.recipient.expired.title;
  }
}

function labelOf(words: PageWords, answer: Press['answer']): string {
  return (answer === 'snooze' ? words.press.snoozeLabel : answerLabels(words)?.[answer]) ?? answer;
}
