import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { httpMarkdown } from '../../scripts/http-docs.ts';

test('docs/http.md is what the route table says', () => {
  const written = readFileSync(new URL('../../docs/http.md', import.meta.url), 'utf8');
  expect(written).toBe(httpMarkdown());
});
