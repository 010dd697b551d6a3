import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packOptions } from '../src/content.ts';
import { loadPacks } from '../src/packs/load.ts';
import { shippedPacksDir } from '../src/packs/pack-folder.ts';

let dir: string;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'foldback-rules-')), 'packs');
  cpSync(shippedPacksDir(), dir, { recursive: true });
});
afterEach(() => rmSync(dirname(dir), { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(dir, file)), { recursive: true });
  writeFileSync(join(dir, file), text);
}

const rule = `title: Logging was stopped
id: 4db60cc0-36fb-42b7-9b58-a5b53019fb74
author: Ana Souza
logsource:
  product: aws
  service: cloudtrail
detection:
  selection:
    eventName: StopLogging
    responseElements.key: x
  condition: selection
`;

test('a public rule is dropped into a pack with the licence of its rule set', () => {
  write('rules/public/rule-set.yaml', 'license: DRL-1.1\norigin: https://example.com/rules\n');
  write('rules/public/cloud/stopped.yml', rule);
  write('rules/own.yml', rule.replace('4db60cc0', '5db60cc0').replace('Ana Souza', 'Bo Lind'));
  const loaded = loadPacks(dir, packOptions);
  if (loaded.kind === 'error') throw new Error(JSON.stringify(loaded.problems));
  expect(loaded.packs.rules.rules).toMatchObject([
    { author: 'Bo Lind', license: undefined },
    {
      author: 'Ana Souza',
      license: 'DRL-1.1',
      origin: 'https://example.com/rules',
      title: 'Logging was stopped',
    },
  ]);
  const event = {
    source: 'cloudtrail',
    record: { eventName: 'stoplogging', responseElements: { key: 'X' } },
  };
  expect(loaded.packs.rules.rules.map(({ matches }) => matches(event))).toEqual([true, true]);
});

test('a rule that reads a masked field is named with file, line and reason', () => {
  write('rules/stopped.yml', rule);
  const loaded = loadPacks(dir, { ...packOptions, masked: { cloudtrail: ['responseElements.key'] } });
  expect(loaded).toMatchObject({
    kind: 'error',
    problems: [
      {
        file: 'rules/stopped.yml',
        line: 10,
        reason: expect.stringContaining('"responseElements.key" is masked'),
      },
    ],
  });
});

test('a table of fields that cannot be read is named with its line', () => {
  write('detection/fields.yaml', '- logsource: { product: x }\n  sources: [x]\n  names:\n    a: [b..c]\n');
  expect(loadPacks(dir, packOptions)).toMatchObject({
    kind: 'error',
    problems: [
      { file: 'detection/fields.yaml', line: 1, reason: expect.stringContaining('"b..c" is not a field') },
    ],
  });
});
