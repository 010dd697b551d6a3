import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Sight, Verifier, VerifyCase } from '../../src/ports/verifier.ts';
import { contractTest, deepFreeze, hostileTexts, plainLine, type Skip } from './contract-test.ts';

export type VerifierSubject = {
  readonly id: string;
  open(): Promise<OpenedVerifier>;
  readonly skip?: readonly Skip[];
};

export type OpenedVerifier = {
  readonly verifier: Verifier;
  /** Cases with what must be seen of them; at least one that is there and one that is gone. */
  readonly seen: readonly { readonly one: VerifyCase; readonly signal: Sight['signal'] }[];
  /** Cases that this verifier cannot look for. */
  readonly unknown: readonly VerifyCase[];
  /** Values that no sight may show. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
};

/** What every verifier promises: `ports/verifier.ts`. */
export function verifierContract(subject: VerifierSubject): void {
  describe(`verifier ${subject.id}`, () => {
    const { check, checkSkips } = contractTest(subject.skip ?? []);
    let opened: OpenedVerifier | undefined;
    beforeAll(async () => {
      opened = await subject.open();
    });
    afterAll(() => opened?.close());
    const world = (): OpenedVerifier => {
      if (opened === undefined) throw new Error('the verifier did not open');
      return opened;
    };
    const cases = (): readonly VerifyCase[] => world().seen.map(({ one }) => one);
    const look = (list: readonly VerifyCase[], at = 1_700_000_000_000) => world().verifier.look(list, at);
    const signals = (sights: readonly Sight[]) => sights.map(({ loop, signal }) => ({ loop, signal }));

    check('it is named after its folder, which explains it', () => {
      expect(world().verifier.id).toBe(subject.id);
      const readme = new URL(`../../src/adapters/verifiers/${subject.id}/README.md`, import.meta.url);
      expect(existsSync(readme)).toBe(true);
      expect(readFileSync(readme, 'utf8')).toContain('Switch on');
    });

    check('it sees what is there and what is gone, one sight a case, in order', async () => {
      expect(signals(await look(cases()))).toEqual(
        world().seen.map(({ one, signal }) => ({ loop: one.loop, signal })),
      );
      expect(new Set(world().seen.map(({ signal }) => signal)).size).toBeGreaterThan(1);
    });

    check('what cannot be looked at is unknown, never gone, and says why', async () => {
      for (const sight of await look(world().unknown)) expect(sight.signal).toBe('unknown');
      expect(world().unknown.length).toBeGreaterThan(0);
    });

    check('a sight carries the time handed in and one plain sentence, without the secret', async () => {
      for (const sight of await look([...cases(), ...world().unknown], 42)) {
        expect(sight.at).toBe(42);
        expect(sight.reason).toMatch(plainLine);
        for (const secret of world().secrets) expect(sight.reason).not.toContain(secret);
      }
    });

    check('each answer is that of the case alone, in any company and order', async () => {
      const all = [...world().unknown, ...cases(), ...world().unknown].map((one, index) => ({
        ...one,
        loop: `l${index}`,
      }));
      const alone = [];
      for (const one of all) alone.push(...(await look([one])));
      expect(signals(await look(all))).toEqual(signals(alone));
      expect(signals(await look([...all].reverse())).reverse()).toEqual(signals(alone));
      expect(await look([])).toEqual([]);
    });

    check('the same world looks the same again, also side by side', async () => {
      const first = await look(cases());
      for (const again of await Promise.all([look(cases()), look(cases())])) expect(again).toEqual(first);
    });

    check('hostile text in a case is data: nothing throws and nothing counts as gone', async () => {
      const [first] = cases();
      if (first === undefined) throw new Error('no case');
      const hostile = hostileTexts.map(
        (text, index): VerifyCase => ({
          ...first,
          loop: `h${index}`,
          places: [{ repository: text, commit: text, file: text, branch: text, url: text }],
          fingerprints: [{ kind: 'content', keyId: text, value: text }],
          lastFour: text,
        }),
      );
      for (const length of [-1, 0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 40])
        hostile.push({ ...first, length });
      for (const sight of await look(hostile)) {
        expect(sight.signal).toBe('unknown');
        expect(sight.reason).toMatch(plainLine);
      }
    });

    check('cases are not changed', async () => {
      expect(await look(deepFreeze(structuredClone([...cases()])))).toEqual(await look(cases()));
    });

    checkSkips();
  });
}
