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
import { type Doors, openDoors } from './doors.ts';

/** Beside the corpus, which is not part of the repository. */
const corpus = process.env.FOLDBACK_CORPUS ?? resolve(import.meta.dirname, '../../../shared/corpus');
const folder = join(dirname(corpus), 'standards/authzen/interop');
const isHere = existsSync(folder);
const decision = z.object({ decision: z.boolean() });
const vectors = z.object({
  evaluation: z.array(z.object({ request: z.unknown(), expected: z.boolean() })).default([]),
  evaluations: z.array(z.object({ request: z.unknown(), expected: z.array(decision) })).default([]),
});

const files = ['todo-decisions-1_0-01.json', 'todo-decisions-1_0-02.json', 'api-gateways-decisions.json'];
const exceptions: Readonly<Record<string, string>> = {
  'todo-decisions-preview.json': 'a draft: attributes stand beside the id, and an identity within a subject',
  'todo-decisions-1_0-00.json': 'a draft: attributes stand beside the id, and not under properties',
  'idp-search.json': 'search, which is not offered',
  'search-subject.json': 'search, which is not offered',
  'search-resource.json': 'search, which is not offered',
  'search-action.json': 'search, which is not offered',
};

const fixture = (name: string) => ({
  file: name,
  text: readFileSync(join(import.meta.dirname, '../fixtures/authzen', name), 'utf8'),
});

let store: Store;
let doors: Doors;
let token: string;
beforeAll(async () => {
  store = await lendEmbedded();
  const { words } = loadPolicyFiles(shippedPacksDir()).content;
  const content = {
    schema: fixture('todo.cedarschema'),
    policies: [fixture('todo.cedar')],
    words,
    tests: [],
  };
  const opened = openPolicies(content, contentVersion(content));
  if (opened.kind === 'error') throw new Error(JSON.stringify(opened.problems));
  doors = openDoors({ store, policies: openLivePolicies(opened.set) });
  token = await doors.token(['policy:evaluate']);
});
afterAll(() => store?.close());

describe.skipIf(!isHere)('the interoperability scenarios of AuthZEN', () => {
  test.each(files)('%s is decided as the others decide it', async (file) => {
    const { evaluation, evaluations } = vectors.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    expect(evaluation.length).toBeGreaterThan(20);
    for (const { request, expected } of evaluation) {
      const answer = await doors.ask('/access/v1/evaluation', { token, json: request });
      expect([request, answer.status, answer.json.decision]).toEqual([request, 200, expected]);
    }
    for (const { request, expected } of evaluations) {
      const answer = await doors.ask('/access/v1/evaluations', { token, json: request });
      const said = z.array(decision).parse(answer.json.evaluations);
      expect([request, said.map((one) => ({ decision: one.decision }))]).toEqual([request, expected]);
    }
  });

  test.each(Object.entries(exceptions))('%s is left out: %s', (file) => {
    // Whoever takes an exception back finds that its file is there.
    expect(existsSync(join(folder, file))).toBe(true);
    expect(files).not.toContain(file);
  });
});
