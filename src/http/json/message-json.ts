import { z } from 'zod';
import { moments, plainText } from '../../core/message.ts';
import { readSnapshot } from '../../core/message-snapshot.ts';
import type { LoopParts } from '../../loop/parts.ts';
import { type ClaimedMessage, type MessageRow, messageStates } from '../../ports/store.ts';
import { id32, instant, iso, known, knownInstant } from './shapes.ts';

export const messageSchema = z.object({
  id: id32,
  to: z.object({
    kind: z.enum(['person', 'team', 'duty']),
    id: z.string(),
    name: z.string().exactOptional(),
  }),
  moment: z.enum(moments),
  behaviour: z.string(),
  state: z.enum(messageStates),
  isShadow: z.boolean().describe('Written in shadow: shown here, and nobody was told.'),
  channel: z.string(),
  attempt: z.int(),
  createdAt: instant,
  dueAt: instant,
  sentAt: instant.exactOptional(),
  lastError: z.string().exactOptional(),
  subject: z.string().exactOptional(),
});
export type MessageJson = z.infer<typeof messageSchema>;

export const wholeMessageSchema = messageSchema.extend({
  text: z.string().exactOptional().describe('As written; absent before the first attempt.'),
  version: z.string().exactOptional(),
  loops: z.array(id32),
  replyUrl: z
    .string()
    .exactOptional()
    .describe('Only for whoever may answer for others, and only of messages that stayed on this machine.'),
});

export function messageJson(parts: LoopParts, row: MessageRow): MessageJson {
  const snapshot = readSnapshot(row.snapshot);
  return {
    id: row.id,
    to: { kind: row.to.kind, id: row.to.id, ...known('name', parts.recipient(row.to)?.name) },
    moment: row.moment,
    behaviour: row.behaviour,
    state: row.state,
    isShadow: row.isShadow,
    channel: row.channel,
    attempt: row.attempt,
    createdAt: iso(row.createdAt),
    dueAt: iso(row.dueAt),
    ...knownInstant('sentAt', row.sentAt),
    ...known('lastError', row.lastError),
    ...known('subject', snapshot?.subject),
  };
}

/** @param mayAnswer whether the reader may answer for others */
export function wholeMessageJson(
  parts: LoopParts,
  claimed: ClaimedMessage,
  mayAnswer: boolean,
): z.infer<typeof wholeMessageSchema> {
  const { message, wants } = claimed;
  const snapshot = readSnapshot(message.snapshot);
  const url = mayAnswer ? shownReplyUrl(parts, message) : undefined;
  return {
    ...messageJson(parts, message),
    ...known('text', snapshot === undefined ? undefined : plainText(snapshot)),
    ...known('version', snapshot?.version),
    loops: [...new Set(wants.map((want) => want.loop))],
    ...known('replyUrl', url),
  };
}

/**
 * The recipient's link, where the product itself is the mailbox: a message that left the machine has its link with
 * its recipient, and nowhere else.
 */
export function shownReplyUrl(parts: LoopParts, message: MessageRow): string | undefined {
  const stayed = parts.channel(message.channel)?.leavesMachine === false;
  return stayed && message.snapshot !== undefined
    ? parts.replyLink(message.id, message.to.id).url
    : undefined;
}
