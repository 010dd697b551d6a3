import { expect, test } from 'vitest';
import { redactPath } from './redact-path.ts';

test.each([
  ['/r/0kf3Xq7TtVb2Zc9LhPq4Nw', '/r/[token]'],
  ['/r/0kf3Xq7TtVb2Zc9LhPq4Nw/?case=1', '/r/[token]'],
  ['/%72/0kf3Xq7TtVb2Zc9LhPq4Nw', '/r/[token]'],
  ['//r/0kf3Xq7TtVb2Zc9LhPq4Nw', '/r/[token]'],
  ['/R/0kf3Xq7TtVb2Zc9LhPq4Nw', '/r/[token]'],
  ['http://127.0.0.1:4400/r/0kf3Xq7TtVb2Zc9LhPq4Nw#x', '/r/[token]'],
  ['/claim/0kf3Xq7TtVb2Zc9LhPq4Nw', '/claim/[token]'],
  ['/v1/loops?token=abc', '/v1/loops'],
  ['/r/', '/r/'],
  ['/', '/'],
  ['', '/'],
  ['/%zz/a', '/%zz/a'],
])('a token in a path reaches no log: %s', (url, expected) => {
  expect(redactPath(url)).toBe(expected);
});
