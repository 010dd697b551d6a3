import { Readable } from 'node:stream';
import type { Delivery, SendResult } from '../../../ports/channel.ts';
import { composeMail } from './compose.ts';
import { type Connections, createConnections, openConnection } from './connections.ts';
import { signMail } from './dkim.ts';
import { faultOf, isConnectionFault, outcomeOf, reasonOf, type SmtpFault } from './outcome.ts';
import { envelopeSender } from './return-path.ts';
import { domainOf, type EmailSettings, isMailAddress } from './settings.ts';

export type Mailer = {
  send(delivery: Delivery): Promise<SendResult>;
  checkSetup(): Promise<readonly string[]>;
  close(): Promise<void>;
};

type Attempt = { readonly result: SendResult; readonly fault?: SmtpFault; readonly isReused: boolean };

export function createMailer(settings: EmailSettings): Mailer {
  const connections = createConnections(settings);
  return {
    async send(delivery) {
      const to = delivery.recipient.email;
      if (to === undefined || !isMailAddress(to))
        return { kind: 'refused', reason: 'the recipient has no e-mail address' };
      const bytes = await signMail(await composeMail(delivery, to, settings), settings);
      const deadline = AbortSignal.timeout(settings.messageTimeoutMs);
      const signal = delivery.signal === undefined ? deadline : AbortSignal.any([deadline, delivery.signal]);
      const mail: Mail = { from: envelopeSender(settings, delivery), to, bytes, signal };
      const first = await attempt(connections, 'any', mail);
      // The server closed a kept connection before it took anything of this mail: that costs one new connection.
      const isStale = first.isReused && first.fault !== undefined && isConnectionFault(first.fault);
      return isStale ? (await attempt(connections, 'fresh', mail)).result : first.result;
    },
    async checkSetup() {
      return [...warningsOf(settings), ...(await connectionProblems(settings))];
    },
    async close() {
      connections.close();
    },
  };
}

type Mail = {
  readonly from: string;
  readonly to: string;
  readonly bytes: Buffer;
  readonly signal: AbortSignal;
};

async function attempt(connections: Connections, wants: 'any' | 'fresh', mail: Mail): Promise<Attempt> {
  try {
    return await connections.use(wants, async (smtp, isReused) => {
      const { promise, resolve } = Promise.withResolvers<Attempt>();
      let isHandedOver = false;
      const failed = (error: unknown): void => {
        const fault = faultOf(error, isHandedOver);
        resolve({ result: outcomeOf(fault), fault, isReused });
      };
      const stop = (): void => {
        failed(Object.assign(new Error('stopped'), { code: 'ETIMEDOUT', command: 'CONN' }));
        smtp.close();
      };
      mail.signal.addEventListener('abort', stop, { once: true });
      if (mail.signal.aborted) stop();
      // The body is pulled only once the server asked for it (354). When the puller comes back for more, all of it
      // was written and the closing dot follows: from here on a silence says nothing about what the server did.
      async function* body(): AsyncGenerator<Buffer> {
        yield mail.bytes;
        isHandedOver = true;
      }
      const envelope = { from: mail.from, to: mail.to, size: mail.bytes.length };
      smtp.send(envelope, Readable.from(body(), { objectMode: false }), (error, info) => {
        if (error) return failed(error);
        const reference = info?.serverMessageId;
        resolve({
          result: { kind: 'accepted', ...(reference === undefined ? {} : { reference }) },
          isReused,
        });
      });
      const done = await promise;
      mail.signal.removeEventListener('abort', stop);
      return { result: done, isSound: done.fault === undefined };
    });
  } catch (error) {
    // No connection, or none that is logged in. Nothing of the mail has left, and the message is not at fault.
    const fault = faultOf(error, false);
    const outcome = outcomeOf({
      ...fault,
      code: fault.code === 'EMESSAGE' ? 'EPROTOCOL' : (fault.code ?? 'ECONNECTION'),
    });
    return { result: outcome, fault, isReused: false };
  }
}

function warningsOf(settings: EmailSettings): readonly string[] {
  const warnings: string[] = [];
  if (settings.tls === 'none' && !['127.0.0.1', 'localhost'].includes(settings.host)) {
    warnings.push(`Mail goes to ${settings.host} without encryption; set channels.email.tls to starttls.`);
  }
  if (settings.domain !== undefined && domainOf(settings.from) !== settings.domain) {
    warnings.push('channels.email.domain differs from the domain of channels.email.from.');
  }
  return warnings;
}

async function connectionProblems(settings: EmailSettings): Promise<readonly string[]> {
  try {
    const smtp = await openConnection(settings);
    smtp.quit();
    return [];
  } catch (error) {
    return [`The mail server ${settings.host} cannot be used (${reasonOf(faultOf(error, false))}).`];
  }
}
