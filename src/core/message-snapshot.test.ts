import { expect, test } from 'vitest';
import type { RenderedMessage } from './message.ts';
import { readSnapshot, snapshotOf } from './message-snapshot.ts';

const message: RenderedMessage = {
  moment: 'told',
  behaviour: 'secret-in-repository',
  language: 'en',
  version: 'secret-in-repository@1/usual',
  subject: 'We found a key',
  paragraphs: [
    { kind: 'text', text: 'Hello.' },
    { kind: 'facts', facts: [{ label: 'File', value: 'a.env' }] },
  ],
  replyUrl: 'https://feedback.example.com/r/token',
  replyLabel: 'Answer here',
  answers: ['done', 'not-mine'],
  caseCode: 'FB-7F3K',
  links: [{ label: 'More', url: 'https://example.com' }],
  footer: 'Only you see this.',
};

test('a message that is repeated has every word of the first attempt; its link does not rest', () => {
  const stored = snapshotOf(message);
  expect(JSON.stringify(stored)).not.toContain('token');
  expect(readSnapshot(stored, message.replyUrl)).toEqual(message);
});
