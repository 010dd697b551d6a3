import { z } from 'zod';
import { can } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import { instantOf } from '../../lib/instant.ts';
import { confirmArrived, type Operated, redirect, replayMany, resend, withdraw } from '../../loop/operate.ts';
import { replay } from '../../loop/replay.ts';
import { messageJson, messageSchema } from '../json/message-json.ts';
import type { Room } from '../room.ts';
import { changing, type Operations, pathPart } from '../table/operation.ts';

const reason = z.string().trim().min(3).max(500).describe('Why; it stands in the story of the case.');

type OperationKeys =
  | 'POST /v1/messages/replay'
  | 'POST /v1/messages/{id}/resend'
  | 'POST /v1/messages/{id}/redirect'
  | 'POST /v1/messages/{id}/withdraw'
  | 'POST /v1/messages/{id}/settle';

/** What operators do about messages: each is told in the story of its cases, with who did it. */
export function messageOperationRoutes(room: Room): Pick<Operations, OperationKeys> {
  const { parts } = room.given;
  const done = (description: string) => ({ 200: { description, schema: messageSchema } });
  const answer = (operated: Operated) => messageJson(parts, messageOf(operated));
  return {
    'POST /v1/messages/replay': changing({
      summary: 'Sends many failed messages again, the earliest first. Uncertain ones are settled one by one.',
      body: z.strictObject({
        state: z.enum(['dead', 'refused', 'bounced']).default('dead'),
        channel: z.string().min(1).max(100).exactOptional(),
        since: z
          .string()
          .refine((text) => instantOf(text) !== undefined, 'write a time such as 2026-12-24T09:00:00Z')
          .exactOptional()
          .describe('Only those made then or later.'),
        limit: z.int().min(1).max(1000).default(200),
      }),
      answers: {
        200: {
          description: 'How many wait now, and how many are no longer needed.',
          schema: z.object({ queued: z.int(), left: z.int() }),
        },
      },
      handle: async ({ c, caller, body }) => {
        const { since, ...filter } = body;
        const at = since === undefined ? {} : { since: instantOf(since) ?? 0 };
        return c.json(await replayMany(parts, caller, { ...filter, ...at }));
      },
    }),
    'POST /v1/messages/{id}/resend': changing({
      summary: 'Says once more what a channel accepted: the same words to the same recipient.',
      body: z.strictObject({ reason: reason.exactOptional() }),
      answers: done('The further message.'),
      handle: async ({ c, caller, body }) =>
        c.json(answer(await resend(parts, caller, pathPart(c, 'id'), body.reason))),
    }),
    'POST /v1/messages/{id}/redirect': changing({
      summary: 'Has somebody else of the directory asked instead. Also takes messages:write.',
      body: z.strictObject({
        to: z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.enum(['person', 'team']), id: z.string().min(1).max(300) }),
          z.strictObject({ kind: z.literal('duty') }),
        ]),
        reason,
      }),
      answers: done('The message as it stands now; what waited of it is withdrawn.'),
      handle: async ({ c, caller, body }) => {
        if (!can(caller, 'messages:write'))
          throw new AppError('forbidden', 'To have a message sent takes the scope messages:write.');
        const to = body.to.kind === 'duty' ? { kind: body.to.kind, id: 'duty' } : body.to;
        return c.json(answer(await redirect(parts, caller, pathPart(c, 'id'), to, body.reason)));
      },
    }),
    'POST /v1/messages/{id}/withdraw': changing({
      summary: 'Takes back what waits; the next in line hears of the case. What left cannot be unsent.',
      body: z.strictObject({ reason }),
      answers: done('It is withdrawn.'),
      handle: async ({ c, caller, body }) =>
        c.json(answer(await withdraw(parts, caller, pathPart(c, 'id'), body.reason))),
    }),
    'POST /v1/messages/{id}/settle': changing({
      summary: 'Says of an uncertain message that it arrived, or sends it again.',
      body: z.strictObject({
        as: z
          .enum(['arrived', 'send-again'])
          .describe('`send-again` may say it twice, if it had arrived after all.'),
        reason: reason.exactOptional(),
      }),
      answers: done('The message as it stands now.'),
      handle: async ({ c, caller, body }) => {
        const id = pathPart(c, 'id');
        if (body.as === 'arrived')
          return c.json(answer(await confirmArrived(parts, caller, id, body.reason)));
        const found = await parts.store.read.message(caller, id);
        if (found === undefined) throw new AppError('not-found', 'No message has this id.');
        if (found.message.state !== 'uncertain')
          throw new AppError('conflict', `It is ${found.message.state}, not uncertain.`);
        const replayed = await replay(parts, caller, id);
        if (replayed.kind === 'queued') return c.json(messageJson(parts, replayed.message));
        throw new AppError('conflict', 'What it asks for is no longer needed.');
      },
    }),
  };
}

function messageOf(operated: Operated) {
  if (operated.kind === 'done') return operated.message;
  if (operated.kind === 'not-found') throw new AppError('not-found', 'No message has this id.');
  const text = operated.reason;
  throw new AppError('conflict', `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`);
}
