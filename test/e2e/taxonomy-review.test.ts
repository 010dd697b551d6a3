import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepCampaign } from '../../src/loop/campaign.ts';
import { reviewTaxonomy, reviewWeekly } from '../../src/loop/reviews/propose.ts';
import { checkPacks } from '../../src/packs/check.ts';
import { loadPacks } from '../../src/packs/load.ts';
import { shippedPacksDir } from '../../src/packs/pack-folder.ts';
import type { LoopRow, ReplyRow, Store } from '../../src/ports/store.ts';
import { type Doors, openDoors } from '../http/doors.ts';
import { day, monday, testClock } from '../support/house.ts';
import { measuredLoop, newId } from '../support/measured-loops.ts';
import { runCli } from '../support/run-cli.ts';
import { testStores } from '../support/stores.ts';

const agent = 'agent-outside-policy';
const token = 'token-outside-approved-path';
const click = 'clicked-simulated-phish';
const old = monday - 200 * day;

/** So many units with one tool, some of which did it again ten days later. */
function tools(tool: string, size: number, again: number): readonly LoopRow[] {
  return Array.from({ length: size }, (_, at) => at).flatMap((at) => {
    const given = { behaviour: agent, unit: newId(), tool, verifiedAt: old };
    const first = measuredLoop({ ...given, at: old });
    return at < again ? [first, measuredLoop({ ...given, at: old + 10 * day })] : [first];
  });
}

const told = (at: number): LoopRow =>
  measuredLoop({
    behaviour: token,
    unit: newId(),
    at: monday - 20 * day,
    toldAt: monday - 20 * day,
    ...(at < 6 ? { verifiedAt: monday - 19 * day } : {}),
  });

const hostile = 'unclear <b>unclear</b> http://evil.example/x @everyone';
const note = (loop: LoopRow, at: number, answer: string, reason: string): ReplyRow => ({
  id: newId(),
  loop: loop.id,
  at: monday - 10 * day,
  answer,
  body: { answer, reason, by: { kind: 'person', id: `p${at}` } },
});

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`a review of the taxonomy over the ${kind.name} store`, () => {
    let store: Store;
    let doors: Doors;
    const tokens = { author: '', reader: '', red: '' };
    beforeAll(async () => {
      store = await kind.open();
      doors = openDoors({ store, clock: testClock(monday) });
      tokens.author = await doors.token(['behaviours:read', 'behaviours:write'], { days: 365 });
      tokens.reader = await doors.token(['behaviours:read'], { days: 365 });
      tokens.red = await doors.token(['behaviours:read', 'behaviours:write'], { teams: ['red'], days: 365 });
      const spoken = Array.from({ length: 30 }, (_, at) => told(at));
      const mails = ['a', 'b', 'c', 'd', 'e', 'f'];
      for (const [at, id] of mails.entries()) {
        const cue = {
          kind: at < 3 ? 'urgency' : 'attachment',
          where: { part: 'subject', start: 0, end: 3 },
        } as const;
        const reconstruction = { replyTo: [], subject: 'Now', text: 'Now', isCut: false, attachments: [] };
        await keepCampaign(doors.house.parts, { source: 'scanner', id }, { reconstruction, cues: [cue] }, {});
      }
      const clicks = (campaigns: readonly string[]) => {
        const unit = newId();
        return campaigns.map((campaign) =>
          measuredLoop({ behaviour: click, unit, campaign, at: monday - 30 * day }),
        );
      };
      const clicked = [
        ...Array.from({ length: 12 }, () => clicks(['a', 'b', 'c'])).flat(),
        ...['d', 'e', 'f'].flatMap((one) => clicks([one])),
      ];
      await store.transaction(async (tx) => {
        await tx.saveLoops([...tools('shell', 40, 28), ...tools('mail', 40, 7), ...spoken, ...clicked]);
        await tx.insertReplies([
          ...spoken.slice(0, 12).map((loop, at) => note(loop, at, 'wrong', hostile)),
          ...spoken
            .slice(12)
            .map((loop, at) => note(loop, at, 'accept-risk', 'rotated already in the vault today')),
        ]);
      });
    });
    afterAll(() => store?.close());

    const ask = (path: string, as = tokens.author) => doors.ask(path, { token: as });
    const list = async (query = '', as = tokens.author) => {
      const { items } = (await ask(`/v1/reviews${query}`, as)).json;
      return Array.isArray(items) ? items : [];
    };
    const ids: Record<string, string> = {};

    test('proposes what the counts show, each once, with its interval and cause', async () => {
      expect((await doors.ask('/v1/reviews', { method: 'POST', token: tokens.author })).json).toEqual({
        proposed: 3,
      });
      const found = await list();
      for (const one of found) ids[one.kind] = one.id;
      const of = (what: string) => found.find((one) => one.kind === what);
      expect(of('split')).toMatchObject({
        behaviour: agent,
        subject: 'tool=shell',
        cause: 'opportunity',
        evidence: [{ code: 'kinds', x: 28, n: 40, against: 7 / 40 }],
      });
      expect(of('reword')).toMatchObject({
        behaviour: token,
        evidence: [
          { code: 'not-fixed', x: 6, n: 30, lower: expect.any(Number) },
          { code: 'words', x: 12, n: 12 },
        ],
        files: [`messages/${token}/told.en.md`, `messages/${token}/told.es.md`],
      });
      expect(of('variant')).toMatchObject({
        behaviour: click,
        subject: 'urgency',
        evidence: [{ x: 12, n: 12 }],
      });
    });

    test('stands in the ledger and is sealed with the others', async () => {
      const heads = await store.transaction((tx) => tx.unsealedHeads(1_000));
      expect(heads.map(({ loop }) => loop)).toEqual(expect.arrayContaining(Object.values(ids)));
    });

    test('shows words that five people or more wrote, and nothing else of their notes', async () => {
      const [reword] = await list('?kind=reword');
      const words = Array.isArray(reword?.words)
        ? reword.words.map(({ word }: { word: string }) => word)
        : [];
      expect(words).toContain('unclear');
      for (const word of words) expect(word).toMatch(/^\p{L}+$/u);
      const { patch } = (await ask(`/v1/reviews/${ids['reword']}`)).json;
      expect(patch).not.toContain('unclear');
    });

    test('the same evidence is the same proposal, and once a week is enough', async () => {
      expect(await reviewTaxonomy(doors.house.parts)).toBe(0);
      expect(await reviewWeekly(doors.house.parts)).toBe(0);
      expect((await list()).map(({ id }) => id).toSorted()).toEqual(Object.values(ids).toSorted());
    });

    test('every patch fits the packs; split, the behaviour and its new kind load, and earlier cases are moved', async () => {
      const dir = mkdtempSync(join(tmpdir(), 'foldback-review-'));
      try {
        cpSync(shippedPacksDir(), dir, { recursive: true });
        execFileSync('git', ['init', '-q'], { cwd: dir });
        for (const id of Object.values(ids)) {
          const { patch } = (await ask(`/v1/reviews/${id}`)).json;
          execFileSync('git', ['apply', '--check'], { cwd: dir, input: String(patch) });
          execFileSync('git', ['apply'], { cwd: dir, input: String(patch) });
        }
        const loaded = loadPacks(dir);
        expect(loaded.kind === 'error' ? loaded.problems : []).toEqual([]);
        if (loaded.kind === 'error') return;
        const { packs } = loaded;
        const before = doors.given.packs.behaviours.get(agent)?.behaviour.version ?? 0;
        expect(packs.behaviours.get(agent)?.behaviour.version).toBe(before + 1);
        expect(packs.behaviours.get(`${agent}-shell`)?.behaviour.version).toBe(1);
        expect(packs.remaps.filter((one) => 'to' in one)).toMatchObject([
          { from: { behaviour: agent, version: before }, to: `${agent}-shell` },
        ]);
        // What is left for a person are the examples of what was narrowed.
        const left = checkPacks(dir).problems.filter(({ file }) => !file.startsWith('behaviours/'));
        expect(left).toEqual([]);
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    });

    test('another team sees none of it and decides about none; who may only read decides nothing', async () => {
      expect(await list('', tokens.red)).toEqual([]);
      expect((await ask(`/v1/reviews/${ids['split']}`, tokens.red)).status).toBe(404);
      const json = { decision: 'reject', reason: 'They are one kind.' };
      const decide = (as: string, body: object) =>
        doors.ask(`/v1/reviews/${ids['split']}/decisions`, { token: as, json: body });
      expect((await decide(tokens.red, json)).status).toBe(404);
      expect((await doors.ask('/v1/reviews', { method: 'POST', token: tokens.red })).status).toBe(403);
      expect((await decide(tokens.reader, json)).status).toBe(403);
      expect((await decide(tokens.author, { decision: 'accept' })).status).toBe(400);
      expect((await decide(tokens.author, json)).json).toMatchObject({
        state: 'rejected',
        reason: json.reason,
      });
      expect((await decide(tokens.author, json)).status).toBe(409);
      const { story } = (await ask(`/v1/reviews/${ids['split']}`)).json;
      expect(Array.isArray(story) && story.map(({ kind: what }) => what)).toEqual([
        'proposed',
        'decision:reject',
      ]);
    });

    test('what was turned down is not proposed again for ninety days, and then anew', async () => {
      const splits = async () => (await list('?kind=split')).map(({ state }) => state);
      doors.house.clock.pass(60 * day);
      await reviewTaxonomy(doors.house.parts);
      expect(await splits()).toEqual(['rejected']);
      doors.house.clock.pass(31 * day);
      await reviewTaxonomy(doors.house.parts);
      expect(await splits()).toEqual(['proposed', 'rejected']);
    });
  });
}

test('the command line looks, shows the diff alone, and decides', async () => {
  const kind = testStores().findLast(({ skip }) => skip === undefined);
  const store = await kind?.open();
  if (store === undefined) return;
  const doors = openDoors({ store, clock: testClock(monday) });
  const author = await doors.token(['behaviours:read', 'behaviours:write']);
  await store.transaction((tx) => tx.saveLoops(Array.from({ length: 30 }, (_, at) => told(at))));
  const server = serve({ fetch: doors.app.fetch, hostname: '127.0.0.1', port: 0 });
  await new Promise((settle) => server.once('listening', settle));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const run = (...args: string[]) =>
    runCli(['packs', 'review', ...args, '--server', `http://127.0.0.1:${port}`], {
      env: { FOLDBACK__TOKEN: author },
    });
  try {
    const looked = await run('--json');
    const review: { id: string; kind: string } = JSON.parse(looked.stdout);
    expect(review.kind).toBe('reword');
    const [patch, rejected] = [
      await run(review.id, '--patch'),
      await run(review.id, '--reject', '--reason', 'Not now.'),
    ];
    expect(patch.stdout.startsWith('diff --git a/messages/')).toBe(true);
    expect(rejected.stdout).toContain('is rejected');
  } finally {
    server.close();
    await store.close();
  }
});
