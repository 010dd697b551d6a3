import { expect, test } from 'vitest';
import { makeEvent } from './make-event.ts';
import { readStoredEvent } from './stored-event.ts';

test('an event comes back from the store as it was, and one of another shape does not', () => {
  const event = makeEvent(
    {
      source: 'alerts',
      kind: 'secret.committed',
      occurredAt: 1_700_000_000_000,
      actor: { type: 'person', name: 'Ana', account: { system: 'github', name: 'ana' } },
      where: { repository: 'acme/shop', file: 'app.env', line: 3, startColumn: 1, endColumn: 9 },
      leads: [{ kind: 'commit-author', email: 'ana@example.com' }],
      detector: { name: 'scanner', version: '8' },
      secret: { provider: 'aws', rule: 'aws-key', validityNote: 'not verified' },
      record: { tags: ['a', 1, null, { deep: true }] },
    },
    {
      receivedAt: 1_700_000_000_000,
      fingerprint: (kind) => [{ kind, keyId: 'k', value: '0'.repeat(32) }],
      eventId: () => '1'.repeat(32),
    },
  );
  const { id, source, kind, occurredAt, receivedAt, ...body } = event;
  const stored = { id, source, kind, occurredAt, receivedAt, body: JSON.parse(JSON.stringify(body)) };
  expect(readStoredEvent(stored)).toEqual(event);
  expect(readStoredEvent({ ...stored, kind: 'something.else' })).toBeUndefined();
  expect(readStoredEvent({ ...stored, body: { actor: 'ana' } })).toBeUndefined();
});
