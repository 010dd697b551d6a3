import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peopleEvidence } from '../../src/core/people-evidence.ts';
import { indexPeople } from '../../src/core/people-index.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { OwnerDirectory } from '../../src/ports/owner-directory.ts';
import type { LoopRow, Store } from '../../src/ports/store.ts';
import { browser, type Doors, form, nonceIn, openDoors } from '../http/doors.ts';
import {
  agentCall,
  agentPapers,
  cloudtrailKey,
  githubAudit,
  githubRepository,
  githubSender,
  gophish,
  oktaPasswordChanged,
} from '../support/behaviour-payloads.ts';
import {
  day,
  hour,
  monday,
  personOf,
  shippedPacks,
  testClock,
  testPeople,
  testTeams,
} from '../support/house.ts';
import { visibleText } from '../support/page-reading.ts';
import { testStores } from '../support/stores.ts';

const secret = ['a', 'shared', 'text', 'of', 'this', 'test'].join('-');
const minute = 60_000;
const iso = (at: number) => new Date(at).toISOString();

const people = [...testPeople, personOf('eva', { team: 'red' })];
const known = indexPeople(people, testTeams);
const peopleDirectory: OwnerDirectory = {
  id: 'people',
  people: known,
  evidence: async (queries) =>
    queries.map((query) => peopleEvidence(known, query, shippedPacks().ownerWeights, 'The list')),
};

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`each behaviour, end to end, over the ${kind.name} store`, () => {
    let store: Store;
    let doors: Doors;
    let token: string;
    beforeAll(async () => {
      store = await kind.open();
      doors = openDoors({
        store,
        clock: testClock(monday),
        delivery: { perPersonPerDayMax: 500, releasedPerPersonPerDayMax: 500 },
        people,
        directories: [peopleDirectory],
        over: { sourceSecrets: (id) => (id === 'gophish' || id === 'github' ? [secret] : []) },
      });
      token = await doors.token(['events:write'], { days: 365 });
    });
    afterAll(() => store?.close());

    const now = () => doors.house.clock.now();
    const signed = (body: string) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    /** A delivery of a vendor, as it comes over the wire. */
    const deliver = async (
      source: string,
      payload: unknown,
      headers: Readonly<Record<string, string>> = {},
    ) => {
      const body = JSON.stringify(payload);
      const taken = await doors.ask(`/v1/sources/${source}`, { body, token, headers });
      expect(taken, JSON.stringify(taken.json)).toMatchObject({ status: 202 });
      return taken.json;
    };
    const phish = async (...payload: Parameters<typeof gophish>) => {
      const event = gophish(...payload);
      return deliver('gophish', event, { 'X-Gophish-Signature': signed(JSON.stringify(event)) });
    };
    const github = (event: string, payload: unknown) =>
      deliver('github', payload, {
        'X-GitHub-Event': event,
        'X-GitHub-Delivery': `d-${event}-${JSON.stringify(payload).length}-${now()}`,
        'X-Hub-Signature-256': signed(JSON.stringify(payload)),
      });

    const loopsOf = async (behaviour: string): Promise<readonly LoopRow[]> =>
      (await store.read.loops(loopPrincipal, { behaviour, limit: 100 })).items;
    const onlyLoop = async (behaviour: string): Promise<LoopRow> => {
      const rows = await loopsOf(behaviour);
      expect(rows.map(({ state }) => state)).toHaveLength(1);
      const [row] = rows;
      if (row === undefined) throw new Error('no loop');
      return row;
    };
    const messagesOf = async (loop: string) => (await store.read.loop(loopPrincipal, loop))?.messages ?? [];
    /** The recipient opens the link of the last message and answers on the page. */
    const answer = async (loop: string, fields: Readonly<Record<string, string>>) => {
      const message = (await messagesOf(loop)).at(-1);
      const { url } = doors.house.parts.replyLink(message?.id ?? '', message?.to.id ?? '');
      const { pathname } = new URL(url ?? '');
      const page = await doors.ask(pathname, browser);
      expect(page.status).toBe(200);
      const sent = await doors.ask(pathname, form({ form: nonceIn(page.text), ...fields }));
      expect(sent.status).toBeLessThan(400);
      return visibleText(page.text);
    };
    const pass = async (ms: number) => {
      doors.house.clock.pass(ms);
      await doors.house.settleDown();
    };
    /** To the end of a hold window, with a source that speaks each day. */
    const holdFor = async (days: number, daily: () => Promise<unknown>) => {
      for (let n = 0; n < days; n += 1) {
        await pass(day);
        await daily();
      }
      await pass(day);
    };

    test('clicked-simulated-phish: a scanner’s click is nobody’s; a reader’s is told, and a report of the next mail is the proof', async () => {
      await phish('Email Sent', 'ana@example.com', 7, iso(now() - hour));
      await phish('Clicked Link', 'bob@example.com', 7, iso(now() - 30 * minute), 'scanner');
      await phish('Clicked Link', 'ana@example.com', 7, iso(now() - 20 * minute));
      await doors.house.settleDown();
      const rows = await loopsOf('clicked-simulated-phish');
      const scanned = rows.find(({ facts }) => facts.identity?.id === 'bob@example.com');
      expect(scanned).toMatchObject({ state: 'triage', facts: { sightings: 0, messages: [] } });
      // Nothing that the person does later mends what was nobody's doing.
      await phish('Email Reported', 'bob@example.com', 71, iso(now() - minute));
      const still = (await store.read.loop(loopPrincipal, scanned?.id ?? ''))?.loop;
      expect(still).toMatchObject({ state: 'triage', rung: 'none' });
      const clicked = rows.find(({ facts }) => facts.identity?.id === 'ana@example.com');
      expect(clicked).toMatchObject({ state: 'told', owner: { kind: 'person', id: 'ana' } });
      const id = clicked?.id ?? '';
      const page = await answer(id, { answer: 'done' });
      expect(page).toContain('practice mail');
      expect((await store.read.loop(loopPrincipal, id))?.loop).toMatchObject({
        state: 'answered',
        rung: 'claimed',
      });
      await pass(5 * day);
      await phish('Email Sent', 'ana@example.com', 8, iso(now() - hour));
      await phish('Email Reported', 'ana@example.com', 8, iso(now() - minute));
      await doors.house.settleDown();
      expect((await store.read.loop(loopPrincipal, id))?.loop).toMatchObject({ state: 'verified' });
      expect((await messagesOf(id)).map(({ moment }) => moment)).toEqual(['told', 'verified']);
      await holdFor(91, () => phish('Email Sent', 'eva@example.com', 9, iso(now())));
      expect((await store.read.loop(loopPrincipal, id))?.loop).toMatchObject({ state: 'held', rung: 'held' });
    });

    test('clicked-simulated-phish: whoever reports the mail is thanked, once, and has no case', async () => {
      const before = (await loopsOf('clicked-simulated-phish')).length;
      for (const later of [2, 1])
        await phish('Email Reported', 'mia@example.com', 70, iso(now() - later * minute));
      await doors.house.settleDown();
      const { items } = await store.read.messages(loopPrincipal, { limit: 500 });
      const toMia = items.filter(({ to }) => to.id === 'mia');
      expect(toMia.map(({ moment, state }) => `${moment} ${state}`)).toEqual(['thanks accepted']);
      expect(JSON.stringify(toMia[0]?.snapshot)).toContain('Thank you for reporting');
      expect(await loopsOf('clicked-simulated-phish')).toHaveLength(before);
    });

    test('submitted-credentials: a changed password at the identity provider is the proof', async () => {
      await phish('Submitted Data', 'bob@example.com', 20, iso(now() - 20 * minute));
      await doors.house.settleDown();
      const { id } = await onlyLoop('submitted-credentials');
      await answer(id, { answer: 'done' });
      await pass(hour);
      await deliver('okta', oktaPasswordChanged('bob@example.com', iso(now() - minute)));
      expect(await onlyLoop('submitted-credentials')).toMatchObject({ state: 'verified', rung: 'verified' });
      await holdFor(91, async () => {
        await phish('Email Sent', 'eva@example.com', 21, iso(now()));
        await deliver('okta', oktaPasswordChanged('eva@example.com', iso(now())));
      });
      expect(await onlyLoop('submitted-credentials')).toMatchObject({ state: 'held' });
    });

    test('secret-in-repository: a leaked key of AWS is proven dead by the provider’s own log', async () => {
      const key = cloudtrailKey('CreateAccessKey', 'reports', iso(now()), 'LEAK');
      const [id = ''] = [key.responseElements?.accessKey.accessKeyId];
      const found = {
        RuleID: 'aws-access-token',
        Description: 'AWS',
        StartLine: 3,
        EndLine: 3,
        StartColumn: 5,
        EndColumn: 24,
        Match: id,
        Secret: id,
        File: 'deploy.sh',
        Commit: 'c'.repeat(40),
        Author: 'Ana',
        Email: 'ana@example.com',
        Date: iso(now() - hour),
        Message: 'A change',
        Fingerprint: 'deploy.sh:aws-access-token:3',
      };
      await deliver('gitleaks', [found]);
      await doors.house.settleDown();
      expect(await onlyLoop('secret-in-repository')).toMatchObject({ state: 'told', rung: 'none' });
      await deliver('cloudtrail', {
        Records: [cloudtrailKey('DeleteAccessKey', 'reports', iso(now() - minute), 'LEAK')],
      });
      expect(await onlyLoop('secret-in-repository')).toMatchObject({ state: 'verified', rung: 'verified' });
    });

    test('token-outside-approved-path: a lasting key is told to whoever made it, and its deletion is the proof', async () => {
      await deliver('cloudtrail', {
        Records: [cloudtrailKey('CreateAccessKey', 'reports', iso(now() - 20 * minute))],
      });
      await doors.house.settleDown();
      const { id, owner } = await onlyLoop('token-outside-approved-path');
      expect(owner).toMatchObject({ kind: 'person', id: 'ana' });
      await answer(id, { answer: 'done' });
      await pass(hour);
      await deliver('cloudtrail', {
        Records: [cloudtrailKey('DeleteAccessKey', 'reports', iso(now() - minute))],
      });
      expect(await onlyLoop('token-outside-approved-path')).toMatchObject({ rung: 'verified' });
      await holdFor(31, () =>
        deliver('cloudtrail', { Records: [cloudtrailKey('DeleteAccessKey', 'other', iso(now()))] }),
      );
      expect(await onlyLoop('token-outside-approved-path')).toMatchObject({ state: 'held' });
    });

    test('privileged-workflow-bypass: a protection that was taken away is told, and proven when it stands again', async () => {
      const disabled = {
        action: 'deleted',
        rule: { id: 5, name: 'main', required_approving_review_count: 2, created_at: iso(now() - day) },
        repository: githubRepository,
        sender: githubSender('ana'),
      };
      await github('branch_protection_rule', disabled);
      await doors.house.settleDown();
      const { id, owner, facts } = await onlyLoop('privileged-workflow-bypass');
      expect([owner.id, facts.kept[0]?.joins?.rule]).toEqual(['ana', 'main']);
      const page = await answer(id, { answer: 'done' });
      expect(page).toContain('main');
      await pass(hour);
      const rule = { ...disabled.rule, created_at: iso(now() - minute) };
      await github('branch_protection_rule', {
        ...disabled,
        action: 'created',
        rule,
        sender: githubSender('bob'),
      });
      expect(await onlyLoop('privileged-workflow-bypass')).toMatchObject({ rung: 'verified' });
      await holdFor(61, () => github('push', pushOf(now())));
      expect(await onlyLoop('privileged-workflow-bypass')).toMatchObject({ state: 'held' });
    });

    test('privileged-workflow-bypass: the audit log says the same of an override, once', async () => {
      const before = (await loopsOf('privileged-workflow-bypass')).length;
      const override = githubAudit('protected_branch.policy_override', 'bob', now() - minute, {
        branch: 'refs/heads/release',
      });
      await deliver('github', override, { 'X-Hub-Signature-256': signed(JSON.stringify(override)) });
      await deliver('github', override, { 'X-Hub-Signature-256': signed(JSON.stringify(override)) });
      expect(await loopsOf('privileged-workflow-bypass')).toHaveLength(before + 1);
    });

    test('agent-outside-policy: the sponsor of an agent is told, and the agent switched off is the proof', async () => {
      const call = agentCall('publish_package', iso(now() - minute));
      await deliver('agents', call);
      await doors.house.settleDown();
      const { id, owner, facts } = await onlyLoop('agent-outside-policy');
      expect([owner.id, facts.kept[0]?.joins?.rule]).toEqual(['ana', 'outside-purpose']);
      await answer(id, { answer: 'need-help' });
      await pass(hour);
      await deliver('agents', agentPapers('release-agent', iso(now() - minute)));
      expect(await onlyLoop('agent-outside-policy')).toMatchObject({ rung: 'verified' });
    });
  });
}

function pushOf(at: number) {
  const id = at.toString(16).padStart(40, '0');
  const commit = {
    id,
    timestamp: iso(at),
    message: 'A change',
    author: { name: 'Bob', email: 'bob@example.com', username: 'bob' },
    committer: { name: 'Bob', email: 'bob@example.com', username: 'bob' },
    added: [],
    removed: [],
    modified: ['README.md'],
  };
  return {
    ref: 'refs/heads/main',
    before: 'a'.repeat(40),
    after: id,
    forced: false,
    commits: [commit],
    head_commit: commit,
    pusher: { name: 'bob', email: 'bob@example.com' },
    repository: githubRepository,
    sender: githubSender('bob'),
  };
}
