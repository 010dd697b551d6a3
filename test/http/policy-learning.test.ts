import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { shippedPacksDir } from '../../src/packs/pack-folder.ts';
import { contentVersion, loadPolicyFiles } from '../../src/packs/policy-files.ts';
import { openLivePolicies } from '../../src/policy/live-policies.ts';
import { openPolicies } from '../../src/policy/policy-set.ts';
import type { LoopRow, Store } from '../../src/ports/store.ts';
import { hour, monday, personOf, testClock, testPeople } from '../support/house.ts';
import { testStores } from '../support/stores.ts';
import { type Doors, openDoors } from './doors.ts';

const { content } = loadPolicyFiles(shippedPacksDir());
function openLive() {
  const opened = openPolicies(content, contentVersion(content));
  if (opened.kind === 'error') throw new Error(JSON.stringify(opened.problems));
  return openLivePolicies(opened.set);
}

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`what is learnt at run time, over the ${kind.name} store`, () => {
    const policies = openLive();
    let store: Store;
    let doors: Doors;
    let token: string;
    let count = 0;
    /** Another agent for each test, so that none meets what another remembers. */
    let agent = '';
    beforeAll(async () => {
      store = await kind.open();
      const people = [...testPeople, personOf('eva')];
      doors = openDoors({ store, clock: testClock(monday), people, policies });
      token = await doors.token(['policy:enforce']);
    });
    afterAll(() => store?.close());
    beforeEach(() => {
      count += 1;
      agent = `coder-${count}`;
      doors.house.clock.pass(hour);
    });

    type Said = {
      readonly decision: boolean;
      readonly context?: { readonly again?: Record<string, unknown> };
    };
    /** A branch that is protected is forbidden under one class, whichever it is; a free one is let through. */
    const push = async (
      branch: string,
      isProtected = true,
      more: object = {},
      headers = {},
    ): Promise<Said> => {
      const { properties = {}, foldback = {} } = more as { properties?: object; foldback?: object };
      const answer = await doors.ask('/access/v1/evaluation', {
        token,
        headers,
        json: {
          subject: { type: 'agent', id: agent, properties },
          action: { name: 'push' },
          resource: { type: 'branch', id: branch, properties: { protected: isProtected } },
          context: { foldback: { attempt: true, ...foldback } },
        },
      });
      expect(answer.status).toBe(200);
      return answer.json as Said;
    };
    const loops = async (): Promise<readonly LoopRow[]> => {
      const filter = { behaviour: 'denied-by-policy', limit: 200 };
      const { items } = await store.read.loops(loopPrincipal, filter);
      return items
        .filter(({ facts }) => facts.identity?.id === agent)
        .toSorted((a, b) => a.firstOccurredAt - b.firstOccurredAt);
    };
    const replace = (change: (file: string, text: string) => string) => {
      const changed = {
        ...content,
        policies: content.policies.map(({ file, text }) => ({ file, text: change(file, text) })),
      };
      expect(policies.replace(changed, contentVersion(changed))).toBe('replaced');
      return () => policies.replace(content, contentVersion(content));
    };

    test('another form of a class is the same case until the fix is proven, and a relapse after it', async () => {
      await push('main');
      expect((await push('release')).context?.again).toMatchObject({ times: 2, form: 'other' });
      const [first, ...others] = await loops();
      expect(others).toEqual([]);
      expect(first).toMatchObject({ rung: 'none', facts: { sightings: 2 } });
      await doors.house.settleDown();

      doors.house.clock.pass(hour);
      // The same thing on the approved path: the branch is not protected any more for whoever asks.
      expect((await push('release', false)).decision).toBe(true);
      expect(await loops()).toMatchObject([{ id: first?.id, rung: 'verified', state: 'verified' }]);

      doors.house.clock.pass(24 * hour);
      expect((await push('stable')).context?.again).toMatchObject({ times: 3, form: 'other' });
      await doors.house.settleDown();
      const [before, relapse, ...more] = await loops();
      expect(more).toEqual([]);
      expect(before).toMatchObject({ id: first?.id, rung: 'verified' });
      expect(relapse).toMatchObject({ relapseOf: first?.id, facts: { relapseNumber: 1 } });

      // The next form while that one is unproven is the same relapse, and its own fix proves it.
      await push('hotfix');
      expect(await loops()).toHaveLength(2);
      doors.house.clock.pass(hour);
      await push('hotfix', false);
      expect((await loops()).map(({ rung }) => rung)).toEqual(['verified', 'verified']);
    });

    test('the same form after the proof is the same case again', async () => {
      await push('main');
      doors.house.clock.pass(hour);
      await push('main', false);
      const [first] = await loops();
      doors.house.clock.pass(hour);
      await push('main');
      expect(await loops()).toMatchObject([{ id: first?.id, rung: 'none', facts: { sightings: 2 } }]);
    });

    test('a grant of something else proves nothing, however its name is written', async () => {
      await push('x push branch:main');
      await push('main', false);
      expect(await loops()).toMatchObject([{ rung: 'none' }]);
    });

    test('who meets a denial again is told what is different since: the rule, its words, the way, the policies', async () => {
      await push('main');
      expect((await push('main')).context?.again).toMatchObject({ changed: false, changes: [] });

      let back = replace((file, text) =>
        file.endsWith('changes.cedar')
          ? text.replace('@message("protected-branch")', '@message("lasting-key")')
          : text,
      );
      expect((await push('main')).context?.again).toMatchObject({
        changed: true,
        changes: ['rule', 'words', 'policies'],
        text: { en: expect.stringContaining('rule has changed') },
      });
      back();
      await push('main');

      const { words } = content;
      const open = words.map(({ file, words: one }) => ({
        file,
        words: { ...one, instead: { ...one.instead, 'pull-request': 'Open a pull request by the button.' } },
      }));
      const another = { ...content, words: open };
      expect(policies.replace(another, contentVersion(another))).toBe('replaced');
      expect((await push('main')).context?.again).toMatchObject({
        changes: ['way', 'policies'],
        text: { en: expect.stringContaining('Another way is open') },
      });
      policies.replace(content, contentVersion(content));
      await push('main');

      back = replace((file, text) =>
        file.endsWith('tokens.cedar') ? text.replace('@exception("30d")', '@exception("7d")') : text,
      );
      expect((await push('main')).context?.again).toMatchObject({
        changes: ['policies'],
        text: { en: expect.stringContaining('nothing is different') },
      });
      back();
    });

    test('after three the owner hears of the denials, and the owner of the policy that the path needs work', async () => {
      const before = await store.read.loops(loopPrincipal, { behaviour: 'path-needs-work', limit: 50 });
      const known = before.items[0]?.facts.sightings ?? 0;
      await push('main');
      await push('main');
      const third = (await push('main')).context?.again;
      expect(third).toMatchObject({ times: 3, path: { en: expect.stringContaining('owner of the rule') } });
      await push('main');
      const { items } = await store.read.loops(loopPrincipal, { behaviour: 'path-needs-work', limit: 50 });
      const own = items.filter(({ facts }) => facts.identity?.id === 'review-left-out');
      // One case of the class: each round of three is one more sign of it, whoever was refused.
      expect(own).toHaveLength(1);
      expect(own[0]?.facts.sightings).toBe(known + 1);
      expect(own[0]?.facts.kept[0]?.actor).toEqual({ type: 'unknown' });
      await doors.house.settleDown();
      const story = await store.read.loop(loopPrincipal, own[0]?.id ?? '');
      expect(story?.loop.state).toBe('told');
      const [case1] = await loops();
      expect(case1?.facts.sightings).toBe(4);
    });

    test('an attempt that is sent again is no second denial, and tells nobody that a path needs work', async () => {
      const sent = { 'X-Request-ID': `once-${agent}` };
      for (let n = 0; n < 4; n += 1) await push('main', true, {}, sent);
      const [lesson] = await store.read.lessons(loopPrincipal, {
        since: 0,
        actor: `agent:${agent}`,
        limit: 5,
      });
      expect(lesson).toMatchObject({ times: 1 });
      expect(await loops()).toMatchObject([{ facts: { sightings: 1 } }]);
    });

    describe('the figures of agents', () => {
      const figures = async (query = '', bearer?: string) =>
        doors.ask(`/v1/agents/figures?agent=${agent}${query}`, {
          token: bearer ?? (await doors.token(['loops:read'])),
        });

      test('count attempts, denials and repeats by version and prompt, with n and interval', async () => {
        const first = { properties: { version: '1.0', prompt: 'sha256:aa' } };
        const second = {
          foldback: { version: '2.0', prompt: 'You are a helpful agent with a secret: hunter2.' },
        };
        for (let n = 0; n < 8; n += 1) await push(`free-${n}`, false, first);
        for (let n = 0; n < 2; n += 1) await push('main', true, first);
        for (let n = 0; n < 6; n += 1) await push('main', true, second);
        await push('mine', false);
        await doors.given.policies.flush();
        const answer = await figures();
        expect(answer.status).toBe(200);
        expect(answer.text).not.toContain('hunter2');
        expect(answer.json.items).toEqual([
          {
            agent,
            version: '2.0',
            prompt: expect.stringMatching(/^sha256:[0-9a-f]{32}$/u),
            attempts: 6,
            denied: { kind: 'share', x: 6, n: 6, value: 1, lower: expect.closeTo(0.6097, 3), upper: 1 },
            // What this agent was told under another version, it was told.
            repeated: { kind: 'share', x: 6, n: 6, value: 1, lower: expect.closeTo(0.6097, 3), upper: 1 },
          },
          {
            agent,
            version: '1.0',
            prompt: 'sha256:aa',
            attempts: 10,
            denied: {
              kind: 'share',
              x: 2,
              n: 10,
              value: 0.2,
              lower: expect.closeTo(0.0567, 3),
              upper: expect.closeTo(0.5098, 3),
            },
            repeated: { kind: 'not-enough-data', x: 1, n: 2 },
          },
          expect.objectContaining({ version: 'unknown', prompt: 'unknown', attempts: 1 }),
        ]);
      });

      test('count no question, nothing of a caller without the scope, and nobody but agents', async () => {
        const json = {
          subject: { type: 'agent', id: agent },
          action: { name: 'push' },
          resource: { type: 'branch', id: 'main', properties: { protected: true } },
        };
        const asker = await doors.token(['policy:evaluate']);
        const attempt = { ...json, context: { foldback: { attempt: true } } };
        await doors.ask('/access/v1/evaluation', { token, json });
        await doors.ask('/access/v1/evaluation', { token: asker, json: attempt });
        await doors.ask('/access/v1/evaluations', { token, json: { ...attempt, evaluations: [{}, {}] } });
        const person = { ...attempt, subject: { type: 'user', id: agent } };
        await doors.ask('/access/v1/evaluation', { token, json: person });
        await doors.given.policies.flush();
        expect((await figures()).json.items).toEqual([]);
      });

      test('tell apart so many versions of one agent and no more', async () => {
        for (let n = 0; n < 60; n += 1) await push('mine', false, { properties: { version: `v${n}` } });
        await doors.given.policies.flush();
        const { items } = (await figures()).json as { items: { version: string; attempts: number }[] };
        expect(items).toHaveLength(51);
        expect(items.find(({ version }) => version === 'unknown')?.attempts).toBe(10);
      });

      test('are for those who see everything, and need the scope', async () => {
        const team = await doors.token(['loops:read'], { teams: ['shop'] });
        expect((await figures('', team)).status).toBe(403);
        expect((await figures('', token)).status).toBe(403);
        expect((await figures('&days=0')).status).toBe(400);
        expect((await figures('&unknown=1')).status).toBe(400);
      });
    });
  });
}
