import { rootCertificates } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { EmailSettings } from './settings.ts';

/**
 * Kept connections to the mail server. nodemailer's own pool is not used: it repeats a message by itself when a
 * connection closes and does not say whether the body was handed over, which is what decides between asking again
 * and `uncertain`.
 */
export type Connections = {
  /** Runs `work` on a connection that is logged in. `isReused` tells that it served before and may be stale. */
  use<T>(
    wants: 'any' | 'fresh',
    work: (connection: SMTPConnection, isReused: boolean) => Promise<Used<T>>,
  ): Promise<T>;
  close(): void;
};
/** A connection that had a fault is not kept. */
export type Used<T> = { readonly result: T; readonly isSound: boolean };

type Kept = { readonly smtp: SMTPConnection; timer?: NodeJS.Timeout };

// Below the five minutes after which servers hang up (RFC 5321, section 4.5.3.2.7), so that it is rarely theirs to end.
const idleMsMax = 60_000;
// Some servers limit messages a connection; a hundred is the usual limit.
const messagesMax = 100;

export function createConnections(settings: EmailSettings): Connections {
  const idle: Kept[] = [];
  const served = new WeakMap<SMTPConnection, number>();
  const waiting: (() => void)[] = [];
  let inUse = 0;
  let isClosed = false;

  async function enter(): Promise<void> {
    if (inUse < settings.connectionsMax) inUse += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }
  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) inUse -= 1;
    else next();
  }

  function takeIdle(): SMTPConnection | undefined {
    for (let kept = idle.pop(); kept !== undefined; kept = idle.pop()) {
      clearTimeout(kept.timer);
      if (!kept.smtp.destroyed) return kept.smtp;
    }
    return undefined;
  }
  function keep(smtp: SMTPConnection): void {
    const count = (served.get(smtp) ?? 0) + 1;
    served.set(smtp, count);
    if (isClosed || smtp.destroyed || count >= messagesMax) {
      end(smtp);
      return;
    }
    const kept: Kept = { smtp };
    kept.timer = setTimeout(() => {
      idle.splice(idle.indexOf(kept), 1);
      end(smtp);
    }, idleMsMax).unref();
    idle.push(kept);
  }

  return {
    async use(wants, work) {
      await enter();
      try {
        const reused = wants === 'any' ? takeIdle() : undefined;
        const smtp = reused ?? (await openConnection(settings));
        const { result, isSound } = await work(smtp, reused !== undefined).catch((error: unknown) => {
          smtp.close();
          throw error;
        });
        if (isSound) keep(smtp);
        else smtp.close();
        return result;
      } finally {
        leave();
      }
    },
    close() {
      isClosed = true;
      for (let smtp = takeIdle(); smtp !== undefined; smtp = takeIdle()) end(smtp);
    },
  };
}

function end(smtp: SMTPConnection): void {
  if (smtp.destroyed) return;
  smtp.quit();
  // A server that does not answer QUIT is not waited for.
  setTimeout(() => smtp.close(), 1_000).unref();
}

/** Connects, secures and logs in. Rejects with nodemailer's error. */
export function openConnection(settings: EmailSettings): Promise<SMTPConnection> {
  const { promise, resolve, reject } = Promise.withResolvers<SMTPConnection>();
  const { user, password } = settings;
  const smtp = new SMTPConnection({
    host: settings.host,
    port: settings.port ?? { starttls: 587, implicit: 465, none: 25 }[settings.tls],
    secure: settings.tls === 'implicit',
    requireTLS: settings.tls === 'starttls',
    ignoreTLS: settings.tls === 'none',
    ...(settings.clientName === undefined ? {} : { name: settings.clientName }),
    connectionTimeout: settings.connectTimeoutMs,
    greetingTimeout: settings.connectTimeoutMs,
    dnsTimeout: settings.connectTimeoutMs,
    socketTimeout: settings.silenceTimeoutMs,
    socketCloseTimeout: 1_000,
    maxResponseSize: 65_536,
    tls: {
      minVersion: 'TLSv1.2',
      ...(settings.ca === undefined ? {} : { ca: [...rootCertificates, settings.ca] }),
    },
  });
  const fail = (error: unknown): void => {
    reject(error);
    smtp.close();
  };
  // Stays for the life of the connection: an error without a listener would end the process.
  smtp.on('error', fail);
  smtp.once('end', () => fail(Object.assign(new Error('closed'), { code: 'ECONNECTION', command: 'CONN' })));
  smtp.connect((error) => {
    if (error) return fail(error);
    if (user === undefined || password === undefined) return resolve(smtp);
    if (!smtp.allowsAuth) {
      return fail(Object.assign(new Error('no AUTH offered'), { code: 'ENOAUTH', command: 'AUTH' }));
    }
    smtp.login({ user, pass: password, credentials: { user, pass: password } }, (refusal) => {
      if (refusal) fail(refusal);
      else resolve(smtp);
    });
  });
  return promise;
}
