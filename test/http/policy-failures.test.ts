import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenHash } from '../../src/access/token.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { shippedPacksDir } from '../../src/packs/pack-folder.ts';
import { contentVersion, loadPolicyFiles } from '../../src/packs/policy-files.ts';
import { openLivePolicies } from '../../src/policy/live-policies.ts';
import { openPolicies } from '../../src/policy/policy-set.ts';
import type { Store } from '../../src/ports/store.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { openDoors } from './doors.ts';

let store: Store;
beforeAll(async () => {
  store = await lendEmbedded();
});
afterAll(() => store?.close());

const json = {
  subject: { type: 'user', id: 'ana@example.com' },
  action: { name: 'open' },
  resource: { type: 'door', id: 'front' },
  context: { hour: 9_000_000_000_000, foldback: { attempt: true } },
};
const path = '/access/v1/evaluation';

test('a policy that cannot be evaluated lets nothing through, is told to operators, and blames nobody', async () => {
  const { words } = loadPolicyFiles(shippedPacksDir()).content;
  const content = {
    schema: {
      file: 'policies/schema.cedarschema',
      text: 'entity user; entity door; action open appliesTo { principal: [user], resource: [door], context: { hour?: Long } };',
    },
    policies: [
      {
        file: 'policies/doors.cedar',
        text: `@id("doors") permit(principal, action, resource);
          @id("late") @message("protected-branch") @instead("pull-request") @ask("platform") @severity("high")
          @behaviour("denied-by-policy") @owner("platform")
          forbid(principal, action, resource) when { context has hour && context.hour * 9000000000000000 > 1 };`,
      },
    ],
    words,
    tests: [],
  };
  const opened = openPolicies(content, contentVersion(content));
  if (opened.kind === 'error') throw new Error(JSON.stringify(opened.problems));
  const doors = openDoors({ store, policies: openLivePolicies(opened.set) });
  const token = await doors.token(['policy:enforce']);
  const answer = await doors.ask(path, { token, json });
  expect(answer).toMatchObject({
    status: 200,
    json: { decision: false, context: { outcome: 'failed', counted: false, rules: ['late'] } },
  });
  expect(doors.logged.join('')).toContain('a policy could not be evaluated');
  await doors.given.policies.flush();
  const [logged] = await store.read.decisions(loopPrincipal, { since: 0, limit: 10 });
  expect(logged).toMatchObject({ outcome: 'failed', rule: 'late', weight: 1 });
  expect((await store.read.loops(loopPrincipal, { limit: 10 })).items).toEqual([]);
});

test('a revoked token asks for no decision a second later', async () => {
  const doors = openDoors({ store });
  const token = await doors.token(['policy:evaluate']);
  expect((await doors.ask(path, { token, json })).status).toBe(200);
  const kept = await store.read.tokenByHash(loopPrincipal, tokenHash(token) ?? '');
  await store.transaction((tx) => tx.revokeToken(kept?.id ?? '', doors.house.clock.now()));
  doors.house.clock.pass(1_001);
  expect((await doors.ask(path, { token, json })).status).toBe(401);
});

test('denials at once share transactions, and each is stored when its answer is given', async () => {
  const own = await lendEmbedded();
  let transactions = 0;
  const counting: Store = {
    ...own,
    transaction: (work) => {
      transactions += 1;
      return own.transaction(work);
    },
  };
  const doors = openDoors({ store: counting });
  const token = await doors.token(['policy:enforce']);
  const attempt = (n: number) => ({
    subject: { type: 'workload', id: `deploy-${n}` },
    action: { name: 'issue_token' },
    resource: { type: 'environment', id: 'production' },
    context: { foldback: { attempt: true } },
  });
  transactions = 0;
  const many = Array.from({ length: 60 }, (_, n) => n);
  await Promise.all(
    many.map(async (n) => {
      const answer = await doors.ask(path, { token, json: attempt(n) });
      expect(answer.json).toMatchObject({ decision: false, context: { counted: true } });
      const asked = { since: 0, actor: `workload:deploy-${n}`, limit: 1 };
      expect(await own.read.lessons(loopPrincipal, asked)).toMatchObject([{ times: 1 }]);
    }),
  );
  expect((await own.read.loops(loopPrincipal, { limit: 200 })).items).toHaveLength(60);
  expect(transactions).toBeLessThan(30);

  // What cannot be stored is not answered as if it were, and lets nothing through.
  await own.close();
  const answer = await doors.ask(path, { token, json: attempt(100) });
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain('decision');
});
