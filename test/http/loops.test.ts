import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { evidenceSchema } from '../../src/ledger/evidence.ts';
import { sealRows } from '../../src/ledger/rows.ts';
import { verifyEvidence } from '../../src/ledger/verify.ts';
import { release } from '../../src/loop/decide.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { replyByLink } from '../../src/loop/listen.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { sealLedger } from '../../src/loop/seal.ts';
import type { Store } from '../../src/ports/store.ts';
import { day, fakeSecret, hour, type Leak, leak, monday } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { browser, type Doors, openDoors, signer } from './doors.ts';

let store: Store;
let doors: Doors;
let token: string;
let serial = 0;

beforeAll(async () => {
  store = await lendEmbedded();
});
afterAll(() => store?.close());
beforeEach(async () => {
  doors = openDoors({ store, delivery: { perPersonPerDayMax: 50 } });
  token = await doors.token(['admin']);
});

/** A loop that was captured and told; its id. */
async function told(over: Partial<Leak> = {}, mode: 'live' | 'history' = 'live'): Promise<string> {
  serial += 1;
  const event = leak({
    at: monday - hour,
    receivedAt: monday,
    secret: fakeSecret(serial),
    author: 'ana',
    ...over,
  });
  const taken = await ingest(doors.house.parts, {
    source: 'scanner',
    receivedAt: monday,
    mode,
    events: [event],
  });
  await doors.house.settleDown();
  return taken.loops[0] ?? '';
}

const answerFor = async (loop: string, answer: 'wrong' | 'accept-risk' | 'done', until?: number) => {
  const { parts } = doors.house;
  const message = (await store.read.loop(loopPrincipal, loop))?.messages.at(-1);
  const { tokenHash } = parts.replyLink(message?.id ?? '', message?.to.id ?? '');
  return replyByLink(parts, tokenHash, { answer, ...(until === undefined ? {} : { until }) });
};

describe('the list of loops', () => {
  test('is narrowed by what is asked, and goes on where the last page ended', async () => {
    for (let n = 0; n < 3; n += 1)
      await told({ repository: 'acme/listed', file: `${n}.py`, at: monday - n * hour });
    const first = await doors.ask('/v1/loops?repository=acme/listed&limit=2', { token });
    expect(first.json.items).toHaveLength(2);
    const next = encodeURIComponent(String(first.json.next));
    const second = await doors.ask(`/v1/loops?repository=acme/listed&limit=2&after=${next}`, { token });
    expect(second.json.items).toHaveLength(1);
    expect(second.json.next).toBeUndefined();
    expect((await doors.ask('/v1/loops?repository=acme/listed&state=verified', { token })).json).toEqual({
      items: [],
    });
    const owned = await doors.ask('/v1/loops?repository=acme/listed&owner=ana&team=blue&state=told', {
      token,
    });
    expect(owned.json.items).toHaveLength(3);
  });

  test.each([
    'limit=0',
    'limit=201',
    'limit=many',
    'state=lost',
    'after=anything',
    'colour=red',
    'state=told&state=open',
  ])('refuses %s, naming the place', async (query) => {
    const answer = await doors.ask(`/v1/loops?${query}`, { token });
    expect([answer.status, answer.json.type]).toEqual([400, '/problems/bad-request']);
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
  });
});

describe('a loop’s story', () => {
  test('tells owner, evidence, proof, words and answers, by id, code or ticket', async () => {
    const id = await told({ repository: 'acme/story' });
    await answerFor(id, 'done');
    const byId = await doors.ask(`/v1/loops/${id}`, { token });
    expect(byId.json).toMatchObject({
      id,
      state: 'answered',
      rung: 'claimed',
      owner: {
        kind: 'person',
        id: 'ana',
        name: 'Ana',
        email: 'ana@example.com',
        evidence: [{ kind: 'commit-author' }],
      },
      where: { repository: 'acme/story', file: 'src/config.py', line: 12 },
      proof: { rung: 'claimed', isAttested: false },
      events: [{ source: 'scanner', kind: 'secret.committed' }],
      messages: [{ moment: 'told', to: { id: 'ana', name: 'Ana' }, state: 'accepted' }],
      replies: [{ answer: 'done', by: { id: 'ana', name: 'Ana' }, isWeak: true }],
      frameworks: expect.arrayContaining([
        { framework: 'OWASP-NHI', edition: '2025', id: 'NHI2', title: 'Secret Leakage' },
      ]),
    });
    const code = String(byId.json.caseCode).toLowerCase().replaceAll('-', ' ');
    expect((await doors.ask(`/v1/loops/${encodeURIComponent(code)}`, { token })).json.id).toBe(id);
    expect(byId.text).not.toContain('fingerprints');
  });

  test('says when its next words really go, with hours and the attention budget', async () => {
    const id = await told({ repository: 'acme/night', at: monday - 10 * day }, 'history');
    doors.house.clock.set(monday + 12 * hour);
    await release(doors.house.parts, loopPrincipal, { ids: [id] });
    await doors.house.settleDown();
    const story = await doors.ask(`/v1/loops/${id}`, { token });
    expect(story.json).toMatchObject({ state: 'open', messages: [] });
    expect(story.json.next).toEqual([
      { moment: 'told', to: { kind: 'person', id: 'ana' }, dueAt: '2026-11-24T09:00:00.000Z' },
    ]);
    doors.house.clock.set(monday);
  });

  test.each(['0'.repeat(32), 'FB-00000-00000', 'SEC-404', '..%2F..%2Fetc', `${'9'.repeat(5000)}`])(
    'is not found for %s',
    async (reference) => {
      const answer = await doors.ask(`/v1/loops/${reference}`, { token });
      expect([answer.status, answer.json.type]).toEqual([404, '/problems/not-found']);
    },
  );
});

describe('a case that a person reports', () => {
  const input = { title: 'Stripe key in the wiki', repository: 'acme/wiki', owner: 'bob@example.com' };

  test('is opened once for its ticket, and told to the owner who was named', async () => {
    const first = await doors.ask('/v1/loops', { token, json: { ...input, ticket: 'SEC-1' } });
    expect(first.status).toBe(201);
    expect(first.json).toMatchObject({
      owner: { id: 'bob' },
      aliases: ['SEC-1'],
      secret: { provider: 'stripe' },
    });
    const again = await doors.ask('/v1/loops', {
      token,
      json: { ...input, title: 'Said in other words', ticket: 'SEC-1' },
    });
    expect([again.status, again.json.id]).toEqual([200, first.json.id]);
    expect((await doors.ask('/v1/loops/SEC-1', { token })).json.id).toBe(first.json.id);
    await doors.house.settleDown();
    expect((await doors.ask('/v1/loops/SEC-1', { token })).json).toMatchObject({ state: 'told' });
  });

  test('twice at once for one ticket is one loop', async () => {
    const posts = ['One person reports it', 'Another person reports it'].map((title) =>
      doors.ask('/v1/loops', { token, json: { ...input, title, ticket: 'SEC-2' } }),
    );
    const answers = await Promise.all(posts);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    expect(
      (await doors.ask('/v1/loops?repository=acme/wiki&limit=200', { token })).text.match(
        /"id":"[0-9a-f]{32}"/gu,
      ),
    ).toHaveLength(2);
  });

  test('may get its ticket later', async () => {
    const first = await doors.ask('/v1/loops', { token, json: { ...input, title: 'No ticket yet' } });
    const named = await doors.ask('/v1/loops', {
      token,
      json: { ...input, title: 'No ticket yet', ticket: 'SEC-3' },
    });
    expect([named.status, named.json.id, named.json.aliases]).toEqual([200, first.json.id, ['SEC-3']]);
  });

  test('whose ticket stands for a case of another team is refused, and opens nothing', async () => {
    await doors.ask('/v1/loops', { token, json: { ...input, title: 'The blue one', ticket: 'SEC-4' } });
    const red = await doors.token(['admin'], { teams: ['red'] });
    const answer = await doors.ask('/v1/loops', {
      token: red,
      json: { ...input, title: 'The red one', ticket: 'SEC-4' },
    });
    expect([answer.status, answer.json.type]).toEqual([409, '/problems/conflict']);
    expect(answer.text).not.toContain('blue');
    expect((await doors.ask('/v1/loops?repository=acme/wiki&limit=200', { token })).text).not.toContain(
      'red one',
    );
  });

  test.each([
    [{ ...input, title: 'x' }, '/title'],
    [{ ...input, secret: 'hunter2hunter2' }, ''],
    [{ ...input, line: 0 }, '/line'],
    [{ ...input, ticket: 'FB-GA2JR-Z6NWZ' }, '/ticket'],
    [{ ...input, ticket: 'a'.repeat(32) }, '/ticket'],
    [{}, '/title'],
    [[], ''],
    ['text', ''],
  ])('is refused with its place, quoting nothing: %j', async (json, pointer) => {
    const answer = await doors.ask('/v1/loops', { token, json });
    expect(answer.status).toBe(400);
    expect(answer.json.errors).toEqual(expect.arrayContaining([expect.objectContaining({ pointer })]));
    expect(answer.text).not.toContain('hunter2');
  });
});

describe('a decision', () => {
  test('ends a dispute either way', async () => {
    const [right, wrong] = [await told({ file: 'right.py' }), await told({ file: 'wrong.py' })];
    await answerFor(right, 'wrong');
    await answerFor(wrong, 'wrong');
    const decide = (id: string, decision: string) =>
      doors.ask(`/v1/loops/${id}/replies`, { token, json: { decision, reason: 'A person has looked.' } });
    expect((await decide(right, 'uphold')).json).toMatchObject({ state: 'dismissed' });
    expect((await decide(wrong, 'reject-dispute')).json).toMatchObject({ state: 'told' });
    expect((await decide(wrong, 'uphold')).json).toMatchObject({
      type: '/problems/conflict',
      detail: 'It is not disputed.',
    });
  });

  test('accepts a risk to the end of a day that somebody asked for, and only then', async () => {
    const id = await told({ file: 'risk.py' });
    const json = { decision: 'accept-risk', until: '2026-12-24' };
    expect((await doors.ask(`/v1/loops/${id}/replies`, { token, json })).status).toBe(409);
    await answerFor(id, 'accept-risk', monday + 20 * day);
    const accepted = await doors.ask(`/v1/loops/${id}/replies`, { token, json });
    expect(accepted.json).toMatchObject({ state: 'accepted', dueAt: '2026-12-24T23:59:59.999Z' });
  });

  test('attests with a reference, hands over to somebody known, dismisses', async () => {
    const [attested, handed, dismissed] = [
      await told({ file: '1' }),
      await told({ file: '2' }),
      await told({ file: '3' }),
    ];
    const post = (id: string, json: unknown) => doors.ask(`/v1/loops/${id}/replies`, { token, json });
    expect(
      (await post(attested, { decision: 'attest', reference: 'CHG-7, revoked in the console' })).json,
    ).toMatchObject({ state: 'verified' });
    expect((await doors.ask(`/v1/loops/${attested}`, { token })).json.proof).toMatchObject({
      isAttested: true,
    });
    expect((await post(handed, { decision: 'hand-over', to: { kind: 'person', id: 'nobody' } })).status).toBe(
      409,
    );
    expect((await post(handed, { decision: 'hand-over', to: { kind: 'person', id: 'bob' } })).status).toBe(
      200,
    );
    expect((await post(dismissed, { decision: 'dismiss' })).json).toMatchObject({ state: 'dismissed' });
  });

  test('on who owns it takes the right to decide that', async () => {
    const id = await told({ file: 'whose.py' });
    const writer = await doors.token(['loops:write', 'loops:read']);
    const json = { decision: 'hand-over', to: { kind: 'person', id: 'bob' } };
    expect((await doors.ask(`/v1/loops/${id}/replies`, { token: writer, json })).status).toBe(403);
  });

  test.each([
    {},
    { decision: 'approve' },
    { decision: 'attest' },
    { decision: 'accept-risk', until: 'soon' },
    { decision: 'dismiss', by: 'me' },
  ])('that is none is refused: %j', async (json) => {
    const id = await told({ file: 'refused.py' });
    expect((await doors.ask(`/v1/loops/${id}/replies`, { token, json })).status).toBe(400);
  });
});

describe('a release', () => {
  test('lets only what was named be spoken of, as far as the caller sees it', async () => {
    const old = { at: monday - 100 * day, repository: 'acme/old' };
    const [blue, red] = [
      await told({ ...old, file: 'b' }, 'history'),
      await told({ ...old, file: 'r', author: 'dora' }, 'history'),
    ];
    const ofBlue = await doors.token(['loops:write'], { teams: ['blue'] });
    const released = await doors.ask('/v1/loops/release', { token: ofBlue, json: { ids: [blue, red] } });
    expect(released.json).toEqual({ released: 1 });
    await doors.house.settleDown();
    expect((await doors.ask(`/v1/loops/${blue}`, { token })).json).toMatchObject({ state: 'told' });
    expect((await doors.ask(`/v1/loops/${red}`, { token })).json).toMatchObject({ state: 'backlog' });
    expect((await doors.ask('/v1/loops/release', { token, json: {} })).status).toBe(400);
  });
});

describe('evidence', () => {
  test('is a file that checks offline, and a page that runs nothing', async () => {
    const id = await told({ repository: 'acme/<script>alert(1)</script>' });
    await sealLedger(doors.house.parts, {
      seal: (heads, previous, at) => sealRows(heads, previous, at, signer),
      keep: async () => undefined,
      missing: async () => [],
    });
    const file = await doors.ask(`/v1/loops/${id}/evidence`, { token });
    expect(file.headers.get('Content-Disposition')).toMatch(
      /^attachment; filename="foldback-evidence-FB-[0-9A-Z-]+\.json"$/u,
    );
    const evidence = evidenceSchema.parse(file.json);
    expect(evidence.checkpoints).toHaveLength(1);
    expect(verifyEvidence(evidence)).toMatchObject({ findings: [] });
    const page = await doors.ask(`/v1/loops/${id}/evidence?format=html`, { token, ...browser });
    expect(page.headers.get('Content-Type')).toMatch(/^text\/html/u);
    expect(page.text).not.toContain('<script');
  });
});

describe('figures', () => {
  test('of owners say for how many loops somebody is known', async () => {
    await told({ author: 'ana' });
    const { json } = await doors.ask('/v1/owners/coverage', { token });
    expect(Number(json.n)).toBe(Number(json.person) + Number(json.team) + Number(json.unknown));
  });

  test('of behaviours and controls are lists', async () => {
    const { json } = await doors.ask('/v1/behaviours', { token });
    expect(json.items).toContainEqual(
      expect.objectContaining({
        id: 'secret-in-repository',
        severity: 'high',
        frameworks: expect.any(Array),
      }),
    );
    expect((await doors.ask('/v1/controls', { token })).json).toEqual({ items: [] });
  });

  test('of an identity name the owner of its loops with the evidence', async () => {
    const id = await told({ file: 'identity.py' });
    const story = await doors.ask(`/v1/loops/${id}`, { token });
    const found = await doors.ask(`/v1/owners?identity=${story.json.caseCode}`, { token });
    expect(found.json.items).toMatchObject([
      { loop: id, owner: { id: 'ana', evidence: [{ kind: 'commit-author' }] } },
    ]);
    expect((await doors.ask('/v1/owners', { token })).status).toBe(400);
  });
});
