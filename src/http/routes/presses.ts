import type { Context } from 'hono';
import { AppError } from '../../core/errors.ts';
import type { Pressed } from '../../loop/press.ts';
import { takePress } from '../../loop/press.ts';
import { answerLabels } from '../../pages/answer-labels.ts';
import { fill } from '../../pages/page-text.ts';
import type { PageWords } from '../../pages/page-words.ts';
import type { Press } from '../../ports/channel.ts';
import { readRawBody } from '../hardening/raw-body.ts';
import type { Room } from '../room.ts';
import { type Operations, open, pathPart } from '../table/operation.ts';

/** Answers by buttons in messages, as a chat program hands them over. */
export function pressRoutes(room: Room): Pick<Operations, 'POST /v1/channels/{channel}/interactions'> {
  const { parts, log } = room.given;
  return {
    'POST /v1/channels/{channel}/interactions': open({
      summary: 'Takes a press of a button in a message, signed by the program in which it was pressed.',
      answers: { 200: { description: 'Judged, and stored where it was an answer.' } },
      handle: async (c: Context) => {
        const channel = parts.channel(pathPart(c, 'channel'));
        const presses = channel?.presses;
        if (channel === undefined || presses === undefined)
          throw new AppError('not-found', 'No channel of this name takes presses here.');
        const body = await readRawBody(c, presses.bytesMax);
        const verdict = presses.read({ headers: c.req.header(), body, receivedAt: parts.clock.now() });
        if (verdict.kind === 'refused') throw new AppError(verdict.reason, '');
        if (verdict.kind === 'unreadable') throw new AppError('bad-record', verdict.reason);
        // The far side takes anything in the answer for a message: it stays empty.
        if (verdict.kind === 'nothing') return c.body(null, 200);
        const { press } = verdict;
        const { outcome, language } = await takePress(parts, { ...channel, presses }, press);
        // Nothing was taken: the program shows that it failed, and it may be pressed again.
        if (outcome.kind === 'unavailable')
          throw new AppError('internal', 'Who pressed cannot be found out now.');
        if (outcome.kind === 'unknown-message') throw new AppError('not-found', '');
        const words = room.words(language);
        // It waits three seconds at most: what is said to the presser follows by itself.
        void presses.show(press, sentenceOf(words, outcome, press)).catch((error: unknown) => {
          log.warn({ error, channel: channel.id }, 'a presser could not be told');
        });
        return c.body(null, 200);
      },
    }),
  };
}

type Told = Exclude<Pressed, { readonly kind: 'unavailable' | 'unknown-message' }>;

function sentenceOf(words: PageWords, outcome: Told, { answer }: Press): string {
  switch (outcome.kind) {
    case 'recorded':
      return fill(words.press.recorded, { answer: answerLabels(words)?.[answer] ?? answer }).join('');
    case 'stranger':
      return words.press.stranger;
    case 'on-page':
    case 'not-offered':
      return words.press.onPage;
    case 'closed':
      return words.recipient.status.closed;
    case 'expired':
      return words.recipient.expired.title;
  }
}
