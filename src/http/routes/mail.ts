import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { type MailOutcome, receiveMail } from '../../loop/mail-reply.ts';
import { readRawBody } from '../hardening/raw-body.ts';
import type { Room } from '../room.ts';
import { mailType } from '../route-table.ts';
import { noQuery, type Operations, reading } from '../table/operation.ts';

const outcomeSchema = z.object({
  outcome: z
    .enum(['answered', 'answered-before', 'bounced', 'bounced-for-now', 'unproven', 'stranger', 'ignored'])
    .describe(
      'Whoever was written to gets the link again, once a day; what came back is told to the next in line; strangers and machines get no answer.',
    ),
  reason: z.string().exactOptional(),
});

/** Answers by mail and returned mail, as a mail server hands them over. */
export function mailRoutes(room: Room): Pick<Operations, 'POST /v1/mail'> {
  const { parts } = room.given;
  return {
    'POST /v1/mail': reading({
      summary:
        'Takes an answer by mail, or a mail that came back. It is never read as consent, and not kept.',
      query: noQuery,
      answers: { 202: { description: 'What was made of it.', schema: outcomeSchema } },
      handle: async ({ c }) => {
        const channel = parts.receiver(mailType);
        if (channel?.receives === undefined)
          throw new AppError('not-found', 'No channel to which mail comes back is switched on.');
        const bytes = await readRawBody(c, channel.receives.bytesMax);
        const outcome = await receiveMail(parts, channel, bytes);
        if (outcome.kind === 'unreadable') throw new AppError('bad-record', outcome.reason);
        return c.json(shown(outcome), 202);
      },
    }),
  };
}

function shown(outcome: Exclude<MailOutcome, { kind: 'unreadable' }>): z.infer<typeof outcomeSchema> {
  return outcome.kind === 'ignored'
    ? { outcome: outcome.kind, reason: outcome.reason }
    : { outcome: outcome.kind };
}
