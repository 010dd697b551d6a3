import { expect, test } from 'vitest';
import { afterDecision, controlStates, controlTransitions, isOnTheWay, openControlStates } from './states.ts';

test('a control is applied only after it was accepted, and taken back only after it was applied', () => {
  expect(afterDecision('proposed', 'apply')).toBeUndefined();
  expect(afterDecision('proposed', 'rollback')).toBeUndefined();
  expect(afterDecision('accepted', 'apply')).toBe('applied');
  expect(afterDecision('applied', 'rollback')).toBe('rolled-back');
});

test('what is closed stays closed, and time ends everything that is open', () => {
  const open: readonly string[] = openControlStates;
  for (const state of controlStates) {
    const ways = controlTransitions.filter(({ from }) => from === state);
    if (open.includes(state)) expect(afterDecision(state, 'time')).toBe('expired');
    else expect(ways).toEqual([]);
  }
});

test('messages wait only between the acceptance and the day on which it is in force', () => {
  expect(controlStates.filter(isOnTheWay)).toEqual(['accepted']);
});
