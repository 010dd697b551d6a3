import { z } from 'zod';
import { says } from '../says.ts';

export const attention = z
  .strictObject({
    snooze: z
      .strictObject({
        timesMax: z.int().min(0).max(10).default(2).meta(says('Times a case; 0: nobody can.')),
        daysMax: z
          .int()
          .min(1)
          .max(60)
          .default(10)
          .meta(says('Days a case, all times together. The escalation moves by no more than that.')),
        below: z
          .enum(['low', 'medium', 'high', 'critical'])
          .default('high')
          .meta(says('Only what is less grave than this may be put off.')),
      })
      .prefault({})
      .describe('How far whoever was asked may put the words off, by “remind me later”.'),
    coachingEveryDays: z
      .int()
      .min(0)
      .max(30)
      .default(7)
      .meta(
        says(
          'At most one message in so many days to a person about what is no danger; what is more joins the next one. 0: no such cap.',
        ),
      ),
    leave: z
      .strictObject({
        waitDaysMax: z
          .int()
          .min(0)
          .max(90)
          .default(21)
          .meta(says('Days that words which can wait do wait for somebody who is away; 0: none.')),
      })
      .prefault({})
      .describe('What happens to words for somebody who is away.'),
  })
  .prefault({})
  .describe('What people may ask of us, and how seldom we ask of them; see [delivery](delivery.md).');
