import { openDraws } from './draw.ts';
import type { ProgramIdentity } from './identities.ts';

/** Somebody of the invented company. All addresses end in a name that RFC 2606 keeps free. */
export type Member = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly login: string;
  readonly team: string;
  readonly manager?: string;
  readonly isDuty: boolean;
  /** Left before the story begins, or on this day of it; undefined for who stays. */
  readonly leftOnDay?: number;
  /** What their machine calls them where git was never told an address. */
  readonly laptop: string;
};

export type Squad = { readonly id: string; readonly name: string; readonly handle: string };
/** The part of a repository that a squad answers for; several parts may stand in one repository. */
export type Repository = {
  readonly name: string;
  readonly team: string;
  readonly folder: string;
  readonly files: readonly string[];
};
/** An agent with whoever answers for it. */
export type Agent = { readonly id: string; readonly sponsor: string; readonly tools: readonly string[] };

export type Organisation = {
  readonly members: readonly Member[];
  readonly squads: readonly Squad[];
  readonly repositories: readonly Repository[];
  readonly agents: readonly Agent[];
  /** Of programs; none unless asked for. */
  readonly identities: readonly ProgramIdentity[];
};

export const domain = 'brightharbour.example';
export const githubOwner = 'brightharbour';

const firstNames =
  'Ada Amir Anouk Bao Bela Carlos Chidi Dana Deniz Elif Emil Esra Farah Finn Gita Goran Hana Hugo Ines Ivo Jana Jonas Kaito Kira Lena Luca Maia Milan Nadia Nils Olga Omar Paula Priya Quentin Rana Rosa Sami Sina Tariq Tessa Uma Vera Viktor Wanda Xenia Yara Yusuf Zoe Zoran'.split(
    ' ',
  );
const lastNames =
  'Abara Berg Castell Dahl Endo Ferro Gruber Haas Ilic Jansen Kaya Lindt Moreau Novak Okoye Pires Quint Rossi Silva Tanaka Urban Vogel Weiss Xu Yilmaz Zeman'.split(
    ' ',
  );
const squadNames =
  'Payments Checkout Search Platform Mobile Data Identity Logistics Billing Growth Support Pricing Catalogue Messaging Risk Tools Media Partners Fulfilment Insights'.split(
    ' ',
  );
const fileNames = [
  'src/config.py',
  'deploy/settings.yaml',
  'scripts/backup.sh',
  'src/client/api.ts',
  'infra/main.tf',
  'notebooks/report.ipynb',
  '.env.staging',
  'test/fixtures/live.json',
];

/** Large enough that figures of a squad may be shown, also when some of it leave. */
const squadSizeUsual = 14;
const repositoriesMax = 14;

/** The company of a seed: squads of about one size with a lead, repositories that they share, some agents, some leavers. */
export function makeOrganisation(
  seed: number,
  people: number,
  days: number,
  squadSize = squadSizeUsual,
): Organisation {
  const draws = openDraws(seed);
  const squadCount = Math.max(1, Math.ceil(people / squadSize));
  const squads = Array.from({ length: squadCount }, (_, at): Squad => {
    const word = squadNames[at % squadNames.length] ?? 'Squad';
    const name = at < squadNames.length ? word : `${word} ${Math.floor(at / squadNames.length) + 1}`;
    const id = name.toLowerCase().replaceAll(' ', '-');
    return { id, name, handle: `@${githubOwner}/${id}` };
  });
  const names = new Set<string>();
  const members = Array.from({ length: people }, (_, at): Member => {
    const squad = squads[at % squadCount] ?? { id: 'payments', name: 'Payments', handle: '' };
    const name = freeName(names, draws, at);
    const id = name.toLowerCase().replaceAll(' ', '.');
    const isLead = at < squadCount;
    // The duty role is never empty, and leads stay: who answers for a leaver's things is known.
    const isDuty = at === 0;
    const leaving = isLead ? 1 : draws.unit('leaves', at);
    const leftOnDay =
      leaving < 0.03 ? -30 : leaving < 0.05 ? draws.whole(10, Math.max(11, days - 20), 'day', at) : undefined;
    return {
      id,
      name,
      email: `${id}@${domain}`,
      login: `${id.replace('.', '-')}-bh`,
      team: squad.id,
      isDuty,
      laptop: `${id.split('.')[0]}@${id.split('.')[0]}s-macbook.local`,
      ...(isLead ? {} : { manager: '' }),
      ...(leftOnDay === undefined ? {} : { leftOnDay }),
    };
  });
  const managed = members.map((member, at): Member => {
    const lead = members[at % squadCount];
    return member.manager === undefined || lead === undefined ? member : { ...member, manager: lead.id };
  });
  const repositoryCount = Math.min(repositoriesMax, Math.ceil(squadCount / 2));
  const repositories = squads.map(({ id }, at): Repository => {
    const host = squads[at % repositoryCount]?.id ?? id;
    return {
      name: `${githubOwner}/${host}`,
      team: id,
      folder: id,
      files: fileNames.map((file) => `${id}/${file}`),
    };
  });
  const staying = managed.filter(({ leftOnDay }) => leftOnDay === undefined);
  const agents = Array.from(
    { length: Math.max(3, Math.floor(people / 8)) },
    (_, at): Agent => ({
      id: `${draws.pick(['release', 'triage', 'report', 'billing', 'docs'], 'agent', at)}-agent-${at + 1}`,
      sponsor: draws.pick(staying, 'sponsor', at).id,
      tools: ['read_file', 'search', 'open_change'],
    }),
  );
  return { members: managed, squads, repositories, agents, identities: [] };
}

function freeName(taken: Set<string>, draws: ReturnType<typeof openDraws>, at: number): string {
  for (let attempt = 0; ; attempt += 1) {
    const last = draws.pick(lastNames, 'last', at, attempt);
    const base = `${draws.pick(firstNames, 'first', at, attempt)} ${last}`;
    // A company is larger than the list of names: a second family name keeps people apart.
    const name = attempt < 3 ? base : `${base}-${draws.pick(lastNames, 'second', at, attempt)}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

/** The file of people and teams as an operator would write it; only who had left at its date is marked so. */
export function peopleFile({ members, squads }: Organisation): string {
  const text = JSON.stringify;
  return [
    'people:',
    ...members.flatMap((member) => [
      `  - id: ${member.id}`,
      `    name: ${text(member.name)}`,
      `    team: ${member.team}`,
      ...(member.manager === undefined ? [] : [`    manager: ${member.manager}`]),
      `    emails: [${member.email}]`,
      `    accounts: { github: ${member.login}, aws: ${member.login} }`,
      ...(member.leftOnDay === undefined ? [] : ['    status: left']),
      ...(member.isDuty ? ['    duty: true'] : []),
    ]),
    'teams:',
    ...squads.flatMap((squad) => [
      `  - id: ${squad.id}`,
      `    name: ${text(squad.name)}`,
      `    email: ${squad.id}@${domain}`,
      `    handles: ["${squad.handle}"]`,
    ]),
    '',
  ].join('\n');
}

/** The CODEOWNERS of a repository: a rule for the folder of each squad. */
export function codeownersFile(parts: readonly Repository[]): string {
  const rules = parts.map(({ folder, team }) => `/${folder}/  @${githubOwner}/${team}\n`);
  return `# Who answers for what\n${rules.join('')}`;
}
