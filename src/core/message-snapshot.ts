import { z } from 'zod';
import type { Json } from './event.ts';
import { answers, moments, type RenderedMessage } from './message.ts';

const paragraph = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({ kind: z.literal('step'), text: z.string() }),
  z.object({ kind: z.literal('facts'), facts: z.array(z.object({ label: z.string(), value: z.string() })) }),
]);

const schema = z.object({
  moment: z.enum(moments),
  behaviour: z.string(),
  language: z.string(),
  version: z.string(),
  subject: z.string(),
  paragraphs: z.array(paragraph),
  replyUrl: z.string().exactOptional(),
  replyLabel: z.string().exactOptional(),
  answers: z.array(z.enum(answers)),
  answerLabels: z.partialRecord(z.enum(answers), z.string()).exactOptional(),
  snoozeLabel: z.string().exactOptional(),
  caseCode: z.string(),
  links: z.array(z.object({ label: z.string(), url: z.string() })),
  footer: z.string(),
  place: z
    .object({
      repository: z.string(),
      commit: z.string().exactOptional(),
      file: z.string().exactOptional(),
      line: z.number().exactOptional(),
      spots: z.array(z.object({ file: z.string(), line: z.number() })).exactOptional(),
    })
    .exactOptional(),
});

/** A message as it was said, for the store. The link is left out: it is derived again and never rests. */
export function snapshotOf(message: RenderedMessage): Json {
  const { replyUrl: _replyUrl, ...rest } = message;
  return JSON.parse(JSON.stringify(rest));
}

/** Undefined for a message that was not rendered yet, or whose stored form is of another time. */
export function readSnapshot(stored: Json | undefined, replyUrl?: string): RenderedMessage | undefined {
  const parsed = schema.safeParse(stored);
  if (!parsed.success) return undefined;
  return replyUrl === undefined ? parsed.data : { ...parsed.data, replyUrl };
}
