import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCatalog } from '../src/adapters/owners/backstage/catalog.ts';
import { readObjects as entraObjects } from '../src/adapters/owners/entra-export/objects.ts';
import { readTeams } from '../src/adapters/owners/github-teams/teams.ts';
import { readResources } from '../src/adapters/owners/labels/resources.ts';
import { readObjects as oktaObjects } from '../src/adapters/owners/okta-export/objects.ts';
import { rankOwners } from '../src/core/rank-owners.ts';
import { resolveOwner } from '../src/core/resolve-owner.ts';
import { openClones } from '../src/lib/git/clones.ts';
import { type Owners, openOwners } from '../src/owner-directories.ts';
import type { OwnerQuery } from '../src/ports/owner-directory.ts';
import { hostileTexts } from './contracts/contract-test.ts';
import { writeExports } from './support/owner-exports.ts';
import { ownerWeights } from './support/owner-weights.ts';

const clones = openClones([]);
let folder: string;
let owners: Owners;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foldback-test-'));
  const files = writeExports(folder);
  writeFileSync(
    join(folder, 'people.yaml'),
    'people:\n  - { id: ana, name: Ana C., emails: [ana@example.com], duty: true }\n  - { id: ben, name: Ben Ode, accounts: { github: octo-ben } }\n',
  );
  owners = await openOwners({
    clones,
    weights: ownerWeights,
    files,
    peopleFile: join(folder, 'people.yaml'),
  });
});
afterAll(() => {
  clones.close();
  rmSync(folder, { recursive: true });
});

async function ask(query: Partial<OwnerQuery>) {
  const full: OwnerQuery = { where: {}, leads: [], ...query };
  const answers = await Promise.all(owners.directories.map((directory) => directory.evidence([full])));
  const evidence = answers.flatMap(([first = []]) => first);
  const people = owners.people();
  const candidates = rankOwners(evidence, { people, weights: ownerWeights });
  const { kind, confidence, evidence: why, ...rest } = resolveOwner(candidates, { people });
  const owner = 'owner' in rest && rest.owner.kind !== 'stranger' ? rest.owner.id : undefined;
  return { kind, owner, confidence, kinds: why.map((piece) => piece.kind) };
}
const identity = (id: string, provider?: string) => ({
  identity: { type: 'any', id, ...(provider === undefined ? {} : { provider }) },
});

describe('people of all exports', () => {
  test('one person of five directories is one, with the id of the file', () => {
    const ana = owners.people()?.person('okta-export:00u1');
    expect(ana).toMatchObject({
      id: 'ana',
      name: 'Ana C.',
      manager: 'entra-export:e-2',
      timeZone: 'Europe/Lisbon',
      language: 'pt-PT',
      isDuty: true,
      isActive: true,
    });
    expect(owners.people()?.byAccount('github', 'octo-ana')?.id).toBe('ana');
    expect(owners.people()?.byAccount('okta', '00u1')?.id).toBe('ana');
    expect(owners.conflicts()).toEqual([]);
  });

  test('a leaver of one export has left, and a person without a word about it works here', () => {
    expect(owners.people()?.byEmail('lea@example.com')?.isActive).toBe(false);
    expect(owners.people()?.byEmail('mia@example.com')?.isActive).toBe(true);
  });

  test('the department, the group and the team are one team, reached through its mailbox', () => {
    const team = owners.people()?.teamByHandle('@acme/payments');
    expect(team).toMatchObject({ name: 'Payments', email: 'ana@example.com' });
    expect(owners.people()?.person('ana')?.team).toBe(team?.id);
    expect(owners.people()?.teams().length).toBe(1);
  });
});

describe('who owns a workload', () => {
  test('a component is owned by its group, under its name, its annotations and its repository', async () => {
    for (const name of ['checkout', 'svc-checkout', 'arn:aws:sts::111122223333:assumed-role/checkout/run-1'])
      expect(await ask(identity(name))).toMatchObject({
        kind: 'team',
        kinds: expect.arrayContaining(['workload-owner']),
      });
    expect(await ask({ where: { repository: 'acme/shop' } })).toMatchObject({
      kind: 'team',
      kinds: expect.arrayContaining(['catalog-owner']),
    });
  });

  test('the owner of the system around it is second, and a kind of the installation’s own counts', async () => {
    expect((await ask(identity('checkout'))).kinds).not.toContain('catalog-system');
    expect(await ask(identity('night-runner'))).toMatchObject({
      kind: 'person',
      owner: 'ana',
      confidence: 0.8,
    });
  });

  test('a service account or role with the short name of a component is asked about, and nobody is told', async () => {
    for (const name of [
      'system:serviceaccount:billing:ledger',
      'arn:aws:iam::111122223333:role/apps/ledger',
      'ledger@acme-prod.iam.gserviceaccount.com',
    ]) {
      expect(await ask(identity(name))).toMatchObject({
        kind: 'team',
        kinds: expect.arrayContaining(['name-match']),
      });
    }
    expect(await ask(identity('system:serviceaccount:billing:mailer'))).toMatchObject({ kind: 'unknown' });
  });

  test('a leaked key is owned by who owns the account that it opens', async () => {
    const key = { identity: { type: 'api-key', id: '[secret:aws ….abcd #123456]', provider: 'aws' } };
    const resource = { type: 'account', id: 'arn:aws:iam::111122223333:role/deploy' };
    expect(await ask({ ...key, resource })).toMatchObject({ kind: 'person', owner: 'ana' });
    expect(await ask(key)).toMatchObject({ kind: 'unknown' });
  });

  test('the subject of a workflow’s token is owned by who owns its repository', async () => {
    expect(await ask(identity('repo:acme/shop:environment:prod', 'github'))).toMatchObject({
      kind: 'team',
      kinds: expect.arrayContaining(['catalog-owner']),
    });
  });

  test('an owner whom no directory knows is nobody who is told', async () => {
    expect(await ask(identity('mailer'))).toMatchObject({ kind: 'unknown' });
  });

  test('an owner tag names the owner of the role, also while it is assumed; the last modifier is not the owner', async () => {
    const role = await ask(identity('arn:aws:sts::111122223333:assumed-role/deploy/run', 'aws'));
    expect(role).toMatchObject({ kind: 'person', owner: 'ana' });
    expect(role.kinds).not.toContain('last-modifier');
  });

  test('a service account is owned by its annotation, or by the label of the workload that runs as it', async () => {
    const account = (name: string) => ({
      actor: { type: 'workload', name: `system:serviceaccount:shop:${name}` } as const,
    });
    expect(await ask(account('checkout'))).toMatchObject({ owner: 'ana', confidence: 0.7 });
    expect(await ask(account('nightly'))).toMatchObject({ owner: 'ana' });
    expect(await ask(account('ledger-runner'))).toMatchObject({ kind: 'team' });
    expect(await ask(account('default'))).toMatchObject({ kind: 'unknown' });
  });

  test('who owns what was reached for answers for the place only', async () => {
    const reached = await ask({ resource: { type: 'bucket', id: 'arn:aws:s3:::acme-invoices' } });
    expect(reached).toMatchObject({ kind: 'team', kinds: expect.arrayContaining(['resource-place']) });
  });

  test('an application is owned by whom the provider lists; a leaver’s goes to their manager, for less', async () => {
    expect(await ask(identity('app-1', 'entra'))).toMatchObject({ owner: 'ana', confidence: 0.8 });
    expect(await ask(identity('Exporter', 'okta'))).toMatchObject({ owner: 'ana' });
    expect(await ask(identity('app-3', 'entra'))).toMatchObject({ kind: 'unknown', confidence: 0 });
    expect(await ask(identity('app-2', 'entra'))).toMatchObject({ kind: 'unknown', kinds: [] });
  });

  test('a thing of one provider is not that of another with the same name', async () => {
    expect(await ask(identity('app-1', 'okta'))).toMatchObject({ kind: 'unknown' });
  });

  test('a person’s action says nothing about who owns a thing of their name', async () => {
    expect(await ask({ actor: { type: 'person', name: 'checkout' } })).toMatchObject({ kinds: [] });
  });
});

test('files under a name that no directory has, and files that cannot be read, stop the start', async () => {
  const open = (files: Readonly<Record<string, readonly string[]>>) =>
    openOwners({ clones, weights: ownerWeights, files });
  await expect(open({ ldap: ['x'] })).rejects.toMatchObject({ code: 'bad-config' });
  await expect(open({ labels: [join(folder, 'no-such')] })).rejects.toMatchObject({ code: 'bad-config' });
  const broken = join(folder, 'broken.yaml');
  writeFileSync(broken, 'a: [1\nb: 2');
  await expect(open({ backstage: [broken] })).rejects.toMatchObject({ code: 'bad-config' });
});

describe('whatever an export holds', () => {
  const readers: Readonly<Record<string, (value: unknown) => unknown>> = {
    catalogue: (value) => readCatalog([value]),
    labels: readResources,
    teams: (value) => readTeams([value]),
    entra: (value) => entraObjects([value]),
    okta: (value) => oktaObjects([value]),
  };
  const names = [
    'kind',
    'metadata',
    'name',
    'spec',
    'owner',
    'owners',
    'labels',
    'Tags',
    'Key',
    'Value',
    'items',
    'value',
  ];
  const more = [
    'id',
    'appId',
    'profile',
    'login',
    'members',
    'nodes',
    'slug',
    'organization',
    'teams',
    'manager',
    'data',
  ];
  const key = fc.oneof(fc.constantFrom(...names, ...more), fc.string({ maxLength: 12 }));
  const text = fc.oneof(
    fc.constantFrom('Component', 'Group', 'User', 'ServiceAccount', ...hostileTexts),
    fc.string(),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.constantFrom(null, true, 0, -1),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 6 }),
    ),
  }));
  test.each(Object.entries(readers))('a reader does not throw: %s', (_, read) => {
    fc.assert(
      fc.property(tree, (value) => {
        read(value);
      }),
      { numRuns: 300 },
    );
  });
});

const corpus = join(
  process.env.FOLDBACK_CORPUS ?? join(import.meta.dirname, '../../shared/corpus'),
  'ownership',
);

describe.skipIf(!existsSync(corpus))('real catalogues and tags (skipped without FOLDBACK_CORPUS)', () => {
  test('a real catalogue gives its people, groups and owned components', async () => {
    const real = await openOwners({
      clones,
      weights: ownerWeights,
      files: { backstage: [join(corpus, 'backstage')] },
    });
    const [backstage] = real.directories;
    expect(real.people()?.teams().length).toBeGreaterThan(5);
    expect(real.people()?.byEmail('breanna-davison@example.com')?.team).toBe('backstage:team-a');
    const found = new Map(backstage?.identities?.().map((known) => [known.identity.id, known.evidence]));
    expect(found.get('artist-lookup')).toMatchObject([{ owner: { email: 'artists@example.com' } }]);
    const [answer] =
      (await backstage?.evidence([{ where: { repository: 'backstage/backstage' }, leads: [] }])) ?? [];
    expect(answer?.map(({ owner }) => owner)).toContainEqual({ kind: 'stranger', name: 'CNCF' });
  });

  test('tags of who changed a resource last are weak evidence, and never an owner', async () => {
    const real = await openOwners({
      clones,
      weights: ownerWeights,
      files: { labels: [join(corpus, 'terraform-yor-tags.jsonl')] },
    });
    const query: OwnerQuery = {
      where: {},
      leads: [],
      identity: { type: 'any', id: 'alicloud_oss_bucket.bad_bucket' },
    };
    const [evidence = []] = (await real.directories[0]?.evidence([query])) ?? [];
    expect(evidence.map(({ kind }) => kind)).toEqual(['last-modifier']);
    expect(resolveOwner(rankOwners(evidence, { weights: ownerWeights })).kind).toBe('unknown');
  });
});
