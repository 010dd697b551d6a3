import { createHash, type KeyObject, verify } from 'node:crypto';

/** A verifier of its own for one `rsa-sha256`, relaxed/relaxed signature (RFC 6376, 3.4.2, 3.4.4, 3.7). */
export function verifyDkim(
  raw: string,
  key: KeyObject,
): {
  readonly domain: string;
  readonly selector: string;
  readonly headers: readonly string[];
  readonly isGood: boolean;
} {
  const cut = raw.indexOf('\r\n\r\n');
  const fields = raw
    .slice(0, cut)
    .split(/\r\n(?![ \t])/u)
    .map((field) => {
      const colon = field.indexOf(':');
      const value = field
        .slice(colon + 1)
        .replace(/\r\n/gu, '')
        .replace(/[ \t]+/gu, ' ')
        .trim();
      return { name: field.slice(0, colon).trim().toLowerCase(), value };
    });
  const signature = fields.find(({ name }) => name === 'dkim-signature')?.value ?? '';
  const tags = new Map(
    signature.split(';').map((tag) => {
      const [name = '', ...value] = tag.split('=');
      return [name.trim(), value.join('=').trim()] as const;
    }),
  );
  const tag = (name: string): string => tags.get(name) ?? '';
  const body = raw
    .slice(cut + 4)
    .replace(/[ \t]+(?=\r\n)/gu, '')
    .replace(/[ \t]+/gu, ' ')
    .replace(/(?:\r\n)*$/u, '\r\n');
  const hash = createHash('sha256').update(body, 'latin1').digest('base64');
  const headers = tag('h')
    .split(':')
    .map((name) => name.trim().toLowerCase());
  const left = fields.toReversed();
  const signed = headers.flatMap((name) => {
    const at = left.findIndex((field) => field.name === name);
    return at === -1 ? [] : left.splice(at, 1).map((field) => `${field.name}:${field.value}\r\n`);
  });
  const own = `dkim-signature:${signature.replace(/(^|;)(\s*)b=[^;]*/u, '$1$2b=').trim()}`;
  const isGood =
    tag('c') === 'relaxed/relaxed' &&
    tag('bh').replace(/\s/gu, '') === hash &&
    verify(
      'sha256',
      Buffer.from(signed.join('') + own, 'latin1'),
      key,
      Buffer.from(tag('b').replace(/\s/gu, ''), 'base64'),
    );
  return { domain: tag('d'), selector: tag('s'), headers, isGood };
}
