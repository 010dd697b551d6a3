import { z } from 'zod';
import { can } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import { replay } from '../../loop/replay.ts';
import { messageStates } from '../../ports/store.ts';
import { messageJson, messageSchema, wholeMessageJson, wholeMessageSchema } from '../json/message-json.ts';
import { pageQuery } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { acting, changing, noQuery, type Operations, pathPart, reading } from '../table/operation.ts';
import { sendTest, testedSchema } from '../test-message.ts';

const filter = z.strictObject({
  state: z.enum(messageStates).exactOptional(),
  channel: z.string().min(1).max(100).exactOptional(),
  to: z.string().min(1).max(300).exactOptional().describe('Id of a person or team, or `duty`.'),
  ...pageQuery,
});

type MessageKeys =
  | 'GET /v1/messages'
  | 'GET /v1/messages/{id}'
  | 'POST /v1/messages/{id}/replay'
  | 'POST /v1/messages/test';

/** What was said, and one more try for what failed. */
export function messageRoutes(room: Room): Pick<Operations, MessageKeys> {
  const { parts } = room.given;
  const { read } = parts.store;
  return {
    'GET /v1/messages': reading({
      summary: 'Lists messages, the latest first; `state=dead` are the dead letters.',
      query: filter,
      answers: {
        200: {
          description: 'One page.',
          schema: z.object({ items: z.array(messageSchema), next: z.string().exactOptional() }),
        },
      },
      handle: async ({ c, caller, query }) => {
        const page = await read.messages(caller, query);
        const next = page.next === undefined ? {} : { next: page.next };
        return c.json({ items: page.items.map((row) => messageJson(parts, row)), ...next });
      },
    }),
    'GET /v1/messages/{id}': reading({
      summary: 'Shows a message as it was written.',
      query: noQuery,
      answers: { 200: { description: 'The message.', schema: wholeMessageSchema } },
      handle: async ({ c, caller }) => {
        const found = await read.message(caller, pathPart(c, 'id'));
        if (found === undefined) throw new AppError('not-found', 'No message has this id.');
        return c.json(wholeMessageJson(parts, found, can(caller, 'loops:write')));
      },
    }),
    'POST /v1/messages/{id}/replay': acting({
      summary:
        'Sends again what was given up, refused, returned or is uncertain. An uncertain one may arrive twice.',
      answers: { 200: { description: 'It is queued.', schema: messageSchema } },
      handle: async ({ c, caller }) => {
        const id = pathPart(c, 'id');
        const replayed = /^[0-9a-f]{32}$/u.test(id)
          ? await replay(parts, caller, id)
          : ({ kind: 'not-found' } as const);
        if (replayed.kind === 'not-found') throw new AppError('not-found', 'No message has this id.');
        if (replayed.kind === 'refused')
          throw new AppError('conflict', `It is ${replayed.state}: there is nothing to send again.`);
        if (replayed.kind === 'unwanted')
          throw new AppError('conflict', 'What it asks for is no longer needed.');
        return c.json(messageJson(parts, replayed.message));
      },
    }),
    'POST /v1/messages/test': changing({
      summary: 'Sends a test through the configured channel, to an address of the directory.',
      body: z.strictObject({ email: z.string().trim().min(3).max(320).describe('Your own address.') }),
      answers: { 200: { description: 'What the channel said.', schema: testedSchema } },
      handle: async ({ c, caller, body }) => {
        room.limits.few(c, 'test-messages', caller);
        return c.json(await sendTest(room, body.email));
      },
    }),
  };
}
