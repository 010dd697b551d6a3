import { isIP } from 'node:net';
import { z } from 'zod';
import { isLoopbackHost } from '../lib/loopback-host.ts';
import { keyOfText, looksRandom } from './key-text.ts';

/** The kinds of values that settings have, with what to write where something else stands. */
export const slug = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/u, 'use small letters, digits and hyphens');
export const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/u, 'write a time as 08:00');
export const line = z.string().regex(/^[^\x00-\x1f\x7f]+$/u, 'write it on one line');
export const hostName = z.string().refine(isHostName, 'write a host name or an address, without a port');
export const network = z.string().refine(isNetwork, 'write an address or a range such as 10.0.0.0/8');
export const email = z.string().regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/u, 'write an e-mail address');
export const count = (max: number) => z.int().min(1).max(max);

export const keyText = z
  .string()
  .refine((text) => keyOfText(text) !== undefined, 'write 32 random bytes as base64 or hex')
  .refine((text) => looksRandom(keyOfText(text) ?? new Uint8Array()) || keyOfText(text) === undefined, {
    message: 'this is no random key: it repeats itself',
  });
export const keyList = z.array(keyText).min(1).max(10);

function isHostName(text: string): boolean {
  const isAddress = isIP(text.replace(/^\[(.*)\]$/u, '$1')) !== 0;
  return isAddress || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/iu.test(text);
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/u.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

export function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return isPlain && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname)));
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export function isDatabaseUrl(text: string): boolean {
  return URL.canParse(text) && /^postgres(ql)?:$/u.test(new URL(text).protocol);
}

/** The same address, which says that the way there need not be encrypted, unless it says anything about that itself. */
export function withPlainDatabase(text: string): string {
  const url = new URL(text);
  const says = [...url.searchParams.keys()].some((name) => name.startsWith('ssl'));
  if (!says) url.searchParams.set('sslmode', 'disable');
  return says ? text : url.href;
}
