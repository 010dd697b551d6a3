import { expect, test } from 'vitest';
import { hasDuplicateKeys } from './duplicate-keys.ts';

test.each([
  ['{"a":1,"a":2}', true],
  ['{"a":1,"b":{"c":1,"c":2}}', true],
  ['[{"a":1},{"b":[{"x":1,"y":2,"x":3}]}]', true],
  ['{"approved":false,"appr\\u006fved":true}', true],
  ['{"a\\"b":1,"a\\"b":2}', true],
  ['{"__proto__":1,"__proto__":2}', true],
  ['{"a":{"a":{"a":1}}}', false],
  ['[{"a":1},{"a":1}]', false],
  ['{"a":"a","b":"a","c":["a","a"]}', false],
  ['{"a":["x",{"a":1}],"b":"{\\"a\\":1,\\"a\\":2}"}', false],
  ['"a"', false],
  ['{}', false],
  ['[]', false],
  ['{"constructor":1,"toString":2}', false],
])('%s names a member twice: %s', (text, expected) => {
  expect(hasDuplicateKeys(text)).toBe(expected);
});
