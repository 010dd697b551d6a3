import type { Actor, Identity, Resource, Where } from './event.ts';
import type { Evidence, OwnerRef } from './owner.ts';
import { type OwnerWeights, weightOf } from './owner-weights.ts';
import { fold } from './people-index.ts';
import { repositoryName } from './repository-name.ts';

/** What a directory says of one thing: a workload, an application, a key, a repository. */
export type OwnedThing = {
  /** The identity that it is, if it is one: for the count of what is owned. */
  readonly identity?: Identity;
  /** Every name under which logs may know it; the identity's id is one without being listed. */
  readonly names: readonly string[];
  readonly repository?: string;
  readonly claims: readonly OwnerClaim[];
};

export type OwnerClaim = {
  readonly kind: string;
  readonly owner: OwnerRef;
  /** One plain line; what is quoted in it is inert already. */
  readonly detail: string;
};

export type OwnedQuestion = {
  readonly where: Where;
  readonly identity?: Identity;
  readonly resource?: Resource;
  readonly actor?: Actor;
};

/** An identity that a directory knows, with what it says of its owner. */
export type KnownIdentity = { readonly identity: Identity; readonly evidence: readonly Evidence[] };

export type OwnedThings = {
  readonly evidence: (question: OwnedQuestion) => readonly Evidence[];
  readonly identities: () => readonly KnownIdentity[];
};

/** The kind of what is said of a thing that was only reached for. */
const reachedFor = 'resource-place';
/** The kind of what is said of a thing that has the short name of what was asked for. */
const nameMatch = 'name-match';
/** Text that is longer is no name. */
const nameLengthMax = 2_000;

/**
 * Finds what is owned by name, in constant time. A workload or agent is found by its identity and by itself; who owns
 * what was reached for answers for the place only. A person is never found here: people are in the list of people.
 */
export function indexOwnedThings(things: readonly OwnedThing[], weights: OwnerWeights): OwnedThings {
  const byName = new Map<string, OwnedThing[]>();
  const byRepository = new Map<string, OwnedThing[]>();
  for (const thing of things) {
    const names = [...thing.names, ...(thing.identity === undefined ? [] : [thing.identity.id])];
    for (const name of new Set(names.flatMap(namesOf))) add(byName, name, thing);
    const repository = repositoryKey(thing.repository);
    if (repository !== undefined) add(byRepository, repository, thing);
  }
  const evidenceOf = (claims: readonly OwnerClaim[], kind?: string): readonly Evidence[] =>
    claims.map((claim) => {
      const said = kind ?? claim.kind;
      return { kind: said, owner: claim.owner, detail: claim.detail, weight: weightOf(weights, said) };
    });
  return {
    evidence: (question) => {
      const own = new Set(
        namesAsked(question).flatMap((name) =>
          (byName.get(name) ?? []).filter((thing) => isSameProvider(thing, question.identity)),
        ),
      );
      const reached = namesOf(question.resource?.id ?? '')
        .flatMap((name) => byName.get(name) ?? [])
        .filter((thing) => !own.has(thing));
      const repositories = [question.where.repository, subjectRepository(question.identity?.id)]
        .map(repositoryKey)
        .filter((key) => key !== undefined);
      const placed = [...new Set(repositories)].flatMap((key) => byRepository.get(key) ?? []);
      const alike = own.size > 0 ? [] : shortNames(question).flatMap((name) => byName.get(name) ?? []);
      return [
        ...[...own].flatMap(({ claims }) => evidenceOf(claims)),
        ...[...new Set(reached)].flatMap(({ claims }) => evidenceOf(claims, reachedFor)),
        ...[...new Set(alike)].flatMap(({ claims }) => evidenceOf(workloadClaims(claims), nameMatch)),
        ...placed.filter((thing) => !own.has(thing)).flatMap(({ claims }) => evidenceOf(placeClaims(claims))),
      ];
    },
    identities: () =>
      things.flatMap(({ identity, claims }) =>
        identity === undefined ? [] : [{ identity, evidence: evidenceOf(claims) }],
      ),
  };
}

/** The owner of a workload that lives in a repository answers for the repository, and did not do what was done there. */
function placeClaims(claims: readonly OwnerClaim[]): readonly OwnerClaim[] {
  return claims.map((claim) =>
    claim.kind === 'workload-owner' ? { ...claim, kind: 'catalog-owner' } : claim,
  );
}

const workloadClaims = (claims: readonly OwnerClaim[]): readonly OwnerClaim[] =>
  claims.filter(({ kind }) => kind === 'workload-owner');

/** `repo:acme/shop:environment:prod`: the subject of a token that GitHub gives to a workflow. */
function subjectRepository(id: string | undefined): string | undefined {
  return id === undefined ? undefined : /^repo:([^:\s]{1,300}):/u.exec(id)?.[1];
}

/**
 * The last part of a service account's or role's name, by which people call the workload: `checkout` of
 * `system:serviceaccount:shop:checkout`, `arn:aws:iam::1:role/checkout` and `checkout@shop.iam.gserviceaccount.com`.
 */
const shortShapes = [
  /^system:serviceaccount:[^:]+:([^:]+)$/u,
  /^arn:[^:]+:iam::\d*:(?:role|user)\/(?:.*\/)?([^/]+)$/u,
  /^([^@]+)@[a-z\d-]+\.iam\.gserviceaccount\.com$/u,
];

function shortNames(question: OwnedQuestion): readonly string[] {
  return namesAsked(question).flatMap((name) => shortShapes.flatMap((shape) => shape.exec(name)?.[1] ?? []));
}

/** The account that a leaked key opens is as good a name of the key as its mask, which nobody labels. */
const opened = 'account';

function namesAsked({ identity, actor, resource }: OwnedQuestion): readonly string[] {
  const isProgram = actor?.type === 'workload' || actor?.type === 'agent';
  const own = isProgram ? [actor.id, actor.name, actor.account?.name] : [];
  const key = resource?.type === opened ? resource.id : undefined;
  return [...new Set([identity?.id, key, ...own].flatMap((name) => namesOf(name ?? '')))];
}

/** A thing of one provider is not that of another with the same name. */
function isSameProvider(thing: OwnedThing, asked: Identity | undefined): boolean {
  const [one, other] = [thing.identity?.provider, asked?.provider];
  return one === undefined || other === undefined || fold(one) === fold(other);
}

/** `arn:aws:sts::1:assumed-role/deploy/session` is the role `arn:aws:iam::1:role/deploy` at work. */
const assumedRole = /^arn:([^:]+):sts::(\d*):assumed-role\/([^/]+)\/.+$/u;

function namesOf(text: string): readonly string[] {
  if (text.length > nameLengthMax) return [];
  const name = fold(text);
  if (name === '') return [];
  const role = assumedRole.exec(name);
  return role === null ? [name] : [name, `arn:${role[1]}:iam::${role[2]}:role/${role[3]}`];
}

function repositoryKey(text: string | undefined): string | undefined {
  return repositoryName(text)?.toLowerCase();
}

function add(map: Map<string, OwnedThing[]>, key: string, thing: OwnedThing): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [thing]);
  else list.push(thing);
}
