import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemPrincipal } from '../../src/access/principal.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Answer, type Doors, openDoors } from './doors.ts';

let store: Store;
let doors: Doors;
let asker: string;
let enforcer: string;
let agent: string;
beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({ store });
  asker = await doors.token(['policy:evaluate']);
  enforcer = await doors.token(['policy:enforce']);
  const issued = await doors.given.issueToken(
    {
      id: doors.house.parts.randomId(),
      name: 'an agent',
      scopes: ['agents:use', 'policy:enforce'],
      teams: 'all',
      days: 1,
      agent: 'shop-coder',
    },
    systemPrincipal('test'),
  );
  if (issued.kind === 'refused') throw new Error(issued.reason);
  agent = issued.token;
});
afterAll(() => store?.close());

const evaluation = '/access/v1/evaluation';
const evaluations = '/access/v1/evaluations';
const forbidden = {
  subject: { type: 'workload', id: 'shop-deploy' },
  action: { name: 'issue_token' },
  resource: { type: 'environment', id: 'production' },
};
const permits = /"decision"\s*:\s*true/u;
/** Seeds stand fixed, so that a failure is one for everybody. */
const runs = { numRuns: 250, seed: 20261128 };

/** Right is any status that says what was wrong with it; a fault of ours is none. */
function never(answer: Answer): void {
  expect([200, 400, 403, 413, 415]).toContain(answer.status);
  expect(answer.text).not.toMatch(permits);
}

describe('whatever stands beside a forbidden question, it is never allowed', () => {
  const anything = fc.jsonValue({ maxDepth: 4 });
  const name = fc.oneof(
    fc.constantFrom(
      'approved',
      'ticket',
      'action',
      'foldback',
      '__proto__',
      'constructor',
      'exceptions',
      'team',
    ),
    fc.string({ maxLength: 12 }),
  );
  const members = fc
    .array(fc.tuple(name, anything), { maxLength: 5 })
    .map((pairs) => Object.fromEntries(pairs));

  test('in properties, in the context, in members that nobody knows', async () => {
    await fc.assert(
      fc.asyncProperty(
        members,
        members,
        members,
        members,
        fc.boolean(),
        async (own, of, facts, more, counts) => {
          const json = {
            ...more,
            ...forbidden,
            subject: { ...forbidden.subject, properties: own },
            resource: { ...forbidden.resource, properties: of },
            context: facts,
          };
          // The one thing that opens the way.
          fc.pre(facts.approved !== true);
          const token = counts ? enforcer : asker;
          never(await doors.ask(evaluation, { token, json }));
          never(await doors.ask(evaluations, { token, json: { ...json, evaluations: [{}, more, own] } }));
        },
      ),
      { ...runs, numRuns: 120 },
    );
  });

  test('in the bytes of the body', async () => {
    const text = JSON.stringify({ ...forbidden, context: { ticket: 'OPS-1' } });
    const change = fc.tuple(fc.nat(text.length), fc.constantFrom(0, 1, 4), fc.uint8Array({ maxLength: 6 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let bytes = Buffer.from(text);
        for (const [at, gone, put] of changes)
          bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + gone)]);
        const answer = await doors.ask(evaluation, {
          token: asker,
          method: 'POST',
          body: new Uint8Array(bytes),
          type: 'application/json',
        });
        expect([200, 400]).toContain(answer.status);
        if (permits.test(answer.text)) {
          // Then it became another question, by any reading of it.
          const { subject, action, resource } = JSON.parse(bytes.toString('utf8'));
          expect([subject.type, action.name, resource.type, resource.id]).not.toEqual([
            'workload',
            'issue_token',
            'environment',
            'production',
          ]);
        }
      }),
      runs,
    );
  });

  test('in a type, an id or a name that is no plain text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('subject', 'resource'),
        fc.constantFrom('type', 'id'),
        fc.oneof(
          anything.filter((value) => typeof value !== 'string'),
          fc.constant('x'.repeat(513)),
        ),
        async (entity, member, value) => {
          const json = { ...forbidden, [entity]: { ...forbidden[entity], [member]: value } };
          const answer = await doors.ask(evaluation, { token: enforcer, json });
          expect(answer.status).toBe(400);
          never(answer);
        },
      ),
      { ...runs, numRuns: 60 },
    );
  });
});

describe('one question has one reading', () => {
  const raw = (body: string | Uint8Array<ArrayBuffer>, path = evaluation) =>
    doors.ask(path, { token: enforcer, method: 'POST', body, type: 'application/json' });
  const text = JSON.stringify(forbidden).slice(0, -1);

  test.each([
    `${text},"context":{"approved":false,"approved":true}}`,
    `${text},"context":{"approved":false,"appr\\u006fved":true}}`,
    `${text},"context":{"approved":true},"context":{"approved":true}}`,
    `{"subject":{"type":"user","id":"a"},${text.slice(1)},"context":{"approved":true}}`,
  ])('a member that is named twice is refused: %s', async (body) => {
    for (const path of [evaluation, evaluations]) {
      const answer = await raw(body, path);
      expect([answer.status, answer.json.detail]).toEqual([400, expect.stringContaining('named twice')]);
      never(answer);
    }
  });

  test('text that is not UTF-8, a NUL and half a character are refused, before anything is counted', async () => {
    const counts = `${text.replace('shop-deploy', 'AB')},"context":{"foldback":{"attempt":true}}}`;
    for (const [put, with_] of [
      ['AB', Buffer.from([0xff])],
      ['AB', Buffer.from([0xc0, 0xaf])],
      ['AB', Buffer.from('\\u0000')],
      ['AB', Buffer.from('\\ud800')],
    ] as const) {
      const [before, after] = counts.split(put);
      const body = Buffer.concat([Buffer.from(before ?? ''), with_, Buffer.from(after ?? '')]);
      for (const path of [evaluation, evaluations]) {
        const answer = await raw(new Uint8Array(body), path);
        expect([path, answer.status]).toEqual([path, 400]);
        never(answer);
      }
    }
    expect((await store.read.loops(loopPrincipal, { limit: 10 })).items).toHaveLength(0);
  });

  test.each([
    'production\u200b',
    '\u202eproduction',
    'production\u0007',
    ' production',
    'production\n',
    'pro\u00adduction',
  ])('a name with what nobody sees is refused: %j', async (id) => {
    for (const json of [
      { ...forbidden, resource: { type: 'environment', id } },
      { ...forbidden, subject: { type: 'workload', id } },
      { ...forbidden, action: { name: id } },
    ]) {
      const answer = await doors.ask(evaluation, { token: enforcer, json });
      expect([answer.status, answer.json.detail]).toEqual([400, expect.stringContaining('nameText')]);
      const [one] = (await doors.ask(evaluations, { token: enforcer, json: { ...json, evaluations: [{}] } }))
        .json.evaluations as { decision: boolean }[];
      expect(one).toMatchObject({ decision: false, context: { outcome: 'unreadable' } });
    }
  });

  test.each([
    '1e400',
    '-1e400',
    '9007199254740993',
    '1',
    '0',
    '-0.5',
    '"true"',
    '[true]',
    '{"a":true}',
    'null',
  ])('what is no yes is no approval: %s', async (value) => {
    const answer = await raw(`${text},"context":{"approved":${value}}}`);
    expect(answer).toMatchObject({
      status: 200,
      json: { decision: false, context: { outcome: 'unreadable' } },
    });
  });
});

describe('agents over MCP', () => {
  const ask = (body: string, headers: Readonly<Record<string, string>> = {}) =>
    doors.ask('/mcp', {
      token: agent,
      method: 'POST',
      body,
      type: 'application/json',
      headers: { accept: 'application/json, text/event-stream', ...headers },
    });
  const call = (args: unknown, name = 'check_action') =>
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } });
  const secret = { action: 'read', resource: { type: 'secret', id: 'prod/database' } };

  test('get no allow for what is forbidden, whatever they put beside it', async () => {
    const anything = fc.jsonValue({ maxDepth: 3 });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ maxLength: 8 }), anything, { maxKeys: 4 }), async (more) => {
        for (const args of [
          { ...more, ...secret },
          { ...secret, resource: { ...secret.resource, properties: more } },
          { ...secret, context: { approved: true }, subject: { type: 'user', id: 'root' } },
          { ...secret, agent: 'another' },
        ]) {
          const answer = await ask(call(args));
          expect(answer.status).toBe(200);
          expect(answer.text.replaceAll('\\', '')).not.toMatch(permits);
          const json = { tool: 'check_action', arguments: args };
          const plain = await doors.ask('/v1/agents/calls', { token: agent, json });
          expect([200, 400, 409]).toContain(plain.status);
          never({ ...plain, status: 200 });
        }
      }),
      { ...runs, numRuns: 25 },
    );
  });

  test('are answered as the protocol has it when a message is none', async () => {
    let deep = '1';
    for (let level = 0; level < 200; level += 1) deep = `[${deep}]`;
    for (const [body, status] of [
      ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"check_action","name":"claim"}}', 400],
      [`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"x":${deep}}}`, 422],
      ['{"jsonrpc":"2.0","id":"\\u0000","method":"tools/list"}', 400],
      ['', 400],
      ['[]', 400],
      ['null', 400],
      ['7', 400],
    ] as const) {
      const answer = await ask(body);
      expect([body.slice(0, 90), answer.status]).toEqual([body.slice(0, 90), status]);
    }
    const unknown = await ask(call({}, '__proto__'));
    expect(unknown.text).toMatch(/error/iu);
    const smuggled = await ask(call(secret), { 'Foldback-Agent': 'another' });
    expect(smuggled.status).toBe(403);
  });
});
