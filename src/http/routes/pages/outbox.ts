import { z } from 'zod';
import { can } from '../../../access/principal.ts';
import { AppError } from '../../../core/errors.ts';
import type { RenderedMessage } from '../../../core/message.ts';
import { readSnapshot } from '../../../core/message-snapshot.ts';
import { type OutboxState, outboxMessagePage, outboxPage } from '../../../pages/outbox-page.ts';
import type { MessageRow } from '../../../ports/store.ts';
import { shownReplyUrl } from '../../json/message-json.ts';
import { pageQuery } from '../../json/shapes.ts';
import type { Room } from '../../room.ts';
import { noQuery, type Operations, pathPart, reading } from '../../table/operation.ts';

const itemsMax = 50;
const listQuery = z.strictObject({ before: pageQuery.after });
const page = { 200: { description: 'The page.', type: 'text/html' } };

/** What was said, as it was written: the mailbox of an installation that sends nothing yet. */
export function outboxRoutes(room: Room): Pick<Operations, 'GET /outbox' | 'GET /outbox/{id}'> {
  const { parts, config } = room.given;
  const { read } = parts.store;
  const reader = { timeZone: config.delivery.timeZone };
  return {
    'GET /outbox': reading({
      summary: 'The messages as a page, the latest first.',
      query: listQuery,
      answers: page,
      handle: async ({ c, caller, query }) => {
        const after = query.before === undefined ? {} : { after: query.before };
        const found = await read.messages(caller, { limit: itemsMax, ...after });
        const items = found.items.map((row) => ({
          path: `/outbox/${row.id}`,
          recipient: parts.recipient(row.to)?.name ?? row.to.id,
          subject: shown(room, row).subject,
          state: outboxState(row),
          at: row.sentAt ?? row.createdAt,
        }));
        const older = found.next === undefined ? {} : { older: `/outbox?before=${found.next}` };
        return c.html(outboxPage({ reader, host: room.host(c), items, ...older }, room.words()));
      },
    }),
    'GET /outbox/{id}': reading({
      summary: 'One message as a page, with the recipient’s link while it stayed on this machine.',
      query: noQuery,
      answers: page,
      handle: async ({ c, caller }) => {
        const found = await read.message(caller, pathPart(c, 'id'));
        if (found === undefined) throw new AppError('not-found', 'No message has this id.');
        const { message } = found;
        const recipient = parts.recipient(message.to);
        const channel = parts.channel(message.channel);
        const address = recipient === undefined ? undefined : recipient.email;
        const replyUrl = can(caller, 'loops:write') ? shownReplyUrl(parts, message) : undefined;
        return c.html(
          outboxMessagePage(
            {
              reader,
              host: room.host(c),
              listPath: '/outbox',
              recipient: recipient?.name ?? message.to.id,
              ...(address === undefined ? {} : { address }),
              channel: channel?.title ?? message.channel,
              state: outboxState(message),
              ...(message.lastError === undefined ? {} : { reason: message.lastError }),
              at: message.sentAt ?? message.createdAt,
              message: { ...shown(room, message), ...(replyUrl === undefined ? {} : { replyUrl }) },
            },
            room.words(),
          ),
        );
      },
    }),
  };
}

function outboxState({ state, attempt, isShadow }: MessageRow): OutboxState {
  switch (state) {
    case 'queued':
      return attempt > 0 ? 'retry' : 'waiting';
    case 'accepted':
      // Written in shadow: nobody was told.
      return isShadow ? 'withheld' : 'accepted';
    case 'withdrawn':
      return 'withheld';
    default:
      return state;
  }
}

/** The message as it was said; before its first attempt only what it will be about. */
function shown(room: Room, row: MessageRow): RenderedMessage {
  const snapshot = readSnapshot(row.snapshot);
  if (snapshot !== undefined) return snapshot;
  const title = room.given.packs.behaviours.get(row.behaviour)?.behaviour.title ?? row.behaviour;
  return {
    moment: row.moment,
    behaviour: row.behaviour,
    language: room.words().language,
    version: '–',
    subject: title,
    paragraphs: [],
    answers: [],
    caseCode: '–',
    links: [],
    footer: '',
  };
}
