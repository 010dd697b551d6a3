import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditChainId } from '../../src/http/audit/note-access.ts';
import { checkBackwards } from '../../src/ledger/check-audit.ts';
import { sealRows } from '../../src/ledger/rows.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { sealLedger } from '../../src/loop/seal.ts';
import type { AuditRow, Store } from '../../src/ports/store.ts';
import { fakeSecret, leak } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Answer, type Doors, form, openDoors, signer } from './doors.ts';

let store: Store;
let doors: Doors;
let admin: string;
let auditor: string;
const ours = { 'X-Foldback-Console': '1', 'Sec-Fetch-Site': 'same-origin' };

beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({ store });
  admin = await doors.token(['admin']);
  auditor = await doors.token(['audit:read']);
});
afterAll(() => store?.close());

type Item = { readonly kind: string; readonly by: string; readonly body: string; readonly address?: string };
const cookieOf = ({ headers }: Answer): string => (headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';

async function recorded(query = ''): Promise<readonly Item[]> {
  const { items } = (await doors.ask(`/v1/audit${query}`, { token: auditor })).json;
  if (!Array.isArray(items)) throw new Error('no items');
  return items.map((item: Item) => item);
}
const rowsOf = (): Promise<readonly AuditRow[]> => store.read.auditEntries(loopPrincipal, { limit: 1000 });

test('sign-ins, failures, refusals, sessions and tokens are recorded, with who and from where, and without any secret', async () => {
  const from = '192.0.2.7';
  const signedIn = await doors.ask('/v1/session', { json: { token: admin }, headers: ours, from });
  await doors.ask('/v1/session', { json: { token: 'hunter2-typed-by-mistake' }, headers: ours, from });
  const cookie = { Cookie: cookieOf(signedIn), ...ours };
  const made = await doors.ask('/v1/tokens', { json: { name: 'ci', roles: ['viewer'] }, headers: cookie });
  const id = String(made.json.id);
  const secret = String(made.json.token);
  expect((await doors.ask('/v1/tokens', { token: secret, from })).status).toBe(403);
  await doors.ask(`/v1/tokens/${id}`, { method: 'DELETE', token: admin });
  expect((await doors.ask('/v1/loops', { token: secret, from })).status).toBe(401);
  await doors.ask('/v1/session', { method: 'DELETE', headers: cookie });

  const items = await recorded();
  expect(items.map(({ kind }) => kind)).toEqual([
    'access.session-ended',
    'access.denied',
    'access.token-revoked',
    'access.denied',
    'access.token-made',
    'access.sign-in-failed',
    'access.signed-in',
  ]);
  const [, unknown, , denied, , failed, begun] = items;
  expect(begun).toMatchObject({ by: expect.stringMatching(/^token:/u), name: 'a test', address: from });
  expect(failed).toMatchObject({ by: 'nobody', address: from });
  expect(denied).toMatchObject({ by: `token:${id}`, name: 'ci' });
  expect(JSON.parse(denied?.body ?? '')).toMatchObject({ what: 'GET /v1/tokens', count: 1 });
  expect(unknown).toMatchObject({ by: 'nobody', address: from });
  const everything = JSON.stringify(await rowsOf());
  for (const text of ['fbl_', 'hunter2', secret, cookieOf(signedIn).slice(20)])
    expect(everything).not.toContain(text);
});

test('a flood of refusals is one entry and one count', async () => {
  const before = (await rowsOf()).length;
  const viewer = await doors.token(['loops:read']);
  for (let n = 0; n < 20; n += 1) expect((await doors.ask('/v1/tokens', { token: viewer })).status).toBe(403);
  expect((await rowsOf()).length).toBe(before + 1);
  doors.house.clock.pass(60_000);
  const [latest] = await recorded('?kind=access.denied&limit=1');
  expect(JSON.parse(latest?.body ?? '')).toMatchObject({ what: 'GET /v1/tokens', count: 19 });
});

test('attempts to get round what guards input, limits, hosts and other teams are recorded, without what was sent', async () => {
  const reds = await doors.token(['loops:read', 'events:write'], { teams: ['red'] });
  const from = '192.0.2.66';
  const before = (await rowsOf()).length;
  const at = doors.house.clock.now();
  const event = leak({ at, receivedAt: at, secret: fakeSecret(7), author: 'ana', file: 'other-team.py' });
  const { loops } = await ingest(doors.house.parts, {
    source: 'scanner',
    receivedAt: at,
    mode: 'live',
    events: [event],
  });
  const asked = [
    await doors.ask(`/v1/loops/${loops[0]}`, { token: reds, from }),
    await doors.ask('/v1/loops?limit=Zebra-typed', { token: reds, from }),
    await doors.ask('/v1/sources/gitleaks', { token: reds, from, body: '{Zebra', type: 'application/json' }),
    await doors.ask('/v1/pause', { token: reds, from, body: 'x', type: 'text/plain', method: 'POST' }),
    await doors.ask('/signin', { ...form({ form: 'Zebra', account: 'Zebra' }), from }),
    await doors.ask('/v1/loops', { token: reds, from, headers: { Host: 'zebra.example' } }),
  ];
  const items = (await recorded(`?limit=${(await rowsOf()).length - before}`)).map(
    ({ kind, by, body, ...rest }) => ({
      kind,
      isKnown: by !== 'nobody',
      reason: JSON.parse(body).reason,
      address: rest.address,
    }),
  );
  expect(asked.map(({ status }) => status)).toEqual([404, 400, 422, 403, 401, 421]);
  expect(items).toEqual([
    { kind: 'access.input-refused', isKnown: false, reason: 'bad-host', address: from },
    { kind: 'access.denied', isKnown: true, reason: 'forbidden', address: from },
    {
      kind: 'access.input-refused',
      isKnown: false,
      reason: expect.stringMatching(/^(?:bad-record|unrecognised-file)$/u),
      address: from,
    },
    { kind: 'access.input-refused', isKnown: true, reason: 'bad-request', address: from },
    { kind: 'access.denied', isKnown: true, reason: 'not-found', address: from },
  ]);
  expect(JSON.stringify(await rowsOf())).not.toMatch(/zebra/iu);
});

test('only auditors and administrators of all teams read it, in pages and by kind and caller', async () => {
  const [analyst, reds] = [
    await doors.token(['loops:read', 'evidence:read']),
    await doors.token(['admin'], { teams: ['red'] }),
  ];
  expect((await doors.ask('/v1/audit', { token: analyst })).status).toBe(403);
  expect((await doors.ask('/v1/audit', { token: reds })).status).toBe(403);
  const first = await doors.ask('/v1/audit?limit=2', { token: admin });
  const second = await doors.ask(`/v1/audit?limit=1000&before=${first.json.next}`, { token: admin });
  const whole = [first, second].flatMap(({ json: { items } }) => (Array.isArray(items) ? items : []));
  expect(whole.map(({ seq }) => seq)).toEqual((await rowsOf()).map(({ seq }) => seq));
  expect((await recorded('?by=nobody')).every(({ by }) => by === 'nobody')).toBe(true);
  expect((await doors.ask('/v1/audit?kind=nonsense', { token: auditor })).status).toBe(400);
});

test('the chain is whole, its heads are sealed with the ledger, and what is altered, removed or cut off shows', async () => {
  doors.house.clock.pass(3_600_000);
  await doors.ask('/v1/session', { json: { token: 'x' }, headers: ours });
  const sealer = {
    seal: (
      ...[heads, previous, at]: [Parameters<typeof sealRows>[0], Parameters<typeof sealRows>[1], number]
    ) => sealRows(heads, previous, at, signer),
    keep: async () => undefined,
    missing: async () => [],
  };
  expect(await sealLedger(doors.house.parts, sealer)).toBeGreaterThan(0);
  expect(await sealLedger(doors.house.parts, sealer)).toBe(0);
  const { json } = await doors.ask('/v1/audit/heads', { token: auditor });
  const { head, noted } = json as {
    head: { seq: number; hash: string };
    noted: readonly { seq: number; hash: string }[];
  };
  expect(noted.length).toBeGreaterThan(0);
  const rows = (await rowsOf()).map((row) => ({ loop: auditChainId, ...row }));
  const findings = (some: typeof rows, at = head) => {
    const check = checkBackwards(at, new Map(noted.map(({ seq, hash }) => [seq, hash])));
    check.page(some);
    return check.end().findings.map(({ kind }) => kind);
  };
  expect(findings(rows)).toEqual([]);
  expect(findings(rows.map((row) => (row.seq === 3 ? { ...row, kind: 'access.denied' } : row)))).not.toEqual(
    [],
  );
  expect(findings(rows.filter(({ seq }) => seq !== 3))).not.toEqual([]);
  const shorter = rows.filter(({ seq }) => seq <= 3);
  expect(findings(shorter, { seq: 3, hash: shorter[0]?.hash ?? '' })).toContain('truncated');
  // An address may be forgotten: the chain holds what it was only as a commitment.
  expect(rows.some(({ address, body }) => address !== undefined && !body.includes(address))).toBe(true);
});

test('reports that leave and people who are erased are recorded, without what was typed, and the chain is whole', async () => {
  const everything = await doors.token(['admin']);
  const typed = 'Zebra-audit of the year';
  const reports = ['/v1/evidence', '/v1/privacy/report', '/v1/people/ana/data'];
  for (const path of reports) {
    const asked = `${path}?purpose=${encodeURIComponent(typed)}`;
    expect((await doors.ask(asked, { token: everything })).status, path).toBe(200);
  }
  const at = doors.house.clock.now();
  const event = leak({ at, receivedAt: at, secret: fakeSecret(1), author: 'bob' });
  await ingest(doors.house.parts, { source: 'scanner', receivedAt: at, mode: 'live', events: [event] });
  const erased = await doors.ask('/v1/people/bob/erasure', {
    token: everything,
    json: { reason: 'Zebra-reason of somebody' },
  });
  expect(erased.status).toBe(200);
  const refused = await doors.ask('/v1/people/nobody-here/erasure', {
    token: everything,
    json: { reason: 'Zebra-reason of somebody' },
  });
  expect(refused.status).toBe(404);
  const items = await recorded('?limit=4');
  expect(items.map(({ kind }) => kind)).toEqual([
    'access.person-erased',
    'access.report-exported',
    'access.report-exported',
    'access.report-exported',
  ]);
  expect(JSON.parse(items[0]?.body ?? '')).toMatchObject({ erasure: erased.json['id'] });
  const rows = await rowsOf();
  expect(JSON.stringify(rows)).not.toContain('Zebra');
  expect(JSON.stringify(items)).not.toMatch(/bob|\bana\b/u);
  const [last] = rows;
  const check = checkBackwards({ seq: last?.seq ?? 0, hash: last?.hash ?? '' }, new Map());
  check.page(rows.map((row) => ({ ...row, loop: auditChainId })));
  expect(check.end().findings).toEqual([]);
});
