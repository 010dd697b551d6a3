import type { Event } from '../../src/core/event.ts';
import { makeEvent } from '../../src/core/make-event.ts';
import { keyedHash } from '../../src/lib/hmac.ts';
import { testFingerprinter, testKeys } from './house.ts';

/** Somebody followed the link of a practice mail: coaching, and no danger. One campaign and person is one case. */
export function practiceClick(given: {
  readonly at: number;
  readonly person: string;
  readonly campaign: string;
}): Event {
  const email = `${given.person}@example.com`;
  return makeEvent(
    {
      source: 'gophish',
      kind: 'phish.clicked',
      occurredAt: given.at,
      wholeId: ['click', given.person, given.campaign],
      joins: { campaign: given.campaign },
      actor: { type: 'person', email },
      leads: [{ kind: 'mailbox-holder', email }],
      record: { secondsSinceSent: 600 },
    },
    {
      receivedAt: given.at,
      fingerprint: testFingerprinter,
      eventId: (parts) => keyedHash(testKeys.event)(parts),
    },
  );
}
