import { describe, expect, test } from 'vitest';
import { emptyFacts, type Sighting } from '../loop/facts.ts';
import { featuresOf } from './features.ts';
import { type Remap, remapSchema, taxonomyChanges } from './remap.ts';

const sighting: Sighting = {
  event: 'e1',
  source: 'agents',
  at: Date.UTC(2026, 0, 5, 23),
  where: { repository: 'acme/shop', file: 'src/.env' },
  actor: { type: 'person' },
  evidence: [],
  resource: { type: 'tool', id: 'Read' },
  network: { userAgent: 'Mozilla/5.0 (iPhone)' },
};
const facts = { ...emptyFacts('x'), kept: [sighting] };

describe('features of a case', () => {
  test('are plain names of its first sighting', () => {
    expect(featuresOf(facts)).toEqual({
      source: 'agents',
      repository: 'acme/shop',
      'file-kind': 'env',
      resource: 'tool',
      tool: 'Read',
      'hour-band': 'evening',
      device: 'phone',
    });
  });

  test('leave out what could be more than a name', () => {
    const hostile = { ...sighting, action: "x'\n  y: z", where: { repository: 'acme/$(id)', file: 'a.{b}' } };
    expect(Object.keys(featuresOf({ ...facts, kept: [hostile] }))).toEqual([
      'source',
      'resource',
      'tool',
      'hour-band',
      'device',
    ]);
  });
});

describe('changes of the taxonomy', () => {
  const seen = (version: number | null, pack: string, day: number) => ({
    version,
    pack,
    firstAt: Date.UTC(2026, 0, day),
  });
  const remap = (over: object): Remap =>
    remapSchema.parse({
      on: '2026-01-10',
      from: { behaviour: 'bb', version: 1 },
      why: 'It fell apart.',
      ...over,
    });

  test('a new version without a remap is a break, and so is another judgement under the same version', () => {
    const found = taxonomyChanges(
      'bb',
      [seen(2, 'q', 9), seen(1, 'p', 1), seen(null, 'o', 0), seen(2, 'r', 20)],
      [],
    );
    expect(found.map(({ kind, on, from, to }) => [kind, on, from.version, to?.version])).toEqual([
      ['break', '2026-01-09', 1, 2],
      ['break', '2026-01-20', 2, 2],
    ]);
  });

  test('what a remap tells is said once, with where cases went, on both sides', () => {
    const move = remap({ to: 'cc', where: { feature: 'tool', is: ['Read'] } });
    const versions = [seen(1, 'p', 1), seen(2, 'q', 10)];
    expect(taxonomyChanges('bb', versions, [move])).toMatchObject([
      { kind: 're-mapped', to: { behaviour: 'cc' } },
    ]);
    expect(taxonomyChanges('cc', [], [move])).toHaveLength(1);
    expect(taxonomyChanges('dd', [], [move])).toEqual([]);
    expect(taxonomyChanges('bb', versions, [remap({ break: true })])).toMatchObject([
      { kind: 'break', on: '2026-01-10' },
    ]);
  });

  test('a remap decides by what is kept with a case and by nothing else', () => {
    const where = (feature: string, is: readonly string[]) => ({ to: 'cc', where: { feature, is } });
    expect(() => remap(where('mood', ['bad']))).toThrow();
    expect(() => remap(where('difficulty', ['very']))).toThrow();
    expect(() => remap(where('tool', ["Read'; drop"]))).toThrow();
    expect(() => remap({ to: 'cc', break: true })).toThrow();
  });
});
