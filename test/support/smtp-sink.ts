import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { pour } from './pour.ts';

/**
 * A real SMTP server on loopback that keeps what it took and can be told to behave badly. In front of it stands a
 * plain forwarder, so that a connection can be broken at a chosen moment and greeted with rubbish.
 */
export type SmtpSink = {
  readonly port: number;
  /** Everything that was taken up to the final dot, also when the client was never told. */
  readonly mails: readonly SunkMail[];
  /** Connections that were made to it. */
  readonly connections: () => number;
  /** How the next mails are met. */
  meet(manner: SmtpManner): void;
  dropAll(): void;
  /** How much of an endless answer went. */
  poured(): Promise<number>;
  close(): Promise<void>;
};

export type SunkMail = {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly mail: Email;
  header(name: string): string | undefined;
};

/** `[step, code, text]` refuses at that step; the words name what happens otherwise. */
export type SmtpManner =
  | 'accept'
  | 'silent-after-data'
  | 'drop-after-data'
  | 'drop-at-rcpt'
  | 'drop-in-data'
  | 'rubbish-greeting'
  | 'silent-greeting'
  | 'rubbish-after-data'
  | 'pours-after-data'
  | readonly ['connect' | 'mail' | 'rcpt' | 'data', number, string];

export async function openSmtpSink(options: SMTPServerOptions = {}): Promise<SmtpSink> {
  let manner: SmtpManner = 'accept';
  let count = 0;
  const mails: SunkMail[] = [];
  const poured = Promise.withResolvers<number>();
  const sockets = new Set<Socket>();
  const dropAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const refusal = (step: string): Error | null =>
    typeof manner !== 'string' && manner[0] === step
      ? Object.assign(new Error(manner[2]), { responseCode: manner[1] })
      : null;

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onConnect: (_session, done) => done(refusal('connect')),
    onMailFrom: (_address, _session, done) => done(refusal('mail')),
    onRcptTo(_address, _session, done) {
      if (manner === 'drop-at-rcpt') dropAll();
      else done(refusal('rcpt'));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (manner === 'drop-in-data') dropAll();
      });
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks);
        const mail = await PostalMime.parse(raw);
        mails.push({
          from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw: raw.toString('latin1'),
          mail,
          header: (name) => mail.headers.find(({ key }) => key === name.toLowerCase())?.value,
        });
        if (manner === 'drop-after-data') dropAll();
        else if (manner === 'rubbish-after-data') for (const socket of sockets) socket.end('banana\r\n');
        else if (manner === 'pours-after-data') for (const socket of sockets) poured.resolve(pour(socket));
        else if (manner !== 'silent-after-data') done(refusal('data'));
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const inner = portOf(server.server);

  const front = createServer((client) => {
    count += 1;
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    client.on('error', () => undefined);
    if (manner === 'silent-greeting') return;
    if (manner === 'rubbish-greeting') {
      client.end('SSH-2.0-OpenSSH_9.9\r\n');
      return;
    }
    const upstream = connect(inner, '127.0.0.1');
    upstream.on('error', () => client.destroy());
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));

  return {
    port: portOf(front),
    mails,
    poured: () => poured.promise,
    connections: () => count,
    meet(next) {
      manner = next;
    },
    dropAll,
    async close() {
      dropAll();
      front.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function portOf(server: Pick<Server, 'address'>): number {
  const address: AddressInfo | string | null = server.address();
  return address !== null && typeof address !== 'string' ? address.port : 0;
}
