import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const list = readFileSync(join(root, 'docs/asvs.md'), 'utf8');

/** The last item of each section that has items of level 1 or 2; these come first in every section of ASVS 5.0.0. */
const sections =
  '1.1.2 1.2.9 1.3.11 1.4.3 1.5.2 2.1.3 2.2.3 2.3.4 2.4.1 3.2.2 3.3.4 3.4.6 3.5.5 3.7.2 4.1.3 4.2.1 4.3.2 4.4.4 5.1.1 5.2.3 5.3.2 5.4.3 6.1.3 6.2.12 6.3.4 6.4.4 6.5.5 6.6.3 6.8.4 7.1.3 7.2.4 7.3.2 7.4.5 7.5.2 7.6.2 8.1.2 8.2.3 8.3.1 8.4.1 9.1.3 9.2.4 10.1.2 10.2.2 10.3.4 10.4.11 10.5.5 10.6.2 10.7.3 11.1.2 11.2.3 11.3.3 11.4.4 11.5.1 11.6.1 12.1.3 12.2.2 12.3.4 13.1.1 13.2.5 13.3.2 13.4.5 14.1.2 14.2.4 14.3.3 15.1.3 15.2.3 15.3.7 16.1.1 16.2.5 16.3.4 16.4.3 16.5.3 17.1.1 17.2.4 17.3.2';

const upTo = (last: string, first = 1): readonly string[] => {
  const [, section = '', count = ''] = /^(\d+\.\d+)\.(\d+)$/u.exec(last) ?? [];
  return Array.from({ length: Number(count) - first + 1 }, (_, n) => `${section}.${first + n}`);
};
const items = sections.split(' ').flatMap((last) => upTo(last));

const rows = list
  .split('\n')
  .filter((line) => /^\| \d/u.test(line))
  .map((line) =>
    line
      .slice(2, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );

describe('docs/asvs.md', () => {
  test('names every item of levels 1 and 2 once, and no other', () => {
    const named = rows.flatMap(([ids = '']) => {
      const [first = '', last] = ids.split('–');
      return last === undefined ? [first] : upTo(last, Number(first.split('.')[2]));
    });
    expect(items).toHaveLength(253);
    expect(named.toSorted()).toEqual(items.toSorted());
    expect(list).toContain(`All ${items.length} items`);
  });

  test('names only files that are there, and none as a test that has no test', () => {
    const files = [...list.matchAll(/`((?:src|test|console|scripts)\/[^`*]+)`/gu)].map(
      ([, path = '']) => path,
    );
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const tests = new Set(files.filter((path) => path.endsWith('.test.ts')));
    const empty = [...tests].filter(
      (path) => !/\b(?:test|describe)(?:\.\w+)*\(/u.test(readFileSync(join(root, path), 'utf8')),
    );
    expect(empty).toEqual([]);
  });

  test('says of each item how it stands: what is met is shown or documented, and what is not says why', () => {
    for (const [ids = '', holds = '', how = '', shown = ''] of rows) {
      expect(['met', 'partly', 'not met', 'none here', 'yours'], ids).toContain(holds);
      expect(how.length, ids).toBeGreaterThan(2);
      const isNothingToShow = shown === '' && !how.includes('](');
      if (holds === 'met' && isNothingToShow) expect(shownByAbsence, ids).toContain(ids);
    }
  });
});

/** Met by what is not there: no hint, no question, no end by age, and tokens that nobody keeps. */
const shownByAbsence = ['6.2.10', '6.4.2', '10.1.1'];
