import { expect, test } from 'vitest';
import { type ByHandForm, byHandForm, byHandProblems, caseFieldsOf } from './by-hand.ts';

const form: ByHandForm = {
  id: 'call',
  title: 'An agent did what it should not',
  event: { kind: 'agent.called', actor: 'agent' },
  asks: {
    who: { label: 'Agent', example: 'build-agent', optional: false },
    rule: {
      label: 'What it did',
      optional: false,
      choices: [
        { id: 'secret-reach', title: 'It reached for secrets' },
        { id: 'denied-tool', title: 'It called a denied tool' },
      ],
    },
    resource: { label: 'Tool', example: 'Mail', optional: true },
  },
};

test('a form says of each field what does not fit, and quotes nothing of what was written', () => {
  expect(byHandProblems(form, { who: 'a', rule: 'denied-tool' })).toEqual([]);
  expect(byHandProblems(form, { who: 'a', rule: 'hunter2', campaign: 'hunter2' })).toEqual([
    { field: 'campaign', detail: 'this is not asked here' },
    { field: 'rule', detail: 'write one of secret-reach, denied-tool' },
  ]);
  expect(byHandProblems(form, {}).map(({ field }) => field)).toEqual(['who', 'rule']);
});

test('what makes a case is asked by the names of the form', () => {
  expect(caseFieldsOf('actor+rule+round')).toEqual(['who', 'rule']);
  expect(caseFieldsOf('identity+resource')).toEqual(['identity', 'resource']);
  expect(caseFieldsOf('fingerprint')).toEqual([]);
});

test('a field without an example or choices is no form', () => {
  const asks = { who: { label: 'Agent' } };
  expect(byHandForm.safeParse({ ...form, asks }).success).toBe(false);
  expect(byHandForm.safeParse({ ...form, asks: { secret: form.asks.who } }).success).toBe(false);
});
