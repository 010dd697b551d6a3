import { expect, test } from 'vitest';
import { judgeTrust, moreTrusted, type TrustRule } from './trust.ts';

const rule = (id: string, outcome: TrustRule['outcome']): TrustRule => ({ id, outcome, because: id });

test('what no rule doubts is trusted', () =>
  expect(judgeTrust([])).toEqual({ outcome: 'trusted', reasons: [] }));

test('a doubt makes it unknown, with its reason', () =>
  expect(judgeTrust([rule('no-images', 'unknown')])).toEqual({ outcome: 'unknown', reasons: ['no-images'] }));

test('a rule that is sure outweighs those that doubt, and only its reason is given', () =>
  expect(judgeTrust([rule('no-images', 'unknown'), rule('scanner', 'untrusted')])).toEqual({
    outcome: 'untrusted',
    reasons: ['scanner'],
  }));

test('the most trusted sighting speaks for a case, in whatever order they come', () => {
  expect(moreTrusted('untrusted', 'unknown')).toBe('unknown');
  expect(moreTrusted('trusted', 'untrusted')).toBe('trusted');
  expect(moreTrusted('unknown', 'trusted')).toBe('trusted');
});
