import { createHash } from 'node:crypto';

/**
 * Message-ID of a message: the same on every attempt, so that a mail system can drop a repetition and a bounce
 * names the message it is about. Without angle brackets.
 */
export function messageIdOf(messageId: string, domain: string): string {
  return `${inAtom(messageId)}@${domain}`;
}

/** The id that all mails of one case refer to, so that mail programs show them as one conversation. */
export function threadIdOf(caseCode: string, domain: string): string {
  return `case.${inAtom(caseCode)}@${domain}`;
}

/** Case code of a `References` or `In-Reply-To` header; undefined when none of ours stands in it. */
export function caseCodeIn(header: string, domain: string): string | undefined {
  return ownIds(header, domain)
    .find((id) => id.startsWith('case.'))
    ?.slice('case.'.length);
}

/** Message id in a header or a returned mail; undefined when none of ours stands in it. */
export function messageIdIn(header: string, domain: string): string | undefined {
  return ownIds(header, domain).find((id) => !id.startsWith('case.'));
}

function ownIds(header: string, domain: string): readonly string[] {
  const ids = header.slice(0, headerLengthMax).matchAll(/<([A-Za-z0-9._-]{1,80})@([^<>\s]{1,253})>/gu);
  return [...ids].flatMap(([, id, at]) =>
    id !== undefined && at?.toLowerCase() === domain.toLowerCase() ? [id] : [],
  );
}

// A thread of hundreds of mails; ours stand at its beginning or its end within this.
const headerLengthMax = 32_768;

/** The text itself where it may stand in an id (RFC 5322, dot-atom), else a hash of it. */
export function inAtom(text: string): string {
  const isAtom = /^[A-Za-z0-9_-]{1,64}$/u.test(text);
  return isAtom ? text : createHash('sha256').update(text).digest('hex').slice(0, 32);
}
