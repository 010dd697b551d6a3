import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import {
  createWebhook,
  verifyStandardWebhook,
  webhookSettings,
} from '../../../src/adapters/channels/webhook/index.ts';
import { closedPort, listen } from '../../support/loopback.ts';
import { pour } from '../../support/pour.ts';
import type { Arrival, ChannelHarness, Situation } from '../channel-harness.ts';

export const webhookSecret = `whsec_${randomBytes(32).toString('base64')}`;
const answersTo: Record<
  Exclude<Situation, 'takes-then-silent' | 'takes-then-drops' | 'malformed' | 'huge-answer'>,
  [number, Record<string, string>]
> = {
  accepts: [204, {}],
  temporary: [503, {}],
  'temporary-with-wait': [429, { 'retry-after': '120' }],
  permanent: [404, {}],
  'server-error': [500, {}],
};
export const webhook: ChannelHarness = {
  id: 'webhook',
  secrets: [webhookSecret],
  async open(where) {
    let situation: Situation = 'accepts';
    const arrived: Arrival[] = [];
    const poured = Promise.withResolvers<number>();
    const server = createServer(async (request, response) => {
      const body = (await request.toArray()).join('');
      const one = ofPost(request.headers, body);
      switch (situation) {
        case 'takes-then-silent':
          arrived.push(one);
          return;
        case 'takes-then-drops':
          arrived.push(one);
          request.socket.destroy();
          return;
        case 'malformed':
          request.socket.end('banana\r\n\r\n');
          return;
        case 'huge-answer':
          arrived.push(one);
          poured.resolve(pour(response));
          return;
        default: {
          const [status, headers] = answersTo[situation];
          if (situation === 'accepts') arrived.push(one);
          response.writeHead(status, headers).end();
        }
      }
    });
    const port = where === 'reachable' ? await listen(server) : await closedPort();
    const channel = createWebhook(
      webhookSettings.parse({
        url: `http://127.0.0.1:${port}/hook`,
        secrets: webhookSecret,
        allowPrivateNetwork: true,
        timeoutMs: 500,
      }),
    );
    return {
      channel,
      meet(next) {
        situation = next;
      },
      arrived: () => arrived,
      poured: () => poured.promise,
      async close() {
        server.closeAllConnections();
        server.close();
      },
    };
  },
  skip: [
    {
      test: 'a recipient without an address has none, and nothing is sent',
      reason: 'one receiver for all: it knows where its people work',
    },
  ],
};
function ofPost(headers: NodeJS.Dict<string | string[]>, body: string): Arrival {
  const plainHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String(value)]),
  );
  const sentAt = Number(plainHeaders['webhook-timestamp']) * 1000;
  const verdict = verifyStandardWebhook(plainHeaders, body, [webhookSecret], sentAt);
  const links: string[] = [];
  const shown: string[] = [];
  const structure = Object.keys(plainHeaders);
  JSON.parse(body, (key: string, value: unknown) => {
    structure.push(key);
    if (typeof value !== 'string') return value;
    if (key === 'url' || key === 'replyUrl') links.push(value);
    else shown.push(value);
    return value;
  });
  return { key: verdict.ok ? verdict.id : '', raw: body, shown, links, structure };
}
