import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { type SnoozeRefusal, snoozeChoices } from '../../core/loop/snooze.ts';
import { snoozeByOperator } from '../../loop/snooze.ts';
import { loopJson, loopSchema } from '../json/loop-json.ts';
import { instant, iso } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { changing, type Operations, pathPart } from '../table/operation.ts';
import { findStory } from './loops.ts';

const body = z.strictObject({
  for: z
    .enum(snoozeChoices)
    .describe('Until work starts where the recipient is: on the next working day, the third or the fifth.'),
  reason: z.string().trim().min(3).max(500).describe('Why; it stands in the story of the case.'),
});

/** Puts off what waits for an answer, in the place of whoever was asked. */
export function snoozeRoutes(room: Room): Pick<Operations, 'POST /v1/loops/{id}/snooze'> {
  const { parts } = room.given;
  return {
    'POST /v1/loops/{id}/snooze': changing({
      summary: 'Puts the next reminder off in the recipient’s place, within the limits that hold for them.',
      body,
      answers: {
        200: {
          description: 'The loop, and until when.',
          schema: loopSchema.extend({ snoozedUntil: instant }),
        },
      },
      handle: async ({ c, caller, body: { for: choice, reason } }) => {
        const story = await findStory(room, caller, pathPart(c, 'id'));
        const done = await snoozeByOperator(parts, caller, story.loop.id, { choice, reason });
        if (done.kind === 'not-found') throw new AppError('not-found', 'No loop has this id or case code.');
        if (done.kind === 'refused') throw new AppError('conflict', refusals[done.reason]);
        const [loop = story.loop] = done.loops;
        return c.json({ ...loopJson(parts, loop), snoozedUntil: iso(done.until) });
      },
    }),
  };
}

const refusals: Readonly<Record<SnoozeRefusal, string>> = {
  'not-offered': 'It is too grave to wait, or putting off is switched off.',
  'not-waiting': 'No person or team is being waited for.',
  escalated: 'Others were told of the silence already.',
  'too-often': 'It was put off as often as it may be.',
  'too-long': 'It would be put off for longer than it may be.',
};
