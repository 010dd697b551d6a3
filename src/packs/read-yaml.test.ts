import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { PackProblem } from './problem.ts';
import { readYaml } from './read-yaml.ts';

const schema = z.strictObject({
  name: z.string(),
  list: z.array(z.strictObject({ size: z.int().min(1) })).optional(),
});

function read(text: string) {
  const problems: PackProblem[] = [];
  const file = readYaml(text, 'x.yaml', schema, problems);
  return { file, problems: problems.map(({ line, reason }) => `${line}: ${reason}`) };
}

describe('reading YAML', () => {
  test('gives the value and the line of each part', () => {
    const { file, problems } = read('# note\nname: a\nlist:\n  - size: 1\n  - size: 2\n');
    expect(problems).toEqual([]);
    expect(file?.value).toEqual({ name: 'a', list: [{ size: 1 }, { size: 2 }] });
    expect(file?.lineOf(['list', 1, 'size'])).toBe(5);
    expect(file?.lineOf(['list', 7])).toBe(4);
  });

  test('names every problem at once, each with its line', () => {
    const { file, problems } = read('name: 5\nlist:\n  - size: 0\n  - sise: 1\n');
    expect(file).toBeUndefined();
    expect(problems).toEqual([
      expect.stringMatching(/^1: "name": must be a text/u),
      expect.stringMatching(/^3: "list.0.size": is too short or too small/u),
      expect.stringMatching(/^4: "list.1.size": is missing/u),
      expect.stringMatching(/^4: "list.1": "sise" is not known here/u),
    ]);
  });

  test.each([
    ['a repeated key', 'name: a\nname: b\n'],
    ['a custom tag', 'name: !!js/function "x"\n'],
    ['an unknown tag', 'name: !secret x\n'],
    ['broken YAML', 'name: [a\n'],
    ['two documents', 'name: a\n---\nname: b\n'],
  ])('%s is refused', (_name, text) => {
    const { file, problems } = read(text);
    expect(file).toBeUndefined();
    expect(problems.length).toBeGreaterThan(0);
  });

  test('aliases that multiply are refused before they are unfolded', () => {
    const bomb = [
      'a: &a [x, x]',
      ...Array.from(
        { length: 20 },
        (_, index) => `b${index}: &b${index} [${`*${index === 0 ? 'a' : `b${index - 1}`}, `.repeat(9)}]`,
      ),
    ];
    expect(read(bomb.join('\n')).problems).toEqual([expect.stringMatching(/alias/u)]);
  });
});
