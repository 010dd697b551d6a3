import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oscalSchema } from '../../src/ledger/oscal-shape.ts';
import { sealRows } from '../../src/ledger/rows.ts';
import { verifyPeriod } from '../../src/ledger/verify-period.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { sealLedger } from '../../src/loop/seal.ts';
import type { Store } from '../../src/ports/store.ts';
import { fakeSecret, hour, leak } from '../support/house.ts';
import { runCli } from '../support/run-cli.ts';
import { testStores } from '../support/stores.ts';
import { type Doors, openDoors, signer } from './doors.ts';

const sealer = {
  seal: (heads: Parameters<typeof sealRows>[0], previous: Parameters<typeof sealRows>[1], at: number) =>
    sealRows(heads, previous, at, signer),
  keep: async () => undefined,
  missing: async () => [],
};

for (const { name, skip, open } of testStores()) {
  describe.skipIf(skip !== undefined)(`the evidence of a period, ${name}`, () => {
    let store: Store;
    let doors: Doors;
    let token: string;
    let dir: string;
    const period = '/v1/evidence?from=2026-11-20&to=2026-11-30&purpose=an%20audit';

    const leaked = async (n: number, author: string) => {
      const at = doors.house.clock.now();
      const event = leak({ at: at - hour, receivedAt: at, secret: fakeSecret(n), author, file: `${n}.py` });
      await ingest(doors.house.parts, { source: 'scanner', receivedAt: at, mode: 'live', events: [event] });
    };

    beforeAll(async () => {
      store = await open();
      doors = openDoors({ store, delivery: { perPersonPerDayMax: 50 } });
      token = await doors.token(['evidence:read']);
      dir = mkdtempSync(join(tmpdir(), 'foldback-evidence-'));
      for (const n of [1, 2, 3]) await leaked(n, 'ana');
      await leaked(4, 'dora');
      await doors.house.settleDown();
      await sealLedger(doors.house.parts, sealer);
      doors.house.clock.pass(hour);
      await leaked(5, 'bob');
      await doors.house.settleDown();
      await sealLedger(doors.house.parts, sealer);
    });
    afterAll(async () => {
      rmSync(dir, { recursive: true, force: true });
      await store?.close();
    });

    const lines = async (asked = token): Promise<readonly string[]> =>
      (await doors.ask(period, { token: asked })).text.split('\n').filter((line) => line !== '');
    async function* each(given: readonly string[]): AsyncGenerator<string> {
      yield* given;
    }
    const check = (given: readonly string[]) => verifyPeriod(each(given), { trustedKeys: [signer.keyId] });
    const kinds = async (given: readonly string[]) =>
      (await check(given)).findings.map(({ kind, where }) => `${kind} ${where}`);

    test('is whole as it was written, with every story that its checkpoints hold', async () => {
      const verdict = await check(await lines());
      expect(verdict.findings).toEqual([]);
      // Five cases, and the chain that notes that of the audit: the export is an entry of it.
      expect(verdict.summary).toMatchObject({ stories: 6, checkpoints: 2, notSealedYet: 1, isTrusted: true });
    });

    test('a story that was taken out is named by the checkpoint that holds it', async () => {
      const all = await lines();
      const without = all.filter((_, index) => index !== 4);
      const loop = String(JSON.parse(all[4] ?? '{}').story.loop);
      expect(await kinds(without)).toEqual([`missing loop ${loop}`, 'missing statement']);
    });

    test('a story taken out together with its heads shows in the root of the checkpoint', async () => {
      const all = await lines();
      const loop = String(JSON.parse(all[4] ?? '{}').story.loop);
      const without = all
        .filter((_, index) => index !== 4)
        .map((text) => {
          const line = JSON.parse(text);
          if (line.heads === undefined) return text;
          return JSON.stringify({
            ...line,
            heads: line.heads.filter((head: { loop: string }) => head.loop !== loop),
          });
        });
      expect((await kinds(without)).some((one) => one.startsWith('missing checkpoint'))).toBe(true);
    });

    test('an altered entry is named with its case; a cut file, a moved line and a foreign line are found', async () => {
      const all = await lines();
      const story = JSON.parse(all[3] ?? '{}');
      story.story.entries[0].at += 1;
      const altered = all.with(3, JSON.stringify(story));
      expect((await kinds(altered))[0]).toBe(
        `altered loop ${story.story.caseCode} (${story.story.loop}), entry 1`,
      );
      expect(await kinds(all.slice(0, -1))).toEqual(['truncated statement']);
      expect(await kinds(all.with(3, all[4] ?? '').with(4, all[3] ?? ''))).toEqual(['altered statement']);
      expect(await kinds([...all, all[3] ?? ''])).toEqual([`bad-format line ${all.length + 1}`]);
    });

    test('no single line can be changed, removed or repeated unseen', async () => {
      const all = await lines();
      await fc.assert(
        fc.asyncProperty(
          fc.nat(all.length - 1),
          fc.constantFrom('remove', 'repeat', 'change'),
          fc.nat(10_000),
          async (index, how, at) => {
            const line = all[index] ?? '';
            const digits = [...line.matchAll(/[0-9]/gu)].map(({ index: place }) => place);
            const place = digits[at % digits.length] ?? 0;
            const other = line[place] === '7' ? '8' : '7';
            const changed = `${line.slice(0, place)}${other}${line.slice(place + 1)}`;
            const given =
              how === 'remove'
                ? all.toSpliced(index, 1)
                : all.toSpliced(index, how === 'change' ? 1 : 0, how === 'change' ? changed : line);
            expect((await check(given)).isWhole).toBe(false);
          },
        ),
        { numRuns: 60 },
      );
    });

    test('a token of one team exports its own cases only, each with the way up to the root', async () => {
      const own = await doors.token(['evidence:read'], { teams: ['red'] });
      const all = await lines(own);
      const verdict = await check(all);
      expect(verdict.findings).toEqual([]);
      expect(verdict.summary?.stories).toBe(1);
      expect(all.join('\n')).not.toContain('"ana"');
      const others = (await store.read.loops(loopPrincipal, { team: 'blue', limit: 50 })).items;
      expect(others).toHaveLength(4);
      for (const { id } of others) expect(all.join('\n')).not.toContain(id);
    });

    test('personal values may be taken out: the chain stays whole, and the file says how many are gone', async () => {
      const all = (await lines()).map((text) => {
        const line = JSON.parse(text);
        return line.story === undefined ? text : JSON.stringify({ story: { ...line.story, private: [] } });
      });
      const verdict = await check(all);
      expect(verdict.isWhole).toBe(true);
      expect(verdict.summary?.erased).toBeGreaterThan(0);
      expect(verdict.summary?.held).toBe(0);
    });

    test('rows, page and OSCAL results are checked by the command, and an altered row is named', async () => {
      for (const format of ['json', 'csv', 'html', 'oscal']) {
        const answer = await doors.ask(`${period}&format=${format}`, { token });
        expect(answer.status).toBe(200);
        writeFileSync(join(dir, `evidence.${format}`), answer.text);
      }
      const ran = await runCli(['evidence', 'verify', dir, '--json', '--public-key', signer.keyId]);
      const verdicts = ran.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(verdicts.map(({ findings }) => findings)).toEqual([[], [], [], []]);
      expect(ran.code).toBe(0);

      const file = join(dir, 'evidence.csv');
      const rows = (await doors.ask(`${period}&format=csv`, { token })).text.split('\n');
      writeFileSync(file, rows.with(2, (rows[2] ?? '').replace('told', 'held')).join('\n'));
      const altered = await runCli(['evidence', 'verify', file]);
      expect(altered.code).toBe(1);
      expect(altered.stdout).toMatch(/altered: row 2 \(FB-/u);
      writeFileSync(file, rows.toSpliced(3, 1).join('\n'));
      expect((await runCli(['evidence', 'verify', file])).stdout).toContain('missing: row 3');

      const page = (await doors.ask(`${period}&format=html`, { token })).text;
      expect(page).not.toMatch(/<script|https?:\/\//u);
      writeFileSync(join(dir, 'page.html'), page.replace('<td class="n">5', '<td class="n">4'));
      expect((await runCli(['evidence', 'verify', join(dir, 'page.html')])).code).toBe(1);
    });

    test('OSCAL says satisfied of no outcome while a case is not proven, and its ids are the same again', async () => {
      const first = oscalSchema.parse((await doors.ask(`${period}&format=oscal`, { token })).json);
      const again = oscalSchema.parse((await doors.ask(`${period}&format=oscal`, { token })).json);
      expect(again).toEqual(first);
      const results = first['assessment-results'].results;
      const states = results.flatMap(({ findings = [] }) =>
        findings.map(({ target }) => target.status.state),
      );
      expect(new Set(states)).toEqual(new Set(['not-satisfied']));
      expect(JSON.stringify(first)).not.toContain('RS.IM-1"');
      const [{ loop }] = [{ loop: (await store.read.loops(loopPrincipal, { limit: 1 })).items[0]?.id ?? '' }];
      const one = await doors.ask(`/v1/loops/${loop}/evidence?format=oscal`, { token });
      expect(oscalSchema.safeParse(one.json).success).toBe(true);
    });

    test('coverage counts the cases of the period a principal sees, names gaps, and says where RS.IM-1 went', async () => {
      const csf = await doors.ask('/v1/coverage?from=2026-11-20&to=2026-11-30&framework=NIST-CSF', { token });
      const text = JSON.stringify(csf.json);
      expect(text).toContain('CSF 1.1 RS.IM-1 is covered in CSF 2.0 by ID.IM-03 and ID.IM-04.');
      expect(text).not.toContain('"id":"RS.IM-1"');
      const itemsOf = async (asked: string) => {
        const { json } = await doors.ask('/v1/coverage?from=2026-11-20&to=2026-11-30&framework=OWASP-NHI', {
          token: asked,
        });
        const [framework] = JSON.parse(JSON.stringify(json.items));
        return framework;
      };
      const nhi = await itemsOf(token);
      expect(nhi.items.find((item: { id: string }) => item.id === 'NHI2')).toMatchObject({
        reference: 'OWASP-NHI 2025 NHI2',
        loops: 5,
        verified: 0,
      });
      expect(nhi.gaps).toContain('NHI9');
      const red = await itemsOf(await doors.token(['evidence:read'], { teams: ['red'] }));
      expect(red.items.find((item: { id: string }) => item.id === 'NHI2')).toMatchObject({ loops: 1 });
      const before = await doors.ask('/v1/coverage?from=2026-01-01&to=2026-01-31', { token });
      expect(JSON.stringify(before.json)).not.toMatch(/"loops":[1-9]/u);
    });

    test('every export leaves who, when and why; what is asked wrongly is refused and leaves nothing', async () => {
      const before = (await store.read.exports(loopPrincipal, 1000)).length;
      for (const wrong of ['from=2026-11-30&to=2026-11-01', 'from=yesterday', 'format=pdf', 'purpose=x']) {
        const answer = await doors.ask(`/v1/evidence?${wrong}`, { token });
        expect(answer.status, wrong).toBe(400);
      }
      expect((await store.read.exports(loopPrincipal, 1000)).length).toBe(before);
      await doors.ask(period, { token });
      const after = await store.read.exports(loopPrincipal, 1000);
      expect(after).toHaveLength(before + 1);
      expect(after).toContainEqual(
        expect.objectContaining({ report: 'evidence', purpose: 'an audit', byName: 'a test' }),
      );
    });
  });
}

test('a token without the scope exports nothing', async () => {
  const [embedded] = testStores();
  const store = await embedded?.open();
  if (store === undefined) throw new Error('no store');
  const doors = openDoors({ store });
  const token = await doors.token(['loops:read']);
  for (const path of ['/v1/evidence', '/v1/coverage'])
    expect((await doors.ask(path, { token })).status).toBe(403);
  await store.close();
});
