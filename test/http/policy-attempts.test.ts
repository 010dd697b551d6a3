import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { LoopRow, Store } from '../../src/ports/store.ts';
import { hour, monday, personOf, testClock, testPeople } from '../support/house.ts';
import { testStores } from '../support/stores.ts';
import { type Answer, type Doors, openDoors } from './doors.ts';

const evaluation = '/access/v1/evaluation';
const minute = 60_000;

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`attempts, over the ${kind.name} store`, () => {
    let store: Store;
    let doors: Doors;
    let enforcer: string;
    let asker: string;
    let count = 0;
    /** Another workload for each test, so that none meets what another remembers. */
    let workload = '';
    beforeAll(async () => {
      store = await kind.open();
      doors = openDoors({ store, clock: testClock(monday), people: [...testPeople, personOf('eva')] });
      enforcer = await doors.token(['policy:enforce']);
      asker = await doors.token(['policy:evaluate']);
    });
    afterAll(() => store?.close());
    beforeEach(() => {
      count += 1;
      workload = `deploy-${count}`;
      doors.house.clock.pass(minute);
    });

    const tokenFor = (over: Record<string, unknown> = {}) => ({
      subject: { type: 'workload', id: workload },
      action: { name: 'issue_token' },
      resource: { type: 'environment', id: 'production' },
      context: { foldback: { attempt: true } },
      ...over,
    });
    const attempt = (json: unknown = tokenFor(), token = enforcer, headers = {}): Promise<Answer> =>
      doors.ask(evaluation, { token, json, headers });
    const loops = async (): Promise<readonly LoopRow[]> => {
      const { items } = await store.read.loops(loopPrincipal, { limit: 200 });
      const found = await Promise.all(items.map(({ id }) => store.read.loop(loopPrincipal, id)));
      return found.flatMap((story) =>
        story?.events.some(({ body }) => JSON.stringify(body).includes(`"${workload}"`)) ? [story.loop] : [],
      );
    };

    test('a denied attempt is an event before the answer is given', async () => {
      const answer = await attempt();
      expect(answer.json).toMatchObject({ decision: false, context: { counted: true } });
      const [loop, ...others] = await loops();
      expect(others).toEqual([]);
      expect(loop).toMatchObject({ behaviour: 'denied-by-policy', isLive: true });
      const story = await store.read.loop(loopPrincipal, loop?.id ?? '');
      expect(story?.events[0]).toMatchObject({
        source: 'policy',
        kind: 'policy.denied',
        body: {
          actor: { type: 'workload', id: workload },
          outcome: 'failure',
          joins: { rule: 'token-outside-approved-path' },
        },
      });
    });

    test('a question is none, however it is asked', async () => {
      const { context: _context, ...question } = tokenFor();
      const unsaid = [
        question,
        { ...question, context: {} },
        { ...question, context: { foldback: { attempt: 'true' } } },
        { ...question, context: { foldback: { attempt: 1 } } },
        { ...question, context: { attempt: true } },
      ];
      for (const json of unsaid) {
        const answer = await attempt(json);
        expect(answer.json.decision).toBe(false);
        expect(answer.text).not.toContain('"counted":true');
      }
      // Batches are for greying out buttons, whatever they say.
      const batch = { ...tokenFor(), evaluations: [{}, tokenFor()] };
      await doors.ask('/access/v1/evaluations', { token: enforcer, json: batch });
      await doors.ask('/access/v1/evaluations', { token: enforcer, json: tokenFor() });
      expect(await loops()).toEqual([]);
    });

    test('a token without the scope, or for other kinds of subject, cannot put a failure on anyone', async () => {
      const agentsOnly = await doors.token(['policy:enforce'], { subjectTypes: ['agent'] });
      for (const token of [asker, agentsOnly]) {
        const answer = await attempt(tokenFor(), token);
        expect(answer.json).toMatchObject({ decision: false, context: { counted: false } });
      }
      expect((await attempt(tokenFor(), await doors.token(['events:write']))).status).toBe(403);
      expect(await loops()).toEqual([]);
      const workloads = await doors.token(['policy:enforce'], { subjectTypes: ['workload'] });
      expect((await attempt(tokenFor(), workloads)).json).toMatchObject({ context: { counted: true } });
      expect(await loops()).toHaveLength(1);
    });

    test('what cannot be judged is refused, and nobody’s doing', async () => {
      const answer = await attempt(tokenFor({ context: { approved: 'yes', foldback: { attempt: true } } }));
      expect(answer.json).toMatchObject({
        decision: false,
        context: { outcome: 'unreadable', counted: false },
      });
      expect(await loops()).toEqual([]);
    });

    test('the same attempt that is sent again counts once', async () => {
      const sent = { 'X-Request-ID': `attempt-${workload}` };
      await attempt(tokenFor(), enforcer, sent);
      await attempt(tokenFor(), enforcer, sent);
      const [loop] = await loops();
      expect(loop?.facts.sightings).toBe(1);
      // One id for a whole page of attempts: another attempt under it is another one.
      await attempt(tokenFor({ action: { name: 'deploy-by-hand' } }), enforcer, sent);
      expect(await loops()).toHaveLength(2);
    });

    test('the same denial again says so, and whether anything is different', async () => {
      expect((await attempt()).text).not.toContain('"again"');
      doors.house.clock.pass(hour);
      const { again } = (await attempt()).json.context as Record<string, unknown>;
      expect(again).toMatchObject({
        times: 2,
        form: 'same',
        changed: false,
        text: { en: expect.stringMatching(/nothing is different/u) },
      });
    });

    test('the same class of rule in another form is told from the same again', async () => {
      const agent = { subject: { type: 'agent', id: workload } };
      const first = tokenFor({
        ...agent,
        action: { name: 'call_tool' },
        resource: { type: 'tool', id: 'drop', properties: { irreversible: true } },
      });
      const second = tokenFor({
        ...agent,
        action: { name: 'call_tool' },
        resource: { type: 'tool', id: 'truncate', properties: { irreversible: true } },
      });
      await attempt(first);
      expect((await attempt(second)).json).toMatchObject({ context: { again: { times: 2, form: 'other' } } });
      const other = tokenFor({ ...agent, action: { name: 'read' }, resource: { type: 'secret', id: 'x' } });
      expect((await attempt(other)).text).not.toContain('"again"');
    });

    test('after several the path is said to need work, to the one who was refused and to the owner of the policy', async () => {
      await attempt();
      await attempt();
      expect((await attempt()).json).toMatchObject({
        context: { again: { times: 3, path: { en: expect.stringMatching(/easier/u) } } },
      });
      const { items } = await store.read.loops(loopPrincipal, { behaviour: 'path-needs-work', limit: 10 });
      expect(items).toHaveLength(1);
      const story = await store.read.loop(loopPrincipal, items[0]?.id ?? '');
      expect(story?.events[0]).toMatchObject({
        kind: 'policy.path-failing',
        body: { actor: { type: 'unknown' }, leads: [{ kind: 'resource-owner', name: 'platform' }] },
      });
    });

    test('the same on the approved path is the proof of the fix', async () => {
      await attempt();
      await doors.house.settleDown();
      doors.house.clock.pass(hour);
      const approved = await attempt(tokenFor({ context: { approved: true, foldback: { attempt: true } } }));
      expect(approved.json).toMatchObject({ decision: true, context: { counted: true } });
      const [loop] = await loops();
      expect(loop).toMatchObject({ rung: 'verified' });
    });

    test('grants are counted as chances once they are flushed, and questions are not', async () => {
      await doors.given.policies.flush();
      const before = await store.read.opportunities(
        loopPrincipal,
        'denied-by-policy',
        '2026-01-01',
        '2027-12-31',
      );
      const approved = tokenFor({ context: { approved: true, foldback: { attempt: true } } });
      for (let n = 0; n < 5; n += 1) await attempt(approved);
      await attempt(approved, asker);
      await doors.given.policies.flush();
      const after = await store.read.opportunities(
        loopPrincipal,
        'denied-by-policy',
        '2026-01-01',
        '2027-12-31',
      );
      expect(after - before).toBe(5);
      const asked = { behaviour: 'denied-by-policy', teams: 'all', asOf: 0, by: 'kind' } as const;
      const kinds = await store.read.measureCells(loopPrincipal, asked);
      expect(kinds.filter(({ sums }) => sums.exposure > 0).map(({ group }) => group)).toEqual(['workload']);
    });

    test('an exception needs a second person, lets one subject past one rule, is counted, and ends by itself', async () => {
      const { context } = (await attempt()).json as { context: { rules: string[] } };
      const wanted = {
        rule: context.rules[0],
        subject: { type: 'workload', id: workload },
        action: 'issue_token',
        resource: { type: 'environment', id: 'production' },
        reason: 'The gate is down and the shop is closed.',
        minutes: 60,
      };
      const both = await doors.token(['policy:evaluate', 'policy:approve']);
      const path = '/v1/policy/exceptions';
      expect((await doors.ask(path, { token: both, json: { ...wanted, minutes: 481 } })).status).toBe(400);
      expect(
        (await doors.ask(path, { token: both, json: { ...wanted, rule: 'production-token-for-agent' } }))
          .status,
      ).toBe(409);
      const asked = await doors.ask(path, { token: both, json: wanted });
      expect(asked).toMatchObject({ status: 201, json: { state: 'asked', uses: 0 } });
      const one = `${path}/${String(asked.json.id)}`;
      const approve = { json: { decision: 'approve' } };
      // Silence approves nothing, and neither does whoever asked, nor one without the scope, nor an agent.
      expect((await attempt()).json.decision).toBe(false);
      expect((await doors.ask(one, { token: both, ...approve })).status).toBe(403);
      expect((await doors.ask(one, { token: asker, ...approve })).status).toBe(403);
      const second = await doors.token(['policy:approve']);
      const approved = await doors.ask(one, { token: second, ...approve });
      expect(approved).toMatchObject({ status: 200, json: { state: 'approved' } });
      expect((await doors.ask(one, { token: second, ...approve })).status).toBe(409);

      const let1 = await attempt();
      expect(let1.json).toMatchObject({ decision: true, context: { expires: approved.json.until } });
      expect((await attempt(tokenFor({ subject: { type: 'workload', id: 'another' } }))).json.decision).toBe(
        false,
      );
      await doors.given.policies.flush();
      expect((await doors.ask(one, { token: both })).json).toMatchObject({ uses: 1 });

      doors.house.clock.pass(61 * minute);
      const over = await attempt();
      expect(over.json).toMatchObject({
        decision: false,
        context: { again: { text: { en: expect.stringMatching(/exception .* over/u) } } },
      });
    });

    test('of two who decide at once one does, and one token cannot bury the others under what it asks for', async () => {
      const path = '/v1/policy/exceptions';
      const json = {
        rule: 'production-token-unapproved',
        subject: { type: 'workload', id: workload },
        action: 'issue_token',
        resource: { type: 'environment', id: 'production' },
        reason: 'The gate is down.',
        minutes: 30,
      };
      const token = await doors.token(['policy:evaluate']);
      const asked = await doors.ask(path, { token, json });
      const deciders = await Promise.all([1, 2, 3, 4].map(() => doors.token(['policy:approve'])));
      const decided = await Promise.all(
        deciders.map((decider, n) =>
          doors.ask(`${path}/${String(asked.json.id)}`, {
            token: decider,
            json: { decision: n % 2 === 0 ? 'approve' : 'refuse' },
          }),
        ),
      );
      expect(decided.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
      for (let n = 0; n < 20; n += 1) expect((await doors.ask(path, { token, json })).status).toBe(201);
      expect(await doors.ask(path, { token, json })).toMatchObject({
        status: 409,
        json: { detail: expect.stringContaining('exceptionsWaitingMax') },
      });
      expect((await doors.ask(path, { token: asker, json })).status).toBe(201);
    });

    test('the log keeps every denial and a sample of the grants with its weight, and no secret', async () => {
      const since = doors.house.clock.now();
      const key = ['AKIA', 'QYLPMN5H', 'HHFPZAM2'].join('');
      const user = (ticket: string) => ({
        subject: { type: 'user', id: workload },
        action: { name: 'create_key' },
        resource: { type: 'account', id: 'reports' },
        context: { ticket, hidden: 'not seen by any policy' },
      });
      for (let n = 0; n < 250; n += 1)
        doors.given.policies.ask(loopPrincipal as never, user(`OPS-${n} ${key}`));
      doors.given.policies.ask(loopPrincipal as never, user(''));
      await doors.given.policies.flush();
      const rows = await store.read.decisions(loopPrincipal, { since, limit: 100 });
      expect(rows.filter(({ outcome }) => outcome === 'permitted').map(({ weight }) => weight)).toEqual([
        100, 100,
      ]);
      expect(rows.filter(({ outcome }) => outcome === 'forbidden')).toHaveLength(1);
      const text = JSON.stringify(rows);
      expect(text).not.toContain(key);
      expect(text).not.toContain('not seen by any policy');
      expect(text).toContain('[secret:aws]');
    });
  });
}
