import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shippedPacks } from '../../test/support/house.ts';
import { openPackFolder } from './pack-folder.ts';
import { type PackProblem, problemText } from './problem.ts';
import { readRemaps } from './remap-files.ts';

function read(files: Readonly<Record<string, string>>) {
  const dir = mkdtempSync(join(tmpdir(), 'foldback-remaps-'));
  try {
    mkdirSync(join(dir, 'remaps'));
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(dir, 'remaps', `${name}.yaml`), `on: 2026-11-28\nwhy: It fell apart.\n${text}`);
    const problems: PackProblem[] = [];
    const remaps = readRemaps(openPackFolder(dir, problems), shippedPacks().behaviours, problems);
    return { remaps, problems: problems.map(problemText) };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const stands = shippedPacks().behaviours.get('secret-in-repository')?.behaviour.version ?? 0;
test('each shipped behaviour with an earlier version says what became of the cases before it', () => {
  const { behaviours, remaps } = shippedPacks();
  const raised = [...behaviours.values()].flatMap(({ behaviour: { id, version } }) =>
    Array.from({ length: version - 1 }, (_, at) => `${id} ${at + 1}`),
  );
  expect(raised).not.toEqual([]);
  expect(remaps.map(({ from }) => `${from.behaviour} ${from.version}`)).toEqual(
    expect.arrayContaining(raised),
  );
});

const gone = 'from: { behaviour: gone, version: 1 }\n';

test('cases of a behaviour that is no more are moved to one that is there', () => {
  const { remaps, problems } = read({ one: `${gone}to: secret-in-repository\n` });
  expect(problems).toEqual([]);
  expect(remaps).toMatchObject([{ to: 'secret-in-repository' }]);
});

test.each([
  [
    'the version that judges now',
    `from: { behaviour: secret-in-repository, version: ${stands} }\nbreak: true\n`,
    `stands at version ${stands}`,
  ],
  ['a behaviour that nobody knows', `${gone}break: true\n`, 'there is no behaviour "gone"'],
  ['a place that is not there', `${gone}to: nowhere\n`, 'there is no behaviour "nowhere"'],
  [
    'a feature that no case keeps',
    `${gone}to: secret-in-repository\nwhere: { feature: mood, is: [bad] }\n`,
    'one.yaml',
  ],
])('a remap of %s is refused with its file and line', (_name, text, reason) => {
  const { problems } = read({ one: text });
  expect(problems.join('\n')).toContain(reason);
  expect(problems[0]).toMatch(/^remaps\/one\.yaml:\d+: /u);
});

test('cases are moved once, and by one file', () => {
  const on = 'from: { behaviour: secret-in-repository, version: 1 }\nto: denied-by-policy\n';
  expect(read({ one: `${gone}to: secret-in-repository\n`, two: on }).problems.join('\n')).toContain(
    'moved once',
  );
  const twice = `${gone}to: secret-in-repository\n`;
  expect(read({ one: twice, two: twice }).problems.join('\n')).toContain(
    'another remap moves the same cases',
  );
  const tools = (tool: string) => `${twice}where: { feature: tool, is: [${tool}] }\n`;
  expect(read({ one: tools('Read'), two: tools('Write') }).problems).toEqual([]);
});
