import type { Draws } from './draw.ts';
import { openDraws } from './draw.ts';
import { githubOwner, type Member, type Organisation } from './organisation.ts';
import type { TrueOwner } from './truth.ts';

export const identityKinds = ['key', 'role', 'service-account', 'pipeline', 'agent'] as const;
export type IdentityKind = (typeof identityKinds)[number];

/** How many of a company's identities that are nobody's login are of each kind. */
const kindShares: readonly (readonly [IdentityKind, number])[] = [
  ['key', 0.35],
  ['role', 0.25],
  ['service-account', 0.25],
  ['pipeline', 0.12],
  ['agent', 0.03],
];

/**
 * What the label of an identity says: who answers for it, somebody who left since, somebody who has moved to another squad
 * since, or nothing.
 */
const labelShares = [
  ['right', 0.84],
  ['left', 0.03],
  ['moved', 0.02],
  ['none', 0.11],
] as const;
type LabelKind = (typeof labelShares)[number][0];

/** An identity of a program: a key, role or account that works without anybody at it. */
export type ProgramIdentity = {
  readonly kind: IdentityKind;
  readonly name: string;
  /** As the provider writes it. */
  readonly id: string;
  readonly team: string;
  readonly owner: TrueOwner;
  readonly says: LabelKind;
  /** What stands in its owner label. */
  readonly label?: string;
  /** Its further labels: of the squad that pays for it, and of who made it, often but not always who keeps it. */
  readonly further: readonly { readonly key: string; readonly value: string }[];
};

export const awsAccount = '111122223333';
/** Most of them belong to one person, who keeps them; the others to the squad. */
const ofOnePerson = 0.6;

/** The identities of a company, so many for each person. */
export function makeIdentities(
  seed: number,
  { members, squads }: Pick<Organisation, 'members' | 'squads'>,
  perPerson: number,
): readonly ProgramIdentity[] {
  const draws = openDraws(seed);
  const byTeam = Map.groupBy(members, ({ team }) => team);
  const staying = members.filter(({ leftOnDay }) => leftOnDay === undefined);
  return Array.from({ length: members.length * perPerson }, (_, at): ProgramIdentity => {
    const squad = squads[at % squads.length];
    const own = byTeam.get(squad?.id ?? '') ?? [];
    const here = own.filter(({ leftOnDay }) => leftOnDay === undefined);
    const left = own.filter(({ leftOnDay }) => leftOnDay !== undefined && leftOnDay < 0);
    const team = squad?.id ?? '';
    const drawn = pickShare(labelShares, draws.unit('label', at));
    // Where nobody left, no label can name them.
    const says = drawn === 'left' && left.length === 0 ? 'none' : drawn;
    const isPersons = says === 'right' && draws.chance(ofOnePerson, 'person', at);
    const person = isPersons ? draws.pick(here, 'keeper', at) : undefined;
    const owner: TrueOwner =
      person === undefined ? { kind: 'team', id: team } : { kind: 'person', id: person.id };
    const label = labelOf(draws, at, says, {
      person,
      handle: squad?.handle ?? '',
      left,
      elsewhere: staying,
      team,
    });
    const kind = pickShare(kindShares, draws.unit('kind', at));
    const name = nameOf(kind, team, at);
    return {
      kind,
      name,
      id: idOf(kind, team, name),
      team,
      owner,
      says,
      ...(label === undefined ? {} : { label }),
      further: furtherLabels(draws, at, says, { person, handle: squad?.handle ?? '', here }),
    };
  });
}

function pickShare<Name extends string>(shares: readonly (readonly [Name, number])[], unit: number): Name {
  let left = unit;
  for (const [name, share] of shares) {
    left -= share;
    if (left < 0) return name;
  }
  const [first] = shares;
  if (first === undefined) throw new Error('nothing to pick from');
  return first[0];
}

function labelOf(
  draws: Draws,
  at: number,
  says: LabelKind,
  given: {
    readonly person: Member | undefined;
    readonly handle: string;
    readonly left: readonly Member[];
    readonly elsewhere: readonly Member[];
    readonly team: string;
  },
): string | undefined {
  switch (says) {
    case 'right':
      return given.person?.email ?? given.handle;
    case 'left':
      return draws.pick(given.left, 'who left', at).email;
    case 'moved':
      return draws.pick(
        given.elsewhere.filter(({ team }) => team !== given.team),
        'who moved',
        at,
      ).email;
    case 'none':
      return undefined;
  }
}

const hasSquad = 0.7;
const hasMaker = 0.5;
const isMakersOwn = 0.85;

function furtherLabels(
  draws: Draws,
  at: number,
  says: LabelKind,
  given: { readonly person: Member | undefined; readonly handle: string; readonly here: readonly Member[] },
): ProgramIdentity['further'] {
  if (says === 'none') return [];
  const { person, handle, here } = given;
  const maker = draws.chance(isMakersOwn, 'own', at) ? person : draws.pick(here, 'maker', at);
  return [
    ...(draws.chance(hasSquad, 'squad', at) ? [{ key: 'team', value: handle }] : []),
    ...(person !== undefined && maker !== undefined && draws.chance(hasMaker, 'made', at)
      ? [{ key: 'created-by', value: maker.email }]
      : []),
  ];
}

function nameOf(kind: IdentityKind, team: string, at: number): string {
  switch (kind) {
    case 'key':
      return `svc-${team}-${at}`;
    case 'role':
      return `${team}-worker-${at}`;
    case 'service-account':
      return `runner-${at}`;
    case 'pipeline':
      return `${team}-deploy-${at}`;
    case 'agent':
      return `${team}-agent-${at}`;
  }
}

function idOf(kind: IdentityKind, team: string, name: string): string {
  if (kind === 'agent') return name;
  if (kind === 'service-account') return `system:serviceaccount:${team}:${name}`;
  return `arn:aws:iam::${awsAccount}:${kind === 'key' ? 'user' : 'role'}/${name}`;
}

function labelsOf({ label, further }: ProgramIdentity): ProgramIdentity['further'] {
  return label === undefined ? [] : [{ key: 'owner', value: label }, ...further];
}

/** The exports of labels in which an operator's company would have them; agents stand in none. */
export function labelFiles(identities: readonly ProgramIdentity[]): readonly object[] {
  const inFile = 20_000;
  const chunks = <T>(items: readonly T[]) =>
    Array.from({ length: Math.ceil(items.length / inFile) }, (_, at) =>
      items.slice(at * inFile, (at + 1) * inFile),
    );
  const accounts = identities.filter(({ kind }) => kind === 'service-account');
  const ofAws = identities.filter(({ kind }) => kind !== 'service-account' && kind !== 'agent');
  return [
    ...chunks(ofAws).map((some) => ({
      ResourceTagMappingList: some.map((one) => ({
        ResourceARN: one.id,
        Tags: labelsOf(one).map(({ key, value }) => ({ Key: key, Value: value })),
      })),
    })),
    ...chunks(accounts).map((some) => ({
      kind: 'List',
      items: some.map((one) => ({
        kind: 'ServiceAccount',
        metadata: {
          name: one.name,
          namespace: one.team,
          annotations: Object.fromEntries(
            labelsOf(one).map(({ key, value }) => [`${githubOwner}.example/${key}`, value]),
          ),
        },
      })),
    })),
  ];
}
