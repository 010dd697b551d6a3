import { z } from 'zod';
import { clockTime, count, email, isTimeZone, line, slug } from '../fields.ts';
import { says } from '../says.ts';

export const delivery = z
  .strictObject({
    mode: z
      .enum(['shadow', 'live'])
      .default('shadow')
      .meta(says('`shadow` shows in the product what would be sent and sends nothing.')),
    channel: slug
      .default('outbox')
      .meta(says('Channel for all messages; it has its settings under `channels`.')),
    rollout: z
      .array(
        z
          .strictObject({
            behaviour: slug.optional().meta(says('Of this behaviour only.')),
            team: line.max(100).optional().meta(says('Of cases of this team only.')),
            stage: z
              .enum(['shadow', 'canary', 'live'])
              .meta(says('`canary` tells a share of people and shows the rest.')),
            share: z
              .number()
              .min(0)
              .max(1)
              .optional()
              .meta(says('Of people in a canary, 0 to 1; the same people as long as it does not shrink.')),
          })
          .refine(({ stage, share }) => (stage === 'canary') === (share !== undefined), {
            message: 'a canary, and nothing else, has a share',
          }),
      )
      .max(1000)
      .default([])
      .meta(
        says('Stages of behaviours and teams, the narrower first; operators may turn them while it runs.'),
      ),
    quietHours: z
      .strictObject({
        from: clockTime.default('20:00').meta(says('Local time of the recipient.')),
        to: clockTime.default('08:00').meta(says('Equal to `from`: no quiet hours.')),
      })
      .prefault({})
      .describe('When nobody is written to, except about what is urgent.'),
    workingHours: z
      .strictObject({
        from: clockTime.default('09:00').meta(says('Local time of the recipient.')),
        to: clockTime.default('17:00').meta(says('Local time of the recipient, later than `from`.')),
        days: z
          .array(z.int().min(1).max(7))
          .min(1)
          .max(7)
          .default([1, 2, 3, 4, 5])
          .meta(says('1 is Monday, 7 is Sunday.')),
        holidays: z
          .array(z.iso.date())
          .max(400)
          .default([])
          .meta(
            says(
              'Days on which nobody works, such as `2026-12-25`; nothing but what is urgent is said then. None are built in: `foldback doctor` says when the list has ended.',
            ),
          ),
      })
      .prefault({})
      .describe('What reminders and escalations count as working time.'),
    timeZone: z
      .string()
      .refine(isTimeZone, 'write an IANA name such as Europe/Lisbon')
      .default('UTC')
      .meta(says('For people whose own is not known.')),
    language: z
      .string()
      .regex(/^[a-z]{2}(-[A-Z]{2})?$/u, 'write a language as en or pt-BR')
      .default('en')
      .meta(says('For people whose own is not known.')),
    perPersonPerDayMax: count(50).default(3).meta(says('Messages to one person a day, urgent ones aside.')),
    perTeamPerDayMax: count(1000)
      .default(20)
      .meta(says('Messages to the channel or mailbox of one team a day, urgent ones aside.')),
    releasePerPersonPerDayMax: count(50).default(1).meta(says('Of these, messages about released history.')),
    urgentSeverity: z
      .enum(['low', 'medium', 'high', 'critical'])
      .default('critical')
      .meta(says('From this severity on, quiet hours and caps do not hold a message back.')),
    attemptsMax: count(50).default(8).meta(says('Attempts before a message becomes a dead letter.')),
    digestLoopsMax: count(100).default(20).meta(says('Loops that one digest speaks for.')),
    linkDays: count(90).default(14).meta(says('How long a reply link works.')),
  })
  .prefault({})
  .describe('Who is written to, when and how often.');

export const channels = z
  .record(slug, z.record(z.string(), z.unknown()))
  .default({})
  .describe('Ways to people. A channel is switched on by having its settings here.');

export const duty = z
  .strictObject({
    emails: z
      .array(email)
      .max(50)
      .default([])
      .meta(says('Further addresses that receive what has no owner.')),
  })
  .prefault({})
  .describe('Who takes what nobody owns; people with the duty role in `people` always do.');

export const backlog = z
  .strictObject({
    afterHours: count(8760)
      .default(72)
      .meta(says('What is older when it arrives is history and waits for a release.')),
  })
  .prefault({})
  .describe('History never shouts.');
