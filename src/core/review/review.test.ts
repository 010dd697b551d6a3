import { describe, expect, test } from 'vitest';
import type { MixtureUnit } from '../measures/mining/mixture.ts';
import { seededRandom } from '../measures/numeric/seeded-random.ts';
import { mergeDrafts, splitDrafts } from './find-kinds.ts';
import { messageDrafts, type SpokenRecord } from './find-messages.ts';
import { repeatDrafts } from './find-repeats.ts';
import { patchOf } from './patch.ts';
import type { Draft } from './proposal.ts';
import { wordsIn, wordsOf } from './reply-words.ts';

const none = { x: 0, n: 40 };
const record = (more: Partial<SpokenRecord> = {}): SpokenRecord => ({
  behaviour: 'one',
  people: 40,
  firsts: 0,
  riskRatioUpper: null,
  verified: { x: 30, n: 40 },
  replies: { 'need-help': none, wrong: none, 'not-mine': none },
  notes: 0,
  words: [],
  failedVersions: 0,
  ...more,
});

describe('words that do not work', () => {
  test('are proposed with the count, the interval and a cause; those that work are not', () => {
    expect(messageDrafts([record()])).toEqual([]);
    const [draft, ...others] = messageDrafts([record({ verified: { x: 9, n: 40 } })]);
    expect(others).toEqual([]);
    expect(draft).toMatchObject({ kind: 'reword', behaviour: 'one', subject: '', cause: 'capability' });
    expect(draft?.evidence).toMatchObject([{ code: 'not-fixed', x: 9, n: 40 }]);
    expect(draft?.evidence[0]?.lower).toBeCloseTo(0.1235, 3);
  });

  test('of fewer than five people are nobody’s business', () => {
    expect(messageDrafts([record({ people: 4, verified: { x: 1, n: 40 } })])).toEqual([]);
  });

  test('that an experiment shows to change nothing ask for others; without an experiment nothing is said of it', () => {
    const trial = { firsts: 80, riskRatioUpper: 1.1 };
    expect(messageDrafts([record(trial)])).toMatchObject([{ kind: 'variant', cause: 'motivation' }]);
    expect(messageDrafts([record({ firsts: 59, riskRatioUpper: 1.1 })])).toEqual([]);
  });

  test('changed twice in vain ask for a control, and never for a third wording', () => {
    const [draft] = messageDrafts([record({ verified: { x: 9, n: 40 }, failedVersions: 1 })]);
    expect(draft).toMatchObject({ kind: 'control', cause: 'opportunity' });
    expect(draft?.evidence).toContainEqual({ code: 'failed-versions', subject: '', x: 2, n: 2 });
  });
});

const units = (tool: string, size: number, events: number): readonly MixtureUnit[] =>
  Array.from({ length: size }, (_, at) => ({
    features: { tool },
    isEvent: at < events,
    half: at % 2 === 0 ? 0 : 1,
  }));
const split = [...units('shell', 60, 40), ...units('mail', 60, 10)];

describe('kinds', () => {
  test('that recur otherwise are split off by the level that stands out, the same every time', () => {
    const draft = () => splitDrafts([{ behaviour: 'one', units: split }], () => seededRandom(1));
    expect(draft()).toMatchObject([{ kind: 'split', subject: 'tool=shell', cause: 'opportunity' }]);
    expect(draft()[0]?.evidence).toMatchObject([{ code: 'kinds', x: 40, n: 60, against: 10 / 60 }]);
    expect(draft()).toEqual(draft());
    const alike = [...units('shell', 60, 20), ...units('mail', 60, 20)];
    expect(splitDrafts([{ behaviour: 'one', units: alike }], () => seededRandom(1))).toEqual([]);
  });

  test('are joined only with one fix and one profile, and where enough was seen to say that they recur alike', () => {
    const both = (size: number) => [
      { behaviour: 'one', units: units('shell', size + 1, size / 2) },
      { behaviour: 'two', units: units('shell', size, size / 2) },
    ];
    const same = ['one', 'two'].map((behaviour) => ({ behaviour, profile: 'p' }));
    expect(mergeDrafts(both(2000), same)).toMatchObject([
      { kind: 'merge', behaviour: 'one', subject: 'two' },
    ]);
    expect(mergeDrafts(both(100), same)).toEqual([]);
    expect(
      mergeDrafts(both(2000), [
        { behaviour: 'one', profile: 'p' },
        { behaviour: 'two', profile: 'q' },
      ]),
    ).toEqual([]);
  });
});

describe('signs that are missed again', () => {
  const urgent = new Set(['urgency', 'link-text']);
  const plain = new Set(['attachment', 'link-text']);
  const mails = [urgent, urgent, urgent, plain, plain, plain];
  const missed = (people: number) =>
    Array.from({ length: people }, () => ({ signs: [urgent, urgent, urgent] }));

  test('are proposed when the mails alone would not bring them about, never one that every mail shows', () => {
    const found = repeatDrafts([{ behaviour: 'one', repeaters: missed(12), mails }]);
    expect(found).toMatchObject([
      { kind: 'variant', subject: 'urgency', evidence: [{ x: 12, n: 12, against: 0.5 }] },
    ]);
  });

  test('of fewer than five people are not', () => {
    expect(repeatDrafts([{ behaviour: 'one', repeaters: missed(4), mails }])).toEqual([]);
    const mixed = Array.from({ length: 12 }, () => ({ signs: [urgent, plain] }));
    expect(repeatDrafts([{ behaviour: 'one', repeaters: mixed, mails }])).toEqual([]);
  });
});

describe('words of answers', () => {
  test('are letters and nothing else, however hostile the note, and no names', () => {
    const text =
      '<img src=x onerror=alert(1)> https://evil.example/x?q=1 @everyone Ana ＵＮＣＬＥＡＲ `rm -rf /` кто \u202e';
    const found = wordsOf(
      [
        { by: 'p', text },
        { by: 'q', text: 'unclear unclear' },
      ],
      wordsIn(['Ana Souza']),
    );
    for (const word of found.keys()) expect(word).toMatch(/^\p{Script=Latin}{3,24}$/u);
    expect(found.get('unclear')).toEqual({ count: 3, people: 2 });
    expect(found.has('ana')).toBe(false);
  });
});

const behaviourFile = `id: one
version: 3
title: One
detection:
  failed:
    called:
      event.kind: agent.called
    refused:
      event.outcome: failure
    condition: called and not refused
  fixed:
    stopped:
      event.kind: identity.disabled
    condition: stopped
relapse:
  window: 60d
`;
const texts: Readonly<Record<string, string>> = {
  'behaviours/one.yaml': behaviourFile,
  'behaviours/two.yaml': behaviourFile.replace('id: one', 'id: two'),
  'messages/one/told.en.md': '---\nmoment: told\nlanguage: en\nversion: 2\n---\n\n## happened\nIt.\n',
};
const patched = (over: Partial<Draft>) =>
  patchOf({
    draft: { kind: 'reword', behaviour: 'one', subject: '', evidence: [], words: [], ...over },
    id: 'a'.repeat(32),
    day: '2026-11-28',
    version: 3,
    packs: { files: Object.keys(texts), text: (file) => texts[file] },
  });

describe('patches', () => {
  test('write numbers and names, and nothing that people or events said', () => {
    const evil = "x'\n+++ b/.git/hooks/post-checkout";
    const evidence = [{ code: 'replies', subject: evil, x: 9, n: 40, lower: 0.1, upper: 0.4 } as const];
    const made = patched({ evidence, words: [{ word: 'unclear', people: 9 }] });
    expect(made).toMatchObject({ kind: 'written', files: ['messages/one/told.en.md'] });
    const text = made.kind === 'written' ? made.text : '';
    expect(text).toContain('+# - replies: 9 of 40, 0.100 to 0.400');
    expect(text).toContain('+version: 3');
    for (const word of ['post-checkout', 'unclear']) expect(text).not.toContain(word);
    expect(patched({ kind: 'split', subject: `tool=${evil}` })).toEqual({ kind: 'left', gap: 'no-field' });
  });

  test('leave to a person what no field of an event tells, or what is written in another form', () => {
    expect(patched({ kind: 'split', subject: 'device=phone' })).toEqual({ kind: 'left', gap: 'no-field' });
    expect(patched({ kind: 'split', behaviour: 'none', subject: 'tool=a' })).toMatchObject({
      gap: 'form-not-known',
    });
    expect(patched({ kind: 'reword', behaviour: 'two' })).toEqual({ kind: 'left', gap: 'nothing-to-change' });
  });

  test('say where the cases before them count', () => {
    const made = patched({ kind: 'split', subject: 'tool=Read' });
    const text = made.kind === 'written' ? made.text : '';
    expect(text).toContain("+where: { feature: tool, is: ['Read'] }");
    expect(text).toContain('+    condition: (called and not refused) and not this_kind');
    const merged = patched({ kind: 'merge', subject: 'two' });
    expect(merged.kind === 'written' ? merged.text : '').toContain(
      '+    condition: (called and not refused) or (also_called and not also_refused)',
    );
  });
});
