import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { OwnerDirectory, OwnerQuery } from '../../src/ports/owner-directory.ts';
import { ownerWeights } from '../support/owner-weights.ts';
import { contractTest, deepFreeze, hostileTexts, plainLine, type Skip } from './contract-test.ts';

export type OwnerDirectorySubject = {
  readonly id: string;
  /** Opens the directory over a world in which it knows an owner. */
  open(): Promise<OpenedDirectory>;
  readonly skip?: readonly Skip[];
};

export type OpenedDirectory = {
  readonly directory: OwnerDirectory;
  /** Questions that have evidence. */
  readonly known: readonly [OwnerQuery, ...OwnerQuery[]];
  close(): Promise<void>;
};

/** What every owner directory promises: `ports/owner-directory.ts`. */
export function ownerDirectoryContract(subject: OwnerDirectorySubject): void {
  describe(`owner directory ${subject.id}`, () => {
    const { check, checkSkips } = contractTest(subject.skip ?? []);
    let opened: OpenedDirectory | undefined;
    beforeAll(async () => {
      opened = await subject.open();
    });
    afterAll(() => opened?.close());
    const world = (): OpenedDirectory => {
      if (opened === undefined) throw new Error('the directory did not open');
      return opened;
    };
    const ask = (queries: readonly OwnerQuery[]) => world().directory.evidence(queries);

    check('it is named after its folder, which explains it', () => {
      expect(world().directory.id).toBe(subject.id);
      const readme = new URL(`../../src/adapters/owners/${subject.id}/README.md`, import.meta.url);
      expect(existsSync(readme)).toBe(true);
      expect(readFileSync(readme, 'utf8')).toContain('Switch on');
    });

    check(
      'what it knows has evidence of a known kind, with a weight from 0 to 1 and a plain line',
      async () => {
        for (const pieces of await ask(world().known)) {
          expect(pieces.length).toBeGreaterThan(0);
          for (const piece of pieces) {
            expect(Object.keys(ownerWeights.kinds)).toContain(piece.kind);
            expect(piece.weight > 0 && piece.weight <= 1).toBe(true);
            expect(piece.detail).toMatch(plainLine);
          }
        }
      },
    );

    check('what it does not know has no evidence, and that is an answer', async () => {
      const [first] = world().known;
      const unknown: OwnerQuery[] = [
        { where: {}, leads: [] },
        { where: { repository: 'nobody/nothing', file: 'a.ts', line: 1 }, leads: [] },
        { where: { repository: 'nobody/nothing', commit: 'f'.repeat(40), file: 'a.ts' }, leads: [] },
        { where: { ...first.where, repository: 'nobody/nothing' }, leads: [] },
        { where: {}, leads: [{ kind: 'commit-author', name: 'No One', email: 'no.one@elsewhere.example' }] },
        { where: {}, leads: [{ kind: 'pusher', account: { system: 'github', name: 'no-one-here' } }] },
        { where: {}, leads: [], identity: { type: 'api-key', id: 'nothing', provider: 'nobody' } },
      ];
      expect(await ask(unknown)).toEqual(unknown.map(() => []));
    });

    check(
      'hostile text anywhere in a question is data: nothing throws, and evidence stays a plain line',
      async () => {
        const [first] = world().known;
        const queries = hostileTexts.flatMap((text): OwnerQuery[] => [
          { where: { ...first.where, file: text }, leads: [] },
          { where: { ...first.where, commit: text }, leads: [] },
          { where: { ...first.where, repository: text }, leads: [] },
          {
            where: { repository: text, commit: text, file: text, branch: text, url: text, line: -1 },
            leads: [],
          },
          {
            where: {},
            leads: [
              { kind: 'commit-author', name: text, email: text, account: { system: text, name: text } },
            ],
            identity: { type: text, id: text, provider: text },
          },
        ]);
        for (const line of [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1.5, 2 ** 53]) {
          queries.push({ where: { ...first.where, line }, leads: [] });
        }
        const answers = await ask(queries);
        expect(answers.length).toBe(queries.length);
        for (const piece of answers.flat()) expect(piece.detail).toMatch(plainLine);
      },
    );

    check('a batch keeps its order, and each answer is that of the question alone', async () => {
      const nothing: OwnerQuery = { where: {}, leads: [] };
      const batch = [nothing, ...world().known, nothing, ...[...world().known].reverse()];
      const alone = [];
      for (const query of batch) alone.push(...(await ask([query])));
      expect(await ask(batch)).toEqual(alone);
      expect(await ask([])).toEqual([]);
    });

    check('the same question gets the same answer, also when asked side by side', async () => {
      const first = await ask(world().known);
      const again = await Promise.all([ask(world().known), ask(world().known), ask(world().known)]);
      for (const answer of again) expect(answer).toEqual(first);
    });

    check('questions are not changed', async () => {
      const frozen = deepFreeze(structuredClone([...world().known]));
      expect(await ask(frozen)).toEqual(await ask(world().known));
    });

    check('a thousand questions at once are all answered', async () => {
      const many = Array.from({ length: 1000 }, (_, index) => world().known[index % world().known.length]);
      const queries = many.flatMap((query) => query ?? []);
      const answers = await ask(queries);
      const few = await ask(world().known);
      expect(answers).toEqual(queries.map((_, index) => few[index % few.length]));
    });

    checkSkips();
  });
}
