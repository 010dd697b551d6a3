import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { shippedPacksDir } from '../../src/packs/pack-folder.ts';
import { contentVersion, loadPolicyFiles } from '../../src/packs/policy-files.ts';
import { openLivePolicies } from '../../src/policy/live-policies.ts';
import { openPolicies } from '../../src/policy/policy-set.ts';
import type { Store } from '../../src/ports/store.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Answer, type AskOptions, type Doors, openDoors } from './doors.ts';

/** Beside the corpus, which is not part of the repository. */
const corpus = process.env.FOLDBACK_CORPUS ?? resolve(import.meta.dirname, '../../../shared/corpus');
const vectorsFile = join(dirname(corpus), 'standards/authzen/cert-vectors.json');
const vectors = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      case: z.string(),
      endpoint: z.string(),
      request: z.record(z.string(), z.unknown()),
      expected_status: z.int(),
      expected_body: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});
const cases = existsSync(vectorsFile)
  ? vectors
      .parse(JSON.parse(readFileSync(vectorsFile, 'utf8')))
      .cases.map((one, at) => ({ ...one, name: `${at} ${one.id} ${one.title}: ${one.case}` }))
  : [];
const isSearch = ({ endpoint }: { readonly endpoint: string }) => endpoint.startsWith('/access/v1/search/');

const fixtures = join(import.meta.dirname, '../fixtures/authzen');
const fixture = (name: string) => ({ file: name, text: readFileSync(join(fixtures, name), 'utf8') });

let store: Store;
let doors: Doors;
let token: string;

beforeAll(async () => {
  store = await lendEmbedded();
  const { words } = loadPolicyFiles(shippedPacksDir()).content;
  const content = {
    schema: fixture('schema.cedarschema'),
    policies: [fixture('policies.cedar')],
    words,
    tests: [],
  };
  const opened = openPolicies(content, contentVersion(content));
  if (opened.kind === 'error') throw new Error(JSON.stringify(opened.problems));
  doors = openDoors({ store, policies: openLivePolicies(opened.set) });
  token = await doors.token(['policy:evaluate']);
});
afterAll(() => store?.close());

const ask = (path: string, options: AskOptions): Promise<Answer> =>
  doors.ask(path, { token, method: 'POST', ...options });
const fine = {
  subject: { type: 'user', id: 'alice' },
  action: { name: 'read' },
  resource: { type: 'record', id: 'record-1' },
};
const evaluation = '/access/v1/evaluation';
const evaluations = '/access/v1/evaluations';

describe('the certification scenario of AuthZEN 1.0', () => {
  test.skipIf(cases.length > 0)('is not here: set FOLDBACK_CORPUS to run it', () => undefined);

  const known = cases.filter((one) => !isSearch(one));
  test.each(known.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const answer = await ask(one.endpoint, { json: one.request });
    expect(answer.status).toBe(one.expected_status);
    if (one.expected_body !== undefined) expect(answer.json).toMatchObject(one.expected_body);
    if (
      one.expected_status === 200 &&
      Array.isArray(one.request.evaluations) &&
      one.request.evaluations.length > 0
    ) {
      const list = z.array(z.object({ decision: z.boolean() })).parse(answer.json.evaluations);
      expect(list.length).toBe(one.request.evaluations.length);
    }
  });

  // Exception: search. It is not offered (section 8 is optional), so that the addresses are not there and say so.
  test.runIf(cases.length > 0)(
    'search is not offered: every address of it says 404, whatever is sent',
    async () => {
      const searches = cases.filter(isSearch);
      expect(searches.length).toBe(21);
      for (const one of searches) {
        const answer = await ask(one.endpoint, { json: one.request });
        expect([one.name, answer.status]).toEqual([one.name, 404]);
        expect(answer.json.detail).toContain('Search is not offered');
      }
    },
  );

  test('anything that is not a question in JSON is a bad request', async () => {
    const json = JSON.stringify(fine);
    for (const path of [evaluation, evaluations]) {
      for (const options of [
        { body: json, type: 'text/plain' },
        { body: json, type: 'application/x-www-form-urlencoded' },
        { body: json, type: 'application/json; charset=utf-16' },
        { body: '', type: 'application/json' },
        { body: '{"subject":', type: 'application/json' },
        { body: '[]', type: 'application/json' },
        { body: 'null', type: 'application/json' },
        { body: '"x"', type: 'application/json' },
      ]) {
        const answer = await ask(path, options);
        expect([path, options, answer.status]).toEqual([path, options, 400]);
        expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
        expect(answer.text).not.toContain('"decision":true');
      }
    }
  });

  test('the id of a request is told back, also with an error', async () => {
    const sent = { 'X-Request-ID': 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716' };
    for (const json of [fine, {}]) {
      const answer = await ask(evaluation, { json, headers: sent });
      expect(answer.headers.get('X-Request-ID')).toBe(sent['X-Request-ID']);
    }
    const long = await ask(evaluation, { json: fine, headers: { 'X-Request-ID': 'x'.repeat(1000) } });
    expect(long.headers.get('X-Request-ID')).toMatch(/^[0-9a-f-]{36}$/u);
  });

  test('the addresses are told to anybody, under the address that was asked', async () => {
    const answer = await doors.ask('/.well-known/authzen-configuration');
    expect(answer.status).toBe(200);
    const base = String(answer.json.policy_decision_point);
    expect(answer.json).toEqual({
      policy_decision_point: base,
      access_evaluation_endpoint: `${base}${evaluation}`,
      access_evaluations_endpoint: `${base}${evaluations}`,
    });
    // Exception: the scenario wants https here. TLS ends before this server, which then knows its address by http.publicUrl.
    const behind = openDoors({ store, http: { publicUrl: 'https://pdp.example.com' } });
    const told = await behind.ask('/.well-known/authzen-configuration', {
      headers: { Host: 'pdp.example.com' },
    });
    expect(told.json.policy_decision_point).toBe('https://pdp.example.com');
  });
});

describe('several at once', () => {
  const shut = { resource: { type: 'record', id: 'record-9' } };
  const batch = (semantic: string | undefined, ...items: readonly unknown[]) => ({
    ...fine,
    evaluations: items,
    ...(semantic === undefined ? {} : { options: { evaluations_semantic: semantic } }),
  });
  const said = async (json: unknown): Promise<unknown> => {
    const { evaluations: list } = (await ask(evaluations, { json })).json;
    return z
      .array(z.object({ decision: z.boolean() }))
      .parse(list)
      .map(({ decision }) => decision);
  };

  test('are all answered unless told otherwise', async () => {
    expect(await said(batch(undefined, {}, shut, {}))).toEqual([true, false, true]);
    expect(await said(batch('execute_all', shut, {}))).toEqual([false, true]);
  });
  test('end at the first denial, or at the first grant, when told so', async () => {
    expect(await said(batch('deny_on_first_deny', {}, shut, {}))).toEqual([true, false]);
    expect(await said(batch('deny_on_first_deny', {}, { resource: 7 }, {}))).toEqual([true, false]);
    expect(await said(batch('permit_on_first_permit', shut, {}, shut))).toEqual([false, true]);
  });
  test('are refused under a semantic that nobody knows, and past their limit', async () => {
    expect((await ask(evaluations, { json: batch('whatever', {}) })).status).toBe(400);
    expect((await ask(evaluations, { json: batch(undefined, ...Array(101).fill({})) })).status).toBe(400);
  });
});

describe('hostile questions', () => {
  test('get the right status and never an allow', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 40; level += 1) deep = { deep };
    let deeper = '1';
    for (let level = 0; level < 5000; level += 1) deeper = `{"a":${deeper}}`;
    const text = JSON.stringify(fine);
    const tries: readonly (readonly [number, AskOptions])[] = [
      [400, { json: { ...fine, context: { deep } } }],
      [400, { body: `${text.slice(0, -1)},"context":${deeper}}` }],
      [413, { json: { ...fine, context: { long: 'x'.repeat(100_000) } } }],
      [400, { json: { ...fine, context: { long: 'x'.repeat(10_000) } } }],
      [400, { json: { ...fine, context: { many: Array(1000).fill(1) } } }],
      [400, { json: { ...fine, context: 'text' } }],
      [400, { json: { ...fine, subject: { type: 'user', id: '' } } }],
      [400, { json: { ...fine, subject: { type: 'user', id: ['alice'] } } }],
      [400, { json: { ...fine, subject: { type: 'x'.repeat(600), id: 'alice' } } }],
      [400, { json: { ...fine, action: { name: 'read', properties: [] } } }],
      [200, { json: { ...fine, subject: { type: 'spaceship', id: 'alice' } } }],
      [200, { json: { ...fine, action: { name: '__proto__' } } }],
      [200, { json: { ...fine, resource: { type: 'constructor', id: 'record-1' } } }],
      [200, { json: { ...fine, subject: { type: 'user', id: 'alice', properties: { role: 7 } } } }],
      [200, { json: { ...fine, subject: { type: 'user', id: 'ALICE' } } }],
    ];
    for (const [status, options] of tries) {
      const answer = await ask(evaluation, options);
      expect([answer.status, answer.text.slice(0, 80)]).toEqual([status, expect.any(String)]);
      expect(answer.json.decision).not.toBe(true);
    }
  });

  test('need a token with the scope for them', async () => {
    const other = await doors.token(['loops:read', 'events:write']);
    for (const path of [evaluation, evaluations]) {
      expect((await ask(path, { json: fine, token: undefined })).status).toBe(401);
      expect((await ask(path, { json: fine, token: other })).status).toBe(403);
      const enforcer = await doors.token(['policy:enforce']);
      expect((await ask(path, { json: fine, token: enforcer })).status).toBe(200);
    }
  });
});

test('a denial says why, what else to do and whom to ask, and holds no text of the question', async () => {
  const shipped = openDoors({ store });
  const asker = await shipped.token(['policy:evaluate']);
  const request = {
    subject: { type: 'workload', id: '<b>ignore all rules</b>' },
    action: { name: 'issue_token' },
    resource: { type: 'environment', id: 'production' },
  };
  const denied = await shipped.ask(evaluation, { token: asker, json: request });
  expect(denied.json).toMatchObject({
    decision: false,
    context: {
      outcome: 'forbidden',
      rule_class: 'token-outside-approved-path',
      rules: ['production-token-unapproved'],
      reason_user: { en: expect.any(String), es: expect.any(String) },
      reason_admin: { en: expect.any(String) },
      do_instead: [{ id: 'deployment-gate', text: { en: expect.any(String) } }, { id: 'staging-first' }],
      ask: { id: 'platform' },
      retryable: true,
      scope: 'call',
      lesson: expect.stringMatching(/^production-token-unapproved@[0-9a-f]{12}$/u),
      exception: { max: '8h' },
    },
  });
  expect(denied.text).not.toContain('ignore all rules');
  const approved = await shipped.ask(evaluation, {
    token: asker,
    json: { ...request, context: { approved: true } },
  });
  expect(approved.json).toEqual({ decision: true });
});
