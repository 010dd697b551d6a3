import { createServer } from 'node:http';
import { listen } from '../support/loopback.ts';
import { openSlackServer, type SlackManner } from '../support/slack-server.ts';
import { openSmtpSink, type SmtpManner } from '../support/smtp-sink.ts';

/** A real server of one channel that misbehaves now and then. */
export type FarSide = {
  readonly channel: 'slack' | 'webhook' | 'email';
  /** Settings of the channel, as they stand under its id. */
  readonly settings: Readonly<Record<string, string>>;
  /** Ids of the messages that arrived, in their order, also those whose sender was never told. */
  readonly arrived: () => readonly string[];
  /** How often it misbehaved. */
  readonly faults: () => number;
  close(): Promise<void>;
};

export type FarSideOptions = {
  readonly emails: readonly string[];
  /** Numbers from 0 to 1 that depend on a seed alone. */
  readonly random: () => number;
  /** Share of the time in which it misbehaves. */
  readonly share: number;
};

const slackToken = ['xoxb', 'a', 'soak'].join('-');
const mannerEveryMs = 25;

/** Changes how a server meets its callers, all the time. */
function moods<M>({ random, share }: FarSideOptions, bad: readonly M[], usual: M, meet: (manner: M) => void) {
  let faults = 0;
  const timer = setInterval(() => {
    const isBad = random() < share;
    if (isBad) faults += 1;
    meet((isBad ? bad[Math.floor(random() * bad.length)] : undefined) ?? usual);
  }, mannerEveryMs);
  return { faults: () => faults, stop: () => clearInterval(timer) };
}

export async function slackSide(options: FarSideOptions): Promise<FarSide> {
  const users = options.emails.map((email, n) => ({ id: `U0SOAK${n}`, email }));
  const server = await openSlackServer({ token: slackToken, users });
  const bad: readonly SlackManner[] = [
    { status: 429, headers: { 'retry-after': '1' } },
    { status: 503 },
    'takes-then-silent',
    'takes-then-drops',
    'takes-then-fails',
  ];
  const mood = moods<SlackManner>(options, bad, 'usual', (manner) => server.meet(manner, 'chat.postMessage'));
  return {
    channel: 'slack',
    settings: { token: slackToken, apiUrl: server.url, allowPrivateNetwork: 'true', timeoutMs: '1000' },
    arrived: () => server.posts.map(({ body }) => body.metadata.event_payload['id'] ?? ''),
    faults: mood.faults,
    close: async () => {
      mood.stop();
      await server.close();
    },
  };
}

/**
 * A webhook waits for minutes after its second failure and for half an hour after its third, which is more than a soak
 * has: a message meets one fault, and a second one where its worker is killed.
 */
const webhookFaultsMax = 1;

export async function webhookSide(options: FarSideOptions): Promise<FarSide> {
  const arrived: string[] = [];
  const met = new Map<string, number>();
  let faults = 0;
  const server = createServer(async (request, response) => {
    const { random, share } = options;
    const id = String(request.headers['webhook-id']);
    const before = met.get(id) ?? 0;
    const mood = random() < share && before < webhookFaultsMax ? Math.floor(random() * 5) : -1;
    if (mood >= 0) {
      faults += 1;
      met.set(id, before + 1);
    }
    if (mood === 0) return void response.writeHead(429, { 'retry-after': '1' }).end();
    if (mood === 1) return void request.socket.destroy();
    await request.toArray();
    if (mood === 2) return void response.writeHead(500).end();
    arrived.push(id);
    if (mood === 3) return;
    if (mood === 4) return void request.socket.destroy();
    response.writeHead(204).end();
  });
  const port = await listen(server);
  return {
    channel: 'webhook',
    settings: {
      url: `http://127.0.0.1:${port}/`,
      secrets: `whsec_${Buffer.alloc(32, 5).toString('base64')}`,
      allowPrivateNetwork: 'true',
      timeoutMs: '1000',
    },
    arrived: () => arrived,
    faults: () => faults,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export async function mailSide(options: FarSideOptions): Promise<FarSide> {
  const sink = await openSmtpSink();
  const bad: readonly SmtpManner[] = [
    ['rcpt', 451, 'greylisted'],
    ['mail', 421, 'too busy'],
    'drop-at-rcpt',
    'drop-after-data',
  ];
  const mood = moods<SmtpManner>(options, bad, 'accept', sink.meet);
  return {
    channel: 'email',
    settings: { host: '127.0.0.1', port: String(sink.port), tls: 'none', from: 'foldback@corp.example' },
    arrived: () => sink.mails.map(({ mail }) => (mail.messageId ?? '').replace(/^<|@.*$/gu, '')),
    faults: mood.faults,
    close: async () => {
      mood.stop();
      await sink.close();
    },
  };
}
