import { base62, base62Length } from '../lib/base62.ts';
import { hmacHex, isEqualConstantTime, sha256Hex } from '../lib/hmac.ts';

/**
 * The token in a recipient's link `/r/{token}`: 128 bits derived from the message and the recipient, so that a
 * message can be written again with the same link while only a hash rests in the store. It may be used until it
 * expires, because mail scanners open links before people do.
 */
export type ReplyLink = {
  /** SHA-256 of the token, 64 hex. */
  readonly hash: string;
  readonly messageId: string;
  readonly recipientId: string;
  readonly expiresAt: number;
  /** Set when its case closed. */
  readonly revokedAt?: number;
};

export const replyLinkDays = 14;
const tokenBytes = 16;

export function replyToken(key: Uint8Array, messageId: string, recipientId: string): string {
  return base62(Buffer.from(hmacHex(key, ['reply-token/1', messageId, recipientId]), 'hex'));
}

/** The link's row for a message that is sent at `now`. */
export function replyLink(
  key: Uint8Array,
  messageId: string,
  recipientId: string,
  now: number,
  days = replyLinkDays,
): ReplyLink {
  const hash = sha256Hex(replyToken(key, messageId, recipientId));
  return { hash, messageId, recipientId, expiresAt: now + days * 86_400_000 };
}

/** The hash under which a presented token is looked up; undefined when its form alone shows that it is none. */
export function replyTokenHash(text: string): string | undefined {
  return text.length === base62Length(tokenBytes) && /^[0-9A-Za-z]+$/u.test(text)
    ? sha256Hex(text)
    : undefined;
}

export type ReplyLinkVerdict = 'valid' | 'unknown' | 'revoked' | 'expired';

/** Judges a presented token against the row that the store found under its hash. Changes nothing. */
export function judgeReplyToken(text: string, link: ReplyLink | undefined, now: number): ReplyLinkVerdict {
  const hash = replyTokenHash(text);
  if (hash === undefined || link === undefined || !isEqualConstantTime(hash, link.hash)) return 'unknown';
  if (link.revokedAt !== undefined) return 'revoked';
  return now >= link.expiresAt ? 'expired' : 'valid';
}
