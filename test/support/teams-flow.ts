import { createServer } from 'node:http';
import { z } from 'zod';
import type { Situation } from '../contracts/channel-harness.ts';
import { listen } from './loopback.ts';
import { pour } from './pour.ts';

/** Of Adaptive Cards 1.4 what Teams takes from a flow; strict, so that nothing stands in a card by accident. */
const run = z.strictObject({
  type: z.literal('TextRun'),
  text: z.string(),
  weight: z.literal('Bolder').optional(),
  size: z.enum(['Large', 'Small']).optional(),
  isSubtle: z.literal(true).optional(),
});
const richText = z.strictObject({ type: z.literal('RichTextBlock'), inlines: z.array(run).min(1) });
const container = z.strictObject({
  type: z.literal('Container'),
  style: z.literal('emphasis'),
  items: z.array(richText).min(1),
});
const card = z.strictObject({
  $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
  type: z.literal('AdaptiveCard'),
  version: z.literal('1.4'),
  fallbackText: z.string(),
  body: z.array(z.union([richText, container])).min(1),
  actions: z
    .array(
      z.strictObject({
        type: z.literal('Action.OpenUrl'),
        title: z.string().min(1),
        url: z.url({ protocol: /^https?$/u }),
      }),
    )
    .max(6),
});
const posted = z.strictObject({
  type: z.literal('message'),
  messageId: z.string().min(1),
  recipient: z.string().optional(),
  attachments: z.tuple([
    z.strictObject({
      contentType: z.literal('application/vnd.microsoft.card.adaptive'),
      contentUrl: z.null(),
      content: card,
    }),
  ]),
});

/** What Teams takes in one message. */
const bytesMax = 28 * 1024;

/** A flow of Workflows with a webhook trigger, as a real HTTP server on loopback that reads cards as Teams does. */
export async function openTeamsFlow() {
  const posts: string[] = [];
  let situation: Situation = 'accepts';
  const poured = Promise.withResolvers<number>();
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    const answer = (status: number, headers: Record<string, string> = {}) =>
      void response.writeHead(status, headers).end();
    switch (situation) {
      case 'accepts':
      case 'takes-then-silent':
      case 'takes-then-drops':
      case 'huge-answer':
        if (Buffer.byteLength(body) > bytesMax) return answer(413);
        if (!posted.safeParse(JSON.parse(body)).success) return answer(400);
        posts.push(body);
        if (situation === 'takes-then-silent') return;
        if (situation === 'takes-then-drops') return void request.socket.destroy();
        if (situation === 'huge-answer') return poured.resolve(pour(response));
        return answer(202);
      case 'temporary':
        return answer(503);
      case 'temporary-with-wait':
        return answer(429, { 'retry-after': '120' });
      case 'permanent':
        return answer(404);
      case 'server-error':
        return answer(500);
      case 'malformed':
        return void request.socket.end('banana\r\n\r\n');
    }
  });
  return {
    port: await listen(server),
    posts,
    poured: () => poured.promise,
    meet: (next: Situation) => {
      situation = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
