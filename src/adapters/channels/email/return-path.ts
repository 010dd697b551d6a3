import type { Delivery } from '../../../ports/channel.ts';
import { inAtom } from './message-id.ts';
import type { EmailSettings } from './settings.ts';

/** Header in which the key goes along where the return address has no place for it; reports return headers. */
export const returnHeader = 'X-Foldback-Return';

/** Envelope sender: where the address has a `*`, the message and its key stand there, so that it comes back to them. */
export function envelopeSender(
  { bounceTo, from }: EmailSettings,
  { messageId, returnKey }: Pick<Delivery, 'messageId' | 'returnKey'>,
): string {
  const address = bounceTo ?? from;
  const proof = returnKey === undefined ? '' : `.${returnKey}`;
  return address.replace('*', `${inAtom(messageId)}${proof}`);
}

export function hasPlace({ bounceTo = '' }: Pick<EmailSettings, 'bounceTo'>): boolean {
  return bounceTo.includes('*');
}

/** Of an address that a report came to. Undefined when it is none of ours. */
export function readReturnPath(
  text: string,
  bounceTo: string,
): { readonly messageId: string; readonly returnKey: string } | undefined {
  const [before = '', after = ''] = bounceTo.toLowerCase().split('*');
  for (const part of text
    .slice(0, 8_192)
    .toLowerCase()
    .split(/[\s<>,;]+/u)) {
    if (!part.startsWith(before) || !part.endsWith(after)) continue;
    const [, messageId, returnKey] =
      /^([a-z0-9_-]{1,64})\.([0-9a-f]{16})$/u.exec(part.slice(before.length, part.length - after.length)) ??
      [];
    if (messageId !== undefined && returnKey !== undefined) return { messageId, returnKey };
  }
  return undefined;
}
