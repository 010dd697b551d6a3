import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownerWeights } from '../../test/support/owner-weights.ts';
import type { OwnerLead } from './event.ts';
import { leadEvidence } from './lead-evidence.ts';
import type { Evidence, OwnerRef, Person, Team } from './owner.ts';
import { rankOwners } from './rank-owners.ts';
import { type Resolution, resolveOwner } from './resolve-owner.ts';
import type { KnownPeople } from './settle-owner-ref.ts';

const person = (id: string, more: Partial<Person> = {}): Person => ({
  id,
  name: id,
  emails: [`${id}@example.com`],
  accounts: [{ system: 'github', name: `octo-${id}` }],
  isActive: true,
  isDuty: false,
  ...more,
});
const persons: readonly Person[] = [
  person('ana', { team: 'payments', manager: 'mia' }),
  person('ben', { team: 'payments', manager: 'mia' }),
  person('eve', { team: 'search' }),
  person('mia'),
  person('lea', { isActive: false, team: 'payments' }),
  person('leo', { isActive: false, manager: 'mia' }),
  person('max', { isActive: false }),
];
const teams: readonly Team[] = ['payments', 'search'].map((id) => ({
  id,
  name: id,
  handles: [`@acme/${id}`],
}));
const people: KnownPeople = {
  person: (id) => persons.find((one) => one.id === id),
  team: (id) => teams.find((one) => one.id === id),
  byEmail: (email) => persons.find((one) => one.emails.includes(email.toLowerCase())),
  byAccount: (system, name) =>
    persons.find((one) => one.accounts.some((account) => account.system === system && account.name === name)),
  teamByHandle: (handle) => teams.find((one) => one.handles.includes(`@${handle.replace(/^@/u, '')}`)),
  find: (text) => persons.find((one) => one.name === text),
};

const by = (kind: string, owner: OwnerRef, detail = kind): Evidence => ({ kind, owner, detail, weight: 1 });
const email = (address: string) => ({ kind: 'stranger', email: address }) as const;
const handle = (name: string): OwnerRef => ({ kind: 'stranger', account: { system: 'github', name } });
const id = (text: string): OwnerRef => ({ kind: 'person', id: text });

function resolveWith(evidence: readonly Evidence[], known: KnownPeople | undefined): Resolution {
  return resolveOwner(rankOwners(evidence, { people: known, weights: ownerWeights }), { people: known });
}
const resolve = (evidence: readonly Evidence[]): Resolution => resolveWith(evidence, people);
const resolveAlone = (evidence: readonly Evidence[]): Resolution => resolveWith(evidence, undefined);
const whom = (resolution: Resolution): unknown =>
  resolution.kind === 'unknown' ? 'unknown' : [resolution.owner, resolution.confidence];

test('a commit author alone is medium evidence, and reaches the threshold', () => {
  expect(whom(resolveAlone([by('commit-author', email('x@example.com'))]))).toEqual([
    email('x@example.com'),
    0.6,
  ]);
});

test('an author whom the directory knows as active is surer', () => {
  expect(whom(resolve([by('commit-author', email('ana@example.com'))]))).toEqual([id('ana'), 0.76]);
});

test('an author whom the directory does not know is nobody, and stays visible', () => {
  const resolution = resolve([by('commit-author', email('x@example.com'))]);
  expect(resolution).toMatchObject({ kind: 'unknown', confidence: 0, runnerUp: { confidence: 0.6 } });
});

test('saying the same thing again, or in another kind of the same origin, does not inflate', () => {
  const once = resolve([by('commit-author', email('ana@example.com'))]);
  const often = resolve([
    ...Array.from({ length: 50 }, (_, index) =>
      by('commit-author', email('ana@example.com'), `commit ${index}`),
    ),
    by('commit-committer', email('ana@example.com')),
    by('line-author', email('ana@example.com')),
  ]);
  expect(whom(often)).toEqual(whom(once));
});

test('evidence of another origin adds', () => {
  expect(
    whom(resolve([by('commit-author', email('ana@example.com')), by('pusher', handle('octo-ana'))])),
  ).toEqual([id('ana'), 0.952]);
});

test('two authors of one team contradict each other, so the team is asked', () => {
  expect(
    whom(
      resolve([by('commit-author', email('ana@example.com')), by('commit-author', email('ben@example.com'))]),
    ),
  ).toEqual([{ kind: 'team', id: 'payments' }, 0.8636]);
});

test('two authors of different teams leave it open', () => {
  const resolution = resolve([
    by('commit-author', email('ana@example.com')),
    by('commit-author', email('eve@example.com')),
  ]);
  expect(resolution.kind).toBe('team');
  expect(resolution.confidence).toBeLessThan(0.5);
  expect(resolution.runnerUp?.confidence).toBe(resolution.confidence);
});

test('who did it goes before who answers for the place', () => {
  expect(
    whom(resolve([by('commit-author', email('ana@example.com')), by('codeowners', handle('octo-eve'))])),
  ).toEqual([id('ana'), 0.76]);
});

test('who answers for the place is told when nobody is known to have done it', () => {
  expect(
    whom(resolve([by('commit-author', email('x@laptop.example')), by('codeowners', handle('octo-eve'))])),
  ).toEqual([id('eve'), 0.65]);
  expect(whom(resolve([by('codeowners', handle('acme/payments'))]))).toEqual([
    { kind: 'team', id: 'payments' },
    0.65,
  ]);
});

test('three code owners are three guesses: nobody is blamed, their team is asked', () => {
  expect(resolve(['ana', 'ben', 'mia'].map((name) => by('codeowners', handle(`octo-${name}`)))).kind).toBe(
    'team',
  );
  expect(resolve(['eve', 'mia'].map((name) => by('codeowners-default', handle(`octo-${name}`)))).kind).toBe(
    'unknown',
  );
});

test("a person's own team answering for the place agrees", () => {
  const [first] = rankOwners(
    [by('commit-author', email('ana@example.com')), by('codeowners', handle('acme/payments'))],
    { people, weights: ownerWeights },
  );
  expect(first?.owner).toEqual({ kind: 'team', id: 'payments' });
  const [, second] = rankOwners(
    [by('commit-author', email('ana@example.com')), by('codeowners', handle('acme/payments'))],
    { people, weights: ownerWeights },
  );
  expect(second).toMatchObject({ owner: id('ana'), confidence: 0.808 });
});

test("a leaver's evidence moves to the team, else to the manager, and weighs less", () => {
  expect(whom(resolve([by('commit-author', email('lea@example.com'))]))).toEqual([
    { kind: 'team', id: 'payments' },
    0.42,
  ]);
  expect(
    rankOwners([by('commit-author', email('leo@example.com'))], { people, weights: ownerWeights }),
  ).toMatchObject([{ owner: id('mia'), confidence: 0.42 }]);
  expect(resolve([by('learnt', id('leo'))])).toMatchObject({ kind: 'person', owner: id('mia') });
});

test('a leaver with neither team nor manager is never told', () => {
  expect(resolve([by('learnt', id('max'))]).kind).toBe('unknown');
});

test('what was learnt outweighs the author; a mere suggestion does not', () => {
  const author = by('commit-author', email('ana@example.com'));
  expect(whom(resolve([author, by('learnt', id('eve'))]))).toEqual([id('eve'), 0.8201]);
  expect(resolve([author, by('suggested', id('eve'))])).toMatchObject({ owner: id('ana') });
});

test('"not mine" lowers an owner below the threshold', () => {
  expect(resolve([by('commit-author', email('eve@example.com')), by('disowned', id('eve'))]).kind).toBe(
    'unknown',
  );
});

test('an id that the directory no longer has, and an unknown kind, decide nothing', () => {
  expect(
    rankOwners([by('learnt', id('gone')), by('learnt', { kind: 'team', id: 'gone' })], {
      people,
      weights: ownerWeights,
    }),
  ).toEqual([]);
  expect(resolve([by('made-up', id('ana'))])).toMatchObject({ kind: 'team', confidence: 0.3 });
});

test('without a directory, an account and an address seen together are one stranger', () => {
  const account = { system: 'github', name: 'octo' };
  const [first, ...rest] = rankOwners(
    [
      by('pusher', { kind: 'stranger', account }),
      by('commit-author', { kind: 'stranger', email: 'o@example.com', account, name: 'O' }),
      by('commit-author', email('o@example.com')),
    ],
    { weights: ownerWeights },
  );
  expect(rest).toEqual([]);
  expect(first?.owner).toEqual({ kind: 'stranger', email: 'o@example.com', account, name: 'O' });
  expect(first?.confidence).toBe(0.92);
});

test('without a directory, an address and the one that a mailmap puts in its place are one stranger', () => {
  const mapped: OwnerRef = {
    ...email('o@example.com'),
    account: { system: 'email', name: 'old@example.com' },
  };
  expect(
    rankOwners([by('commit-author', mapped), by('commit-author', email('Old@example.com'))], {
      weights: ownerWeights,
    }),
  ).toMatchObject([{ owner: { email: 'o@example.com' }, confidence: 0.6 }]);
});

test('without a directory, a team handle is a team and a plain name is nobody', () => {
  expect(whom(resolveAlone([by('codeowners', handle('acme/payments'))]))).toEqual([
    { kind: 'team', id: 'acme/payments' },
    0.65,
  ]);
  expect(resolveAlone([by('resource-owner', { kind: 'stranger', name: 'Ana' })]).kind).toBe('unknown');
  expect(resolve([by('resource-owner', { kind: 'stranger', name: 'ana' })])).toMatchObject({
    owner: id('ana'),
  });
});

test('the weights are an argument', () => {
  const weights = { ...ownerWeights, kinds: {} };
  expect(rankOwners([by('commit-author', id('ana'))], { people, weights })[0]?.confidence).toBe(0.3);
});

test('leads of bots, laptops and no-reply addresses are no evidence', () => {
  const lead = (address: string): OwnerLead => ({ kind: 'commit-author', name: 'Someone', email: address });
  expect(
    leadEvidence(
      [
        lead('counter@counters-MacBook-Air.local'),
        lead('root@localhost'),
        lead('1+dependabot[bot]@users.noreply.github.com'),
        { kind: 'commit-author', name: 'Ana Costa' },
      ],
      ownerWeights,
    ),
  ).toEqual([]);
  expect(leadEvidence([lead('1+octo-ana@users.noreply.github.com')], ownerWeights)).toMatchObject([
    { kind: 'commit-author', owner: { account: { system: 'github', name: 'octo-ana' } }, weight: 0.6 },
  ]);
  expect(leadEvidence([{ kind: 'named-by-hand', name: 'ana' }], ownerWeights)).toMatchObject([
    { owner: { name: 'ana' } },
  ]);
});

const refs: readonly OwnerRef[] = [
  ...persons.map((one) => id(one.id)),
  ...persons.map((one) => email(one.emails[0] ?? '')),
  ...persons.map((one) => handle(`octo-${one.id}`)),
  { kind: 'stranger', email: 'x@example.com', account: { system: 'github', name: 'octo-x' } },
  { kind: 'stranger', email: 'y@example.com', account: { system: 'github', name: 'octo-x' }, name: 'Y' },
  handle('octo-x'),
  email('x@example.com'),
  email('X@example.com'),
  handle('acme/payments'),
  handle('acme/nobody'),
  { kind: 'team', id: 'search' },
  { kind: 'stranger', name: 'ana' },
];
const anyEvidence: fc.Arbitrary<Evidence> = fc.record({
  kind: fc.constantFrom(...Object.keys(ownerWeights.kinds), 'made-up'),
  owner: fc.constantFrom(...refs),
  detail: fc.constantFrom('a', 'b', 'c'),
  weight: fc.double({ min: 0, max: 1, noNaN: true }),
});

test.each([
  ['with a directory', people],
  ['without a directory', undefined],
])('%s, the same set of evidence in any order and number gives the same owner', (_, known) => {
  fc.assert(
    fc.property(
      fc
        .array(anyEvidence, { maxLength: 25 })
        .chain((evidence) =>
          fc.tuple(
            fc.constant(evidence),
            fc.shuffledSubarray([...evidence, ...evidence], { minLength: evidence.length * 2 }),
          ),
        ),
      ([evidence, again]) => {
        const candidates = rankOwners(evidence, { people: known, weights: ownerWeights });
        expect(rankOwners(again, { people: known, weights: ownerWeights })).toEqual(candidates);
        expect(resolveWith(again, known)).toEqual(resolveWith(evidence, known));
        for (const { confidence } of candidates) expect(confidence >= 0 && confidence < 1).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('whoever is told is active, known and above the threshold; strangers only where no directory is', () => {
  fc.assert(
    fc.property(fc.array(anyEvidence, { maxLength: 12 }), (evidence) => {
      const resolution = resolve(evidence);
      if (resolution.kind !== 'person') return;
      expect(resolution.confidence).toBeGreaterThanOrEqual(0.6);
      expect(resolution.owner.kind === 'person' && people.person(resolution.owner.id)?.isActive).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('evidence that someone else did it never raises whoever seemed to have done it', () => {
  const deeds = anyEvidence.filter((piece) => ownerWeights.kinds[piece.kind]?.says === 'deed');
  fc.assert(
    fc.property(fc.array(deeds, { maxLength: 8 }), (evidence) => {
      const share = (list: readonly Evidence[]): number =>
        rankOwners(list, { people, weights: ownerWeights }).find(
          (one) => one.owner.kind === 'person' && one.owner.id === 'mia',
        )?.confidence ?? 0;
      expect(share([...evidence, by('pusher', id('eve'))])).toBeLessThanOrEqual(share(evidence));
    }),
    { numRuns: 500 },
  );
});
