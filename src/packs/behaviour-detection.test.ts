import { describe, expect, test } from 'vitest';
import { subjectOfEvent } from '../core/detection/subject.ts';
import { openLogSources } from '../core/rules/log-source.ts';
import { compileBehaviourDetection, type DetectionContent } from './behaviour-detection.ts';
import type { PackProblem } from './problem.ts';
import { compileRuleFiles, readRuleFile } from './rule-files.ts';

const logSources = openLogSources([
  { logsource: { product: 'okta', service: 'okta' }, sources: ['okta'] },
  { logsource: { product: 'silent' }, sources: [] },
]);

const file = `title: An API token was made
id: 5638f7c0-ac70-491d-8465-2a65075e0d86
name: token_made
author: Ana Souza
logsource: { product: okta, service: okta }
detection:
  selection:
    eventType: system.api_token.create
  condition: selection
---
title: A policy was changed
name: policy_changed
logsource: { product: okta, service: okta }
detection:
  selection:
    eventType|shout: policy
  condition: selection
---
title: Often
name: often
correlation:
  type: event_count
  rules: [token_made]
  group-by: [actor.alternateId]
  timespan: 1h
  condition: { gte: 2 }
---
title: Very often
name: very_often
correlation:
  type: event_count
  rules: [often]
  group-by: [actor.alternateId]
  timespan: 1d
  condition: { gte: 2 }
`;

function content(): { readonly content: DetectionContent; readonly problems: readonly PackProblem[] } {
  const problems: PackProblem[] = [];
  const documents = readRuleFile(file, 'rules/okta.yml', problems).map((document) => ({
    ...document,
    license: 'DRL-1.1',
    origin: 'https://example.com/rules',
  }));
  const book = compileRuleFiles(documents, { logSources }, problems);
  return { content: { logSources, book }, problems };
}

const okta = (eventType: string) => ({ source: 'okta', kind: 'finding.reported', record: { eventType } });

function compile(block: Readonly<Record<string, unknown>>) {
  return compileBehaviourDetection(block, content().content);
}

function fits(block: Readonly<Record<string, unknown>>, event: unknown): boolean {
  const compiled = compile(block);
  if (compiled.kind === 'error') throw new Error(compiled.reason);
  return compiled.test(subjectOfEvent(event));
}

describe('a detection of a behaviour', () => {
  test('a rule that does not compile is named with file, line and reason', () => {
    expect(content().problems).toEqual([
      { file: 'rules/okta.yml', line: 16, reason: expect.stringContaining('the modifier "shout"') },
    ]);
  });

  test('reads the normalised event, and with a logsource the record of that source only', () => {
    expect(fits({ s: { 'event.kind': 'finding.reported' }, condition: 's' }, okta('x'))).toBe(true);
    const block = { logsource: { product: 'okta' }, s: { eventType: 'x' }, condition: 's' };
    expect(fits(block, okta('x'))).toBe(true);
    expect(fits(block, { ...okta('x'), source: 'github' })).toBe(false);
    const both = { ...block, s: { eventType: 'x', 'event.kind': 'push.made' } };
    expect(fits(both, okta('x'))).toBe(false);
  });

  test('may name rules, and tells whose they are', () => {
    const compiled = compile({ rules: ['5638f7c0-ac70-491d-8465-2a65075e0d86'] });
    if (compiled.kind === 'error') throw new Error(compiled.reason);
    const subject = subjectOfEvent(okta('system.api_token.create'));
    expect(compiled.test(subject)).toBe(true);
    expect(compiled.rulesOf(subject)).toMatchObject([
      {
        author: 'Ana Souza',
        license: 'DRL-1.1',
        origin: 'https://example.com/rules',
        title: 'An API token was made',
      },
    ]);
    expect(compiled.rulesOf(subjectOfEvent(okta('x')))).toEqual([]);
  });

  test('with a correlation fits no single event, and says what one is to it', () => {
    const compiled = compile({ rules: ['often'] });
    if (compiled.kind === 'error') throw new Error(compiled.reason);
    const event = okta('system.api_token.create');
    expect(compiled.test(subjectOfEvent(event))).toBe(false);
    expect(compiled.correlated.map(({ correlation }) => correlation.name)).toEqual(['often']);
  });

  test.each([
    ['a rule that is not there', { rules: ['nobody'] }, ['rules', 0], '"nobody" is no rule'],
    ['a rule that did not compile', { rules: ['policy_changed'] }, ['rules', 0], 'is no rule'],
    ['a correlation of correlations', { rules: ['very_often'] }, ['rules', 0], 'based on another'],
    ['no rule', { rules: [] }, ['rules'], 'is a list'],
    ['rules and selections', { rules: ['token_made'], s: { a: 1 }, condition: 's' }, ['rules'], 'not both'],
    [
      'a log that nobody brings',
      { logsource: { product: 'x' }, s: { a: 1 }, condition: 's' },
      ['logsource'],
      'no source',
    ],
    [
      'a broken selection',
      { logsource: { product: 'okta' }, s: { 'a|x': 1 }, condition: 's' },
      ['s', 'a|x'],
      '"x"',
    ],
  ])('with %s is refused, and where', (_name, block, path, reason) => {
    expect(compile(block)).toEqual({ kind: 'error', path, reason: expect.stringContaining(reason) });
  });
});

describe('a file of rules', () => {
  test('that is no YAML is a problem with its line; sound documents beside it are still read', () => {
    const problems: PackProblem[] = [];
    const documents = readRuleFile('title: a\n---\ntitle: b\ntitle: c\n', 'rules/x.yml', problems);
    expect(documents.map(({ document }) => document)).toEqual([{ title: 'a' }]);
    expect(problems).toEqual([
      { file: 'rules/x.yml', line: 4, reason: expect.stringContaining('not valid YAML') },
    ]);
  });

  test('with aliases that multiply is a problem, not a flood', () => {
    const problems: PackProblem[] = [];
    const lines = [
      'a0: &a0 [x, x]',
      ...Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`),
    ];
    expect(readRuleFile(lines.join('\n'), 'rules/x.yml', problems)).toEqual([]);
    expect(problems).toMatchObject([{ reason: expect.stringContaining('alias') }]);
  });
});
