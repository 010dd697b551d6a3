import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tryReport } from '../src/try.ts';

const folder = join(import.meta.dirname, '..', 'examples', 'behaviours');

test.each([
  ['practice-mail.ndjson', ['clicked-simulated-phish', 'submitted-credentials'], 1],
  ['lasting-key.json', ['token-outside-approved-path'], 0],
  ['override.json', ['privileged-workflow-bypass'], 0],
  ['agent.json', ['agent-outside-policy'], 0],
])('the example %s speaks of what the README says', async (file, behaviours, untrusted) => {
  const { said, summary } = await tryReport({
    input: createReadStream(join(folder, file)),
    fileName: file,
    now: Date.UTC(2026, 10, 23, 12),
  });
  expect(said.map(({ behaviour }) => behaviour).sort()).toEqual(behaviours);
  expect(summary).toMatchObject({ untrusted, rejected: 0, unmatched: 0 });
});
