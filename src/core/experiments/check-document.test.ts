import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Template } from '../message-template.ts';
import { documentJson } from './canonical.ts';
import { assignedUntil, checkExperiment, type ExperimentGround, sightOf } from './check-document.ts';
import { type ExperimentDocument, experimentSchema, holdOutVariant } from './document.ts';
import { heldOut } from './held-out.ts';

const words = {
  language: 'en',
  phrases: new Map(),
  absent: new Map(),
  resourceTypes: new Map(),
  pathSteps: new Map(),
  providers: new Map(),
  learnMore: '',
  replyLabel: '',
};

function template(variant: string, step = 'Revoke it.'): Template {
  return {
    behaviour: 'mail',
    moment: 'told',
    language: 'en',
    variant,
    version: 1,
    subject: ['subject'],
    slots: [
      { slot: 'happened', text: ['It happened.'] },
      { slot: 'step', text: [step] },
      { slot: 'clue', text: ['A habit.'] },
    ],
    showsLearnMore: true,
    words: { ...words, generic: {} } as unknown as Template['words'],
  };
}

const ground: ExperimentGround = {
  now: Date.UTC(2026, 10, 23),
  behaviour: {
    severity: 'low',
    keys: { case: 'actor', habit: 'person' },
    detection: { failed: { sent: { 'event.kind': 'phish.clicked' }, condition: 'sent' } },
  },
  isUrgent: false,
  isReadByOthers: false,
  words: [template('usual'), template('short'), template('risky', 'Wait and see.'), template('system')],
  languages: ['en'],
  people: 500,
  teams: 20,
  repositories: 8,
  personOf: (text) => (/^(ana|ben)$/u.test(text) ? { id: text, isActive: true } : undefined),
};

const sound: ExperimentDocument = {
  id: 'shorter',
  title: 'Shorter words',
  hypothesis: 'Whoever reads less remembers more of it.',
  behaviour: 'mail',
  moment: 'told',
  unit: 'person',
  arms: [
    { id: 'usual', share: 0.5, message: 'usual' },
    { id: 'short', share: 0.5, message: 'short' },
  ],
  outcome: 'recurred',
  window: '90d',
  smallestEffect: 0.8,
  recurrencesMax: 1000,
  endsOn: '2027-12-31',
  guardrails: ['wrong'],
  registeredBy: 'ana',
};
const heldOutArms: ExperimentDocument['arms'] = [
  { id: 'usual', share: 0.2, holdOut: true },
  { id: 'told', share: 0.8, message: 'usual' },
];
const reasons = (over: Partial<ExperimentDocument>, on: Partial<ExperimentGround> = {}) =>
  checkExperiment({ ...sound, ...over }, { ...ground, ...on })
    .map(({ pointer, detail }) => `${pointer} ${detail}`)
    .join('\n');

test('a sound document is not refused, with a hold-out neither', () => {
  expect(reasons({})).toBe('');
  expect(reasons({ arms: heldOutArms, approvedBy: 'ben' })).toBe('');
  expect(reasons({ unit: 'team' })).toBe('');
  expect(experimentSchema.parse(sound)).toEqual(sound);
});

test.each<[string, Partial<ExperimentDocument>, Partial<ExperimentGround>, RegExp]>([
  ['an outcome that was opened', { outcome: 'opened' }, {}, /^\/outcome What was opened/u],
  ['an outcome that was clicked', { outcome: 'link-clicked' }, {}, /no outcome/u],
  ['an outcome that was read', { outcome: 'read-7d' }, {}, /no outcome/u],
  ['an outcome that nobody knows', { outcome: 'happier' }, {}, /known: recurred/u],
  ['a hold-out that nobody approves', { arms: heldOutArms }, {}, /^\/approvedBy A hold-out needs/u],
  [
    'a hold-out that is approved by whoever registers it',
    { arms: heldOutArms, approvedBy: 'ana' },
    {},
    /another person/u,
  ],
  ['an approver whom nobody knows', { arms: heldOutArms, approvedBy: 'zoe' }, {}, /Nobody in the directory/u],
  [
    'a hold-out of high severity',
    { arms: heldOutArms, approvedBy: 'ben' },
    { behaviour: { ...ground.behaviour, severity: 'high' } as never },
    /high severity or urgent/u,
  ],
  [
    'a hold-out of what is urgent',
    { arms: heldOutArms, approvedBy: 'ben' },
    { isUrgent: true },
    /high severity or urgent/u,
  ],
  [
    'a hold-out of workloads and agents',
    { arms: heldOutArms, approvedBy: 'ben' },
    { behaviour: { ...ground.behaviour, keys: { case: 'actor', habit: 'workload' } } as never },
    /workloads and agents/u,
  ],
  [
    'a hold-out of a denial',
    { arms: heldOutArms, approvedBy: 'ben' },
    {
      behaviour: {
        ...ground.behaviour,
        detection: { failed: { a: { 'event.kind': 'policy.denied' }, condition: 'a' } },
      } as never,
    },
    /always hears why/u,
  ],
  ['people where others read it', {}, { isReadByOthers: true }, /the team or the repository/u],
  ['people at a moment of others', { moment: 'escalation' }, {}, /the unit is the team/u],
  ['fewer than six teams an arm', { unit: 'team' }, { teams: 11 }, /about 5.5; under 6/u],
  ['fewer than six repositories an arm', { unit: 'repository' }, {}, /8 repositories .* about 4/u],
  [
    'a later message',
    { arms: [sound.arms[0] as never, { ...sound.arms[1], delay: '4h' } as never] },
    {},
    /time until/u,
  ],
  [
    'another reader',
    { arms: [sound.arms[0] as never, { ...sound.arms[1], to: 'team' } as never] },
    {},
    /who hears/u,
  ],
  [
    'another safety step',
    { arms: [sound.arms[0] as never, { id: 'risky', share: 0.5, message: 'risky' }] },
    {},
    /safety step while danger/u,
  ],
  [
    'words that are chosen by what happened',
    { arms: [sound.arms[0] as never, { id: 'system', share: 0.5, message: 'system' }] },
    {},
    /chosen by what happened/u,
  ],
  [
    'words that no pack has',
    { arms: [sound.arms[0] as never, { id: 'longer', share: 0.5, message: 'longer' }] },
    {},
    /have no messages\/mail\/told.longer.en.md/u,
  ],
  ['a window that does not fit', { endsOn: '2027-01-31' }, {}, /^\/endsOn/u],
  ['a window of days only', { window: '2d' }, {}, /7 to 365/u],
  [
    'shares that are no whole',
    { arms: [sound.arms[0] as never, { ...sound.arms[1], share: 0.4 } as never] },
    {},
    /add up to 0.9/u,
  ],
  [
    'the same words twice',
    { arms: [sound.arms[0] as never, { id: 'other', share: 0.5, message: 'usual' }] },
    {},
    /nothing to compare/u,
  ],
  ['a digest', { moment: 'digest' }, {}, /several cases/u],
  ['a behaviour that nobody knows', {}, { behaviour: undefined }, /^\/behaviour/u],
])('refuses with a sentence: %s', (_, over, on, sentence) => {
  expect(reasons(over, on)).toMatch(sentence);
});

test('the same document has one canonical form, whatever the order of its members and guardrails', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(Object.keys(sound), { minLength: Object.keys(sound).length }), (keys) => {
      const turned = Object.fromEntries(keys.map((key) => [key, sound[key as keyof ExperimentDocument]]));
      const parsed = experimentSchema.parse(turned);
      expect(documentJson(parsed)).toEqual(documentJson(sound));
    }),
  );
  const one = documentJson({ ...sound, guardrails: ['wrong', 'reports'] });
  expect(documentJson({ ...sound, guardrails: ['reports', 'wrong'] })).toEqual(one);
});

test('whoever is assigned on the last day still has a whole window before the end', () => {
  const last = assignedUntil(sound) - 1;
  expect(last + 90 * 86_400_000).toBeLessThan(Date.UTC(2028, 0, 1));
});

test('a small company is told what it cannot see', () => {
  expect(sightOf(sound, 200)).toEqual({
    recurrences: 200,
    detectable: expect.closeTo(0.673, 3),
    isEnough: false,
  });
  expect(sightOf(sound, 8000)).toEqual({
    recurrences: 1000,
    detectable: expect.closeTo(0.838, 3),
    isEnough: true,
  });
});

test('a hold-out keeps what happened and the safety step, and leaves out what teaches', () => {
  const held = heldOut(template('usual'));
  expect(held.slots.map(({ slot }) => slot)).toEqual(['happened', 'step']);
  expect([held.variant, held.showsLearnMore]).toEqual([holdOutVariant, false]);
});
