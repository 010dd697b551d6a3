import { directoryPeople } from '../../../core/directory-people.ts';
import type { Person, Team } from '../../../core/owner.ts';
import { fold } from '../../../core/people-index.ts';
import { type Dict, dictOf, listOf, textOf } from '../../../lib/guards.ts';

const prefix = 'github-teams';

type Member = {
  readonly login: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
  readonly isMaintainer: boolean;
};

type Read = {
  readonly organisation: string;
  readonly slug: string;
  readonly name: string;
  readonly members: readonly Member[];
};

/**
 * Teams and their members from exports in the shape of GitHub's REST API (`GET /orgs/{org}/teams` with `members` added),
 * of its GraphQL API (`organization.teams.nodes[].members.nodes[]` or `edges`), or `{organization, teams: […]}`.
 */
export function readTeams(documents: readonly unknown[]): {
  readonly persons: readonly Person[];
  readonly teams: readonly Team[];
} {
  const read = documents.flatMap((document) => teamsIn(document, undefined));
  const members = new Map<string, Member & { readonly team: string }>();
  for (const team of read) {
    for (const member of team.members) {
      const known = members.get(fold(member.login));
      const id = idOf(team);
      members.set(fold(member.login), {
        ...member,
        name: known?.name ?? member.name,
        email: known?.email ?? member.email,
        // Of several teams the first is theirs: a person has one.
        team: known?.team ?? id,
      });
    }
  }
  const people = directoryPeople(
    prefix,
    [...members].map(([login, { name, email }]) => ({
      id: login,
      name: name ?? login,
      emails: [email],
      accounts: [{ system: 'github', name: login }],
      isActive: true,
    })),
  );
  return {
    persons: people.persons.map((person) => {
      const team = members.get(person.id.slice(prefix.length + 1))?.team;
      return team === undefined ? person : { ...person, team };
    }),
    teams: read.map((team) => {
      // A team has no mailbox on GitHub: it is reached through who maintains it, else its first member.
      const reached =
        team.members.find(({ email, isMaintainer }) => isMaintainer && email !== undefined) ??
        team.members.find(({ email }) => email !== undefined);
      const email = reached?.email?.toLowerCase();
      return {
        id: idOf(team),
        name: team.name,
        ...(email === undefined ? {} : { email }),
        handles: [`@${team.organisation}/${team.slug}`],
      };
    }),
  };
}

const idOf = ({ organisation, slug }: Read): string => `${prefix}:${fold(organisation)}/${fold(slug)}`;

function teamsIn(document: unknown, around: string | undefined): readonly Read[] {
  if (Array.isArray(document)) return document.flatMap((item) => teamsIn(item, around));
  const root = dictOf(document);
  if (root === undefined) return [];
  const data = dictOf(root.data);
  if (data !== undefined) return teamsIn(data, around);
  const organisation =
    textOf(root.organization) ?? textOf(root.org) ?? textOf(dictOf(root.organization)?.login) ?? around;
  const inner = dictOf(root.organization);
  if (inner?.teams !== undefined) return teamsIn(inner.teams, organisation);
  const list = root.teams ?? root.nodes;
  if (list !== undefined) return teamsIn(list, organisation);
  const slug = textOf(root.slug);
  const own = organisation ?? organisationIn(textOf(root.html_url) ?? textOf(root.url));
  if (slug === undefined || own === undefined) return [];
  return [{ organisation: own, slug, name: textOf(root.name) ?? slug, members: membersOf(root) }];
}

/** `https://github.com/orgs/acme/teams/payments` */
function organisationIn(url: string | undefined): string | undefined {
  return /\/orgs\/([^/]+)\/teams\//u.exec(url ?? '')?.[1];
}

function membersOf(team: Dict): readonly Member[] {
  const given = dictOf(team.members);
  const edges = listOf(given?.edges).flatMap((edge) => {
    const node = dictOf(dictOf(edge)?.node);
    return node === undefined ? [] : [{ ...node, role: dictOf(edge)?.role }];
  });
  const list = Array.isArray(team.members) ? team.members : [...listOf(given?.nodes), ...edges];
  return list.flatMap((item: unknown): readonly Member[] => {
    const member = dictOf(item);
    const login = textOf(item) ?? textOf(member?.login);
    if (login === undefined || /\[bot\]$/u.test(login)) return [];
    const role = textOf(member?.role) ?? textOf(member?.role_name) ?? '';
    return [
      {
        login,
        name: textOf(member?.name),
        email: textOf(member?.email),
        isMaintainer: role.toLowerCase() === 'maintainer',
      },
    ];
  });
}
