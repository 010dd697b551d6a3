import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import type { RenderedMessage } from '../core/message.ts';
import { noteTested } from '../loop/tested-channels.ts';
import { fill } from '../pages/page-text.ts';
import type { SendResult } from '../ports/channel.ts';
import type { Room } from './room.ts';

export const testedSchema = z.object({
  channel: z.string(),
  to: z.string(),
  result: z.enum(['accepted', 'retry', 'refused', 'uncertain']),
  reason: z.string().exactOptional(),
});

export type TestedJson = z.infer<typeof testedSchema>;

/** Longer than any channel takes; a test that hangs is an answer too. */
const testTimeoutMs = 30_000;

/**
 * Sends a test message to a person of the directory, now, past planning and caps, through the configured channel even
 * in shadow: it is meant to be tried before anybody else is written to. Of it only is stored that
 * the channel took one.
 *
 * Errors: `not-found` when nobody active has this address, `conflict` when the channel is off or has no address.
 */
export async function sendTest(room: Room, email: string): Promise<z.infer<typeof testedSchema>> {
  const { parts, config } = room.given;
  const person = parts.people.byEmail(email);
  const recipient =
    person?.isActive === true ? parts.recipient({ kind: 'person', id: person.id }) : undefined;
  if (recipient === undefined) throw new AppError('not-found', 'Nobody in the directory has this address.');
  const channel = parts.channel(config.delivery.channel);
  if (channel === undefined)
    throw new AppError('conflict', `The channel ${config.delivery.channel} is not switched on.`);
  const to = channel.address(recipient);
  if (to === undefined) throw new AppError('conflict', `There is no address for ${channel.title} here.`);
  const result = await channel
    .send({
      messageId: parts.randomId(),
      recipient,
      message: testMessage(room, recipient.language, channel.title),
      attempt: 1,
      at: parts.clock.now(),
      signal: AbortSignal.timeout(testTimeoutMs),
    })
    .catch((): SendResult => ({ kind: 'uncertain', reason: 'the channel broke off' }));
  if (result.kind === 'accepted') await noteTested(parts, channel.id);
  return {
    channel: channel.id,
    to,
    result: result.kind,
    ...(result.kind === 'accepted' ? {} : { reason: result.reason }),
  };
}

function testMessage(room: Room, language: string | undefined, channel: string): RenderedMessage {
  const words = room.words(language);
  const { subject, happened, step, footer } = words.testMessage;
  const organisation = room.given.config.organisation.name;
  return {
    moment: 'told',
    behaviour: 'test',
    language: words.language,
    version: `test@${words.version}/usual`,
    subject,
    paragraphs: [
      { kind: 'text', text: fill(happened, { organisation, channel }).join('') },
      { kind: 'step', text: step },
    ],
    answers: [],
    caseCode: testCaseCode,
    links: [],
    footer,
  };
}

/** No loop has it: whoever checks it reads that nothing was sent about a case. */
const testCaseCode = 'FB-00000-00000';
