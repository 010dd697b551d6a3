import { expect, test } from 'vitest';
import type { ByHandForm } from '../src/core/by-hand.ts';
import { checkByHand } from '../src/packs/check-by-hand.ts';
import { shippedPacks } from './support/house.ts';

/** What the check says of a behaviour of the packs with these forms instead of its own. */
function faults(id: string, change: (form: ByHandForm) => readonly ByHandForm[]): readonly string[] {
  const pack = shippedPacks().behaviours.get(id);
  const [form] = pack?.behaviour.byHand ?? [];
  if (pack === undefined || form === undefined) throw new Error(`${id} has no form`);
  const { behaviour } = pack;
  return checkByHand([{ ...pack, behaviour: { ...behaviour, byHand: [...change(form)] } }]).map(
    ({ reason }) => reason,
  );
}

test('the forms of the packs open cases, each choice of theirs', () => {
  expect(checkByHand(shippedPacks().behaviours.values())).toEqual([]);
});

test('a form whose event is no failure to the detection is named, by the choice that is none', () => {
  const kind = 'phish.opened' as const;
  const opened = (form: ByHandForm) => [{ ...form, event: { ...form.event, kind } }];
  expect(faults('clicked-simulated-phish', opened)).toEqual([
    'what the form "link" reports is no failure to the detection',
  ]);
  const choices = [
    { id: 'denied-tool', title: 'It called a denied tool' },
    { id: 'slow-answer', title: 'It was slow' },
  ];
  const slow = (form: ByHandForm): readonly ByHandForm[] => [
    { ...form, asks: { ...form.asks, rule: { label: 'What it did', optional: false, choices } } },
  ];
  expect(faults('agent-outside-policy', slow)).toEqual([
    'what the form "call" reports of "slow-answer" is no failure to the detection',
  ]);
});

test('a form that asks for nothing of the case, or is there twice, is named', () => {
  expect(faults('orphaned-identity', (form) => [{ ...form, asks: {} }])).toEqual([
    'the form "left" has to ask for a part of the case: identity',
  ]);
  expect(faults('orphaned-identity', (form) => [form, form])).toEqual(['a form is called "left" already']);
});
