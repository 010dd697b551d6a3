import { expect, test } from 'vitest';
import { AppError } from '../core/errors.ts';
import { parseSuppressions, readSuppressions } from './read-suppressions.ts';

const now = Date.UTC(2026, 10, 23, 10);
const read = (text: string) => parseSuppressions(text, 'rules.yaml', now);

function problems(text: string): readonly string[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad-config') return error.detail.split('\n');
    throw error;
  }
  return [];
}

test('a rule names a path, a repository or a mask, and holds to the end of its day', () => {
  const { rules, warnings } = read(`
- path: ./test/fixtures/
  reason: test data
  by: ana
  until: 2026-11-23
- repository: acme/playground*
  reason: for exercises
  by: ana
  until: 2027-01-31
- valueMask: "[secret:aws …9Qx2 #3fa9c1]"
  reason: the dummy of the manual
  by: bob
  until: 2027-11-22
`);
  expect(warnings).toEqual([]);
  expect(rules.map(({ kind, pattern }) => [kind, pattern])).toEqual([
    ['path', 'test/fixtures/**'],
    ['repository', 'acme/playground*'],
    ['value', '[secret:aws …9Qx2 #3fa9c1]'],
  ]);
  expect(rules[0]?.until).toBe(Date.UTC(2026, 10, 24));
});

test('all problems come at once, each with its line, and a value written for its mask is not quoted', () => {
  const value = ['AKIA', 'QYLPMN5H', 'EXAMPLE7'].join('');
  const found = problems(`- path: test/**
  reason: test data
  by: ana
  until: 2028-01-01
- valueMask: ${value}
  reason: a dummy
  by: ana
  until: 2027-01-01
- path: a/**
  repository: acme/shop
  reason: both
  by: ana
  until: tomorrow
- path: "**"
  reason: everything
  untill: 2027-01-01
  by: ana
- just words
`);
  expect(found).toEqual([
    'rules.yaml:4: "until" is more than a year away: name a day on which to look again',
    'rules.yaml:5: "valueMask": copy the mask that Foldback shows, such as [secret:aws …9Qx2 #3fa9c1], not the value',
    'rules.yaml:9: name one of path, repository and valueMask',
    'rules.yaml:13: "until": write a date such as 2027-05-31',
    'rules.yaml:14: "path": this would cover everything: name a folder or a file',
    'rules.yaml:14: "until" is missing',
    'rules.yaml:16: unknown key: did you mean until?',
    'rules.yaml:18: a rule is a group of keys',
  ]);
  expect(found.join('\n')).not.toContain(value);
});

test('a pattern that could take long to match is refused', () => {
  for (const path of ['+(a|b)+(a|b)', '{a,b}/x', '!(x)/y', '*a*a*a*a*a*a*a*'])
    expect(problems(`- { path: '${path}', reason: test data, by: ana, until: 2027-01-01 }`)).toHaveLength(1);
});

test('a rule whose day has passed is told of and not used', () => {
  const { rules, warnings } = read('- { path: test/**, reason: test data, by: ana, until: 2026-11-22 }');
  expect(rules).toEqual([]);
  expect(warnings).toEqual(['rules.yaml:1: the rule ended with 2026-11-22 and is not used']);
});

test('an empty file has no rules; no list, broken YAML and aliases that multiply are refused', () => {
  expect(read('# nothing yet\n')).toEqual({ rules: [], warnings: [] });
  expect(problems('path: test/**')).toEqual(['rules.yaml:1: write a list: each rule begins with a hyphen']);
  expect(problems('- path: [')).toHaveLength(1);
  const many = Array.from({ length: 60 }, () => '- *a').join('\n');
  expect(problems(`- &a { path: a, reason: text, by: ana, until: 2027-01-01 }\n${many}`)).toEqual([
    'rules.yaml:1: it repeats itself through too many aliases',
  ]);
  expect(() => readSuppressions('/nowhere/rules.yaml', now)).toThrow('rules.yaml: the file is not there');
});
