import { randomBytes } from 'node:crypto';
import { type EmailSettings, emailSettings } from '../../src/adapters/channels/email/index.ts';

/** Made anew in every run, so that a leak of it is found by searching for it. */
export const mailPassword = randomBytes(12).toString('hex');

/** Settings for a server on this machine, with short waits. */
export function mailSettings(port: number, over: Readonly<Record<string, unknown>> = {}): EmailSettings {
  return emailSettings.parse({
    host: '127.0.0.1',
    port,
    tls: 'none',
    from: 'foldback@corp.example',
    user: 'foldback',
    password: mailPassword,
    connectTimeoutMs: 2_000,
    silenceTimeoutMs: 500,
    ...over,
  });
}
