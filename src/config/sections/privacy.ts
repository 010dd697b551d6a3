import { z } from 'zod';
import { count } from '../fields.ts';
import { says } from '../says.ts';

/** Ten years: longer is no retention but a collection. */
const daysMax = 3660;
const days = (usual: number, sentence: string) => count(daysMax).default(usual).meta(says(sentence));

export const privacy = z
  .strictObject({
    retention: z
      .strictObject({
        eventDays: days(
          90,
          'Days after which the detail of what was reported is forgotten, once the case ended.',
        ),
        outcomeDays: days(
          396,
          'Days after which nobody stands in a case that ended any more: owner, replies, personal values of its story.',
        ),
        messageDays: days(396, 'Days after which the text of a message and who got it are forgotten.'),
        refusedReplyDays: days(90, 'Days after which an answer that was not taken is deleted.'),
        decisionDays: days(90, 'Days after which an entry of the log of runtime decisions is deleted.'),
        auditDays: days(1095, 'Days after which it is deleted who exported which report and why.'),
      })
      .prefault({})
      .describe('How long detail about people is kept. Counts without anybody in them are kept without end.'),
  })
  .prefault({})
  .describe('What is kept about people, and how long. See [privacy.md](privacy.md).');
