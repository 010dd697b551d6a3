import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PolicyRulesJson } from '../../src/http/routes/policy-rules.ts';
import type { Store } from '../../src/ports/store.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Doors, openDoors } from './doors.ts';

let store: Store;
let doors: Doors;
beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({ store });
});
afterAll(() => store?.close());

const rulesOf = async (): Promise<PolicyRulesJson> => {
  const answer = await doors.ask('/v1/policy/rules', { token: await doors.token(['controls:read']) });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text);
};

test('every rule that forbids is listed with each word that a denial by it says', async () => {
  const { items, version } = await rulesOf();
  const asker = await doors.token(['policy:evaluate']);
  const { json } = await doors.ask('/access/v1/evaluation', {
    token: asker,
    json: {
      subject: { type: 'agent', id: 'build-agent' },
      action: { name: 'read' },
      resource: { type: 'secret', id: 'vault' },
    },
  });
  const rule = items.find(({ id }) => id === 'agent-reads-secret');
  expect(json).toMatchObject({
    decision: false,
    context: {
      rules: ['agent-reads-secret'],
      reason_user: rule?.reasonUser,
      reason_admin: rule?.reasonAdmin,
      do_instead: rule?.doInstead,
      ask: rule?.ask,
      severity: rule?.severity,
    },
  });
  expect(rule?.text).toMatch(/^forbid\(/u);
  expect(rule?.text).not.toContain('@');
  for (const { effect, reasonUser } of items)
    expect(Object.keys(reasonUser).toSorted()).toEqual(effect === 'forbid' ? ['en', 'es'] : []);
  expect(version).toMatch(/^[0-9a-f]{16}$/u);
});

test('what can be asked is what the schema knows, so that a form made of it is never unreadable', async () => {
  const { actions, facts } = await rulesOf();
  const asker = await doors.token(['policy:evaluate']);
  const values = { text: 'a', number: 1, flag: true } as const;
  const filled = (members: PolicyRulesJson['facts'][string] = []) =>
    Object.fromEntries(members.map(({ name, kind }) => [name, values[kind]]));
  const evaluations = actions.flatMap(({ action, subjects, resources, context, properties }) =>
    subjects.flatMap((subject) =>
      resources.map((resource) => ({
        subject: { type: subject, id: 'one', properties: filled(facts[subject]) },
        action: { name: action, properties: filled(properties) },
        resource: { type: resource, id: 'other', properties: filled(facts[resource]) },
        context: filled(context),
      })),
    ),
  );
  expect(evaluations.length).toBeGreaterThan(10);
  const { text } = await doors.ask('/access/v1/evaluations', { token: asker, json: { evaluations } });
  expect(text).not.toMatch(/unreadable|"failed"/u);
});
