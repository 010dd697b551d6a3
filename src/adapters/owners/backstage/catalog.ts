import { directoryPeople } from '../../../core/directory-people.ts';
import type { OwnedThing, OwnerClaim } from '../../../core/owned-things.ts';
import type { OwnerRef, Person, Team } from '../../../core/owner.ts';
import { ownerOfText } from '../../../core/owner-text.ts';
import { fold } from '../../../core/people-index.ts';
import { inert } from '../../../core/untrusted-text.ts';
import { type Dict, dictOf, listOf, textOf } from '../../../lib/guards.ts';

/** The prefix of ids of people and groups that only the catalogue knows. */
const prefix = 'backstage';
const usual = 'default';

export type Catalog = {
  readonly persons: readonly Person[];
  readonly teams: readonly Team[];
  readonly things: readonly OwnedThing[];
};

type Entity = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly metadata: Dict;
  readonly spec: Dict;
  readonly annotations: Dict;
};

/** Annotations whose value is a name under which logs know the component. */
const nameAnnotations = [
  'backstage.io/kubernetes-id',
  'aws.amazon.com/arn',
  'amazonaws.com/arn',
  'aws.amazon.com/role-arn',
  'iam.gke.io/gcp-service-account',
  'foldback.dev/identities',
];
const repositoryAnnotations = [
  'github.com/project-slug',
  'gitlab.com/project-slug',
  'bitbucket.org/project-slug',
  'backstage.io/source-location',
  'backstage.io/managed-by-location',
];

/**
 * Reads entities of a Backstage catalogue (backstage.io, "Descriptor Format of Catalog Entities"). User and Group are
 * people and teams; every other kind with `spec.owner` is owned, also kinds of the installation's own.
 */
export function readCatalog(documents: readonly unknown[]): Catalog {
  const entities = documents
    .flatMap((document) => (Array.isArray(document) ? document : listOrSelf(document)))
    .flatMap(entityOf);
  const groups = entities.filter(({ kind }) => kind === 'group');
  const users = entities.filter(({ kind }) => kind === 'user');
  const systems = new Map(entities.filter(({ kind }) => kind === 'system').map((one) => [refOf(one), one]));
  const owners = new Map([...groups, ...users].map((entity) => [refOf(entity), entity]));
  const owner = (text: string): OwnerRef | undefined => resolve(text, owners);
  return {
    persons: users.map((user) => personOf(user, groups)),
    teams: groups.map(teamOf),
    things: entities
      .filter(({ kind }) => kind !== 'group' && kind !== 'user' && kind !== 'location')
      .flatMap((entity) => thingOf(entity, systems, owner)),
  };
}

/** The answer of the catalogue's own API is a list, also under `items`. */
function listOrSelf(document: unknown): readonly unknown[] {
  const items = dictOf(document)?.items;
  return Array.isArray(items) ? items : [document];
}

function entityOf(document: unknown): readonly Entity[] {
  const root = dictOf(document);
  const metadata = dictOf(root?.metadata);
  const kind = textOf(root?.kind);
  const name = textOf(metadata?.name);
  if (root === undefined || metadata === undefined || kind === undefined || name === undefined) return [];
  const namespace = textOf(metadata.namespace) ?? usual;
  const annotations = dictOf(metadata.annotations) ?? {};
  const spec = dictOf(root.spec) ?? {};
  return [{ kind: fold(kind), namespace: fold(namespace), name: fold(name), metadata, spec, annotations }];
}

const refOf = ({ kind, namespace, name }: Pick<Entity, 'kind' | 'namespace' | 'name'>): string =>
  `${kind}:${namespace}/${name}`;
const idOf = ({ namespace, name }: Pick<Entity, 'namespace' | 'name'>): string =>
  namespace === usual ? name : `${namespace}/${name}`;

/** `[kind:][namespace/]name`; a bare owner is a group, and a user where no group is called so. */
function resolve(text: string, owners: ReadonlyMap<string, Entity>): OwnerRef | undefined {
  const parts = /^(?:([a-z]+):)?(?:([^/:@]+)\/)?([^/:]+)$/u.exec(fold(text));
  const [, kind, namespace = usual, name = ''] = parts ?? [];
  for (const one of kind === undefined ? ['group', 'user'] : [kind]) {
    const found = owners.get(refOf({ kind: one, namespace, name }));
    if (found === undefined) continue;
    const id = `${prefix}:${idOf(found)}`;
    return one === 'group' ? { kind: 'team', id } : { kind: 'person', id };
  }
  return ownerOfText(text);
}

function personOf(user: Entity, groups: readonly Entity[]): Person {
  const profile = dictOf(user.spec.profile) ?? {};
  const login = textOf(user.annotations['github.com/user-login']);
  const { persons } = directoryPeople(prefix, [
    {
      id: idOf(user),
      name: textOf(profile.displayName) ?? textOf(user.metadata.title) ?? user.name,
      emails: [textOf(profile.email), textOf(user.annotations['microsoft.com/email'])],
      accounts: login === undefined ? [] : [{ system: 'github', name: login }],
      isActive: true,
    },
  ]);
  const [person] = persons;
  if (person === undefined) throw new TypeError('one entry makes one person');
  const member = textOf(listOf(user.spec.memberOf)[0]);
  const listed = groups.find((group) =>
    listOf(group.spec.members).some((name) => typeof name === 'string' && fold(name) === user.name),
  );
  const team = member === undefined ? listed : groups.find((group) => isNamed(group, member));
  return team === undefined ? person : { ...person, team: `${prefix}:${idOf(team)}` };
}

function isNamed(group: Entity, text: string): boolean {
  const name = fold(text).replace(/^group:/u, '');
  return name === idOf(group) || name === `${group.namespace}/${group.name}`;
}

function teamOf(group: Entity): Team {
  const profile = dictOf(group.spec.profile) ?? {};
  const slug = textOf(group.annotations['github.com/team-slug']);
  const email = textOf(profile.email);
  return {
    id: `${prefix}:${idOf(group)}`,
    name: textOf(profile.displayName) ?? textOf(group.metadata.title) ?? group.name,
    ...(email === undefined ? {} : { email: email.toLowerCase() }),
    handles: slug === undefined ? [] : [slug.startsWith('@') ? slug : `@${slug}`],
  };
}

function thingOf(
  entity: Entity,
  systems: ReadonlyMap<string, Entity>,
  owner: (text: string) => OwnerRef | undefined,
): readonly OwnedThing[] {
  const { kind, name, namespace, annotations, spec } = entity;
  const claims: OwnerClaim[] = [];
  const label = inert(`${kind} ${name}`, 80);
  const own = ownerText(spec);
  const ref = own === undefined ? undefined : owner(own);
  if (ref !== undefined) {
    claims.push({
      kind: 'workload-owner',
      owner: ref,
      detail: `The catalogue names this owner of the ${label}.`,
    });
  }
  const systemName = textOf(spec.system);
  const system =
    systemName === undefined
      ? undefined
      : systems.get(refOf({ kind: 'system', namespace, name: fold(systemName).replace(/^system:/u, '') }));
  const around = system === undefined ? undefined : ownerText(system.spec);
  const systemRef = around === undefined ? undefined : owner(around);
  if (systemRef !== undefined) {
    const detail = `The catalogue names this owner of the system around the ${label}.`;
    claims.push({ kind: 'catalog-system', owner: systemRef, detail });
  }
  if (claims.length === 0 && own === undefined) return [];
  const repository = repositoryAnnotations
    .map((key) => textOf(annotations[key])?.replace(/^url:/u, ''))
    .find((text) => text !== undefined && !/^(?:file|dir):/u.test(text));
  const names = nameAnnotations.flatMap((key) => textOf(annotations[key])?.split(/[\s,]+/u) ?? []);
  return [
    {
      ...(kind === 'component' || kind === 'resource' ? { identity: { type: kind, id: name } } : {}),
      names: [name, refOf(entity), ...names],
      ...(repository === undefined ? {} : { repository }),
      claims,
    },
  ];
}

/** Also as a list, as some kinds of an installation's own have it: the first is asked. */
function ownerText(spec: Dict): string | undefined {
  return textOf(spec.owner) ?? textOf(listOf(spec.owner)[0]) ?? textOf(listOf(spec.owners)[0]);
}
