import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { judgeReplyToken, replyLink, replyToken, replyTokenHash } from './reply-token.ts';

const key = randomBytes(32);
const now = 1_760_000_000_000;

test('the same message and recipient always have the same link; any other has another', () => {
  const token = replyToken(key, 'm1', 'p1');
  expect(replyToken(key, 'm1', 'p1')).toBe(token);
  expect(token).toMatch(/^[0-9A-Za-z]{22}$/u);
  const others = [
    replyToken(key, 'm1', 'p2'),
    replyToken(key, 'm2', 'p1'),
    replyToken(key, 'm1p', '1'),
    replyToken(randomBytes(32), 'm1', 'p1'),
  ];
  expect(new Set([token, ...others]).size).toBe(5);
});

test('a link may be used until it expires, and not after, nor once its case closed', () => {
  const link = replyLink(key, 'm1', 'p1', now);
  const token = replyToken(key, 'm1', 'p1');
  expect(judgeReplyToken(token, link, now)).toBe('valid');
  expect(judgeReplyToken(token, link, now + 14 * 86_400_000 - 1)).toBe('valid');
  expect(judgeReplyToken(token, link, now + 14 * 86_400_000)).toBe('expired');
  expect(judgeReplyToken(token, { ...link, revokedAt: now }, now)).toBe('revoked');
});

test('only the hash rests, and a token of another link opens nothing', () => {
  const link = replyLink(key, 'm1', 'p1', now);
  const token = replyToken(key, 'm1', 'p1');
  expect(JSON.stringify(link)).not.toContain(token);
  expect(replyTokenHash(token)).toBe(link.hash);
  expect(judgeReplyToken(replyToken(key, 'm1', 'p2'), link, now)).toBe('unknown');
  expect(judgeReplyToken(token, undefined, now)).toBe('unknown');
});

test('what cannot be a token is turned away by its form', () => {
  for (const text of [
    '',
    'abc',
    '../../../etc/passwd....',
    `${'a'.repeat(21)}-`,
    'a'.repeat(23),
    `${'a'.repeat(21)}é`,
  ]) {
    expect(replyTokenHash(text)).toBeUndefined();
  }
});
