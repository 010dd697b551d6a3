import { expect, test } from 'vitest';
import { addContent, lacksContent } from './add-content.ts';
import type { Fingerprinter } from './fingerprint.ts';
import { type EventParts, makeEvent } from './make-event.ts';

const fingerprint: Fingerprinter = (kind, parts) => [
  {
    kind,
    keyId: 'k',
    value: Buffer.from(`${kind} ${parts.join(' ')}`)
      .toString('hex')
      .slice(-32),
  },
];
const tools = {
  receivedAt: 1_700_000_000_000,
  fingerprint,
  eventId: (parts: readonly string[]) => parts.join('|'),
};
const secret = ['zqYb', '3kX9', 'wPl0', 'Vt7R', 'm2Qd', '8Jhs'].join('');

function event(value?: string, record: NonNullable<EventParts['record']> = {}) {
  return makeEvent(
    {
      source: 'alerts',
      kind: 'secret.committed',
      where: { repository: 'acme/shop', commit: 'a'.repeat(40), file: 'app.env', line: 3, startColumn: 5 },
      strong: [{ kind: 'provider-id', parts: ['7'] }],
      secret: { provider: 'aws', rule: 'aws-key', value },
      record,
    },
    tools,
  );
}

test('an event whose content was found is the one that its source would have shown, under its own id', () => {
  const hidden = event();
  expect(lacksContent(hidden)).toBe(true);
  const found = addContent(hidden, `"${secret}"`, fingerprint);
  expect(found).toEqual({ ...event(secret), id: hidden.id });
  expect(lacksContent(found)).toBe(false);
});

test('what the source wrote beside is cleaned of it, and the value stands nowhere', () => {
  const hidden = event(undefined, {
    note: `the key is ${secret}`,
    list: [{ [secret]: secret.slice(3, 15) }],
  });
  const text = JSON.stringify(addContent(hidden, secret, fingerprint));
  for (let at = 0; at + 6 <= secret.length; at += 1) expect(text).not.toContain(secret.slice(at, at + 6));
});

test('what may not serve as content changes nothing', () => {
  for (const value of ['REDACTED', 'short', '', '************************'])
    expect(addContent(event(), value, fingerprint)).toEqual(event());
});
