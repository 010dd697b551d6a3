import { expect, test } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { peopleFileBytesMax, readPeople } from './read-people.ts';

const yaml = `
people:
  - id: ana
    name: Ana Costa
    team: payments
    manager: mia
    emails: [Ana@Example.com, ana.costa@example.com]
    accounts: { github: Octo-Ana, slack: U012AB3CD, aws: [ana, ana-admin] }
    timeZone: Europe/Lisbon
    language: pt
  - { id: mia, name: Mia Lund, emails: mia@example.com, duty: true }
  - { id: leo, name: Leo Paz, status: left, duty: true }
  - { id: leo2, name: leo paz }
teams:
  - { id: payments, name: Payments, email: pay@example.com, handles: ['@Acme/payments', acme/pay] }
`;
const csv = `\ufeffkind,id,name,team,manager,emails,github,slack,aws,status,timezone,language,duty,handles,email
,ana,Ana Costa,payments,mia,Ana@Example.com; ana.costa@example.com,Octo-Ana,U012AB3CD,ana;ana-admin,,Europe/Lisbon,pt,,,
person,mia,Mia Lund,,,mia@example.com,,,,active,,,yes,,
person,leo,Leo Paz,,,,,,,left,,,true,,
person,leo2,leo paz,,,,,,,,,,,,
team,payments,Payments,,,,,,,,,,,@Acme/payments;acme/pay,pay@example.com
`;

function problemsOf(text: string, name = 'people.yaml'): readonly string[] {
  try {
    readPeople(text, name);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe('bad-config');
    return error.places.map((place) => `${place.line}: ${place.detail}`);
  }
  return [];
}

test.each([
  ['YAML', yaml, 'people.yaml'],
  ['CSV', csv, 'people.csv'],
])('%s gives people and teams by every name they have', (_, text, name) => {
  const people = readPeople(text, name);
  const ana = people.person('ana');
  expect(ana).toEqual({
    id: 'ana',
    name: 'Ana Costa',
    emails: ['ana@example.com', 'ana.costa@example.com'],
    accounts: [
      { system: 'github', name: 'Octo-Ana' },
      { system: 'slack', name: 'U012AB3CD' },
      { system: 'aws', name: 'ana' },
      { system: 'aws', name: 'ana-admin' },
    ],
    team: 'payments',
    manager: 'mia',
    isActive: true,
    timeZone: 'Europe/Lisbon',
    language: 'pt',
    isDuty: false,
  });
  expect(people.byEmail('ANA@example.COM')).toBe(ana);
  expect(people.byAccount('GitHub', '@octo-ana')).toBe(ana);
  expect(people.byAccount('gitlab', 'octo-ana')).toBeUndefined();
  expect(people.teamByHandle('acme/Payments')?.id).toBe('payments');
  expect(people.teamByHandle('@acme/pay')).toEqual(people.team('payments'));
  expect(people.team('payments')).toMatchObject({ name: 'Payments', email: 'pay@example.com' });
  for (const text of ['ana', ' Ana Costa ', 'ana costa', 'octo-ana', '@octo-ana', 'ana.costa@example.com']) {
    expect(people.find(text)).toBe(ana);
  }
  expect(people.find('leo')?.id).toBe('leo');
  expect(people.find('Leo Paz')).toBeUndefined();
  expect(people.find('')).toBeUndefined();
  expect(people.find('__proto__')).toBeUndefined();
  expect(people.duty().map((person) => person.id)).toEqual(['mia']);
  expect(people.all().map((person) => person.id)).toEqual(['ana', 'mia', 'leo', 'leo2']);
  expect(people.teams()).toHaveLength(1);
});

test('without a list of teams, the teams are those that people are in', () => {
  const people = readPeople('people: [{ id: a, name: A, team: x }, { id: b, name: B, team: x }]', 'p.yaml');
  expect(people.teams()).toEqual([{ id: 'x', name: 'x', handles: [] }]);
});

test('every problem is named at once, with its line', () => {
  expect(
    problemsOf(`people:
  - id: ana
    name: Ana
    e-mail: ana@example.com
    emails: [ana, ana@example.com]
    timeZone: Mars/Olympus
    language: not a language
  - id: ben
    status: gone
    accounts: { githup: octo-ben, github: octo-ana }
    manager: nobody
  - name: No Id
team: []
`),
  ).toEqual([
    '4: unknown key "e-mail" in a person; known are id, name, team, manager, emails, accounts, status, timeZone, language, country, away, duty',
    expect.stringMatching(/^5: emails/u),
    '6: timeZone: this is no IANA time zone, such as Europe/Lisbon',
    '7: language: this is no BCP 47 language tag, such as pt or pt-BR',
    expect.stringMatching(/^8: name: /u),
    '9: status: status is active or left',
    '10: unknown key "githup" in accounts; known are github, gitlab, slack, okta, entra, aws',
    expect.stringMatching(/^12: id: /u),
    '13: unknown key "team"; known are people, teams',
  ]);
});

test('names used twice and names that are not there are problems', () => {
  expect(
    problemsOf(`people:
  - { id: a, name: A, emails: [x@example.com], accounts: { github: x }, manager: a }
  - { id: a, name: B, emails: [X@example.com], accounts: { github: X }, manager: z, team: t }
teams:
  - { id: u, handles: ['@acme/u'] }
  - { id: u, handles: ['acme/U'] }
`),
  ).toEqual([
    '2: "a" is their own manager',
    '3: person id "a" stands twice, first in line 2',
    '3: e-mail "x@example.com" stands twice, first in line 2',
    '3: account "github:x" stands twice, first in line 2',
    '3: manager "z" is not in the file',
    '3: team "t" is not in the file',
    '6: team id "u" stands twice, first in line 5',
    '6: handle "acme/u" stands twice, first in line 5',
  ]);
});

test('a CSV problem has the line of its row, also after a value of several lines', () => {
  expect(
    problemsOf('id,name,e-mail\nana,"Ana\nCosta"\nben,,\nkit,Kit,x,y\n', 'people.csv').map((text) =>
      text.slice(0, 30),
    ),
  ).toEqual([
    '1: unknown column "e-mail"; kn',
    expect.stringMatching(/^4: name: /u),
    '5: the row has more cells than',
  ]);
  expect(problemsOf('kind,id,name\nghost,a,A\n', 'p.csv')).toEqual([
    '2: kind is person or team, not "ghost"',
  ]);
});

test.each([
  [
    'a YAML bomb',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((key, at) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`).join('\n')}\npeople: [*i]\n`,
  ],
  ['nesting without end', `people: ${'['.repeat(20_000)}`],
  ['no YAML at all', 'people: [}\n\t- x'],
  ['a list', '- a'],
  ['one text', 'hello'],
  ['people that is no list', 'people: { a: 1 }'],
  ['a key twice', 'people: []\npeople: []'],
])('%s is refused in words', (_, text) => {
  expect(problemsOf(text).length).toBeGreaterThan(0);
});

test('an open quote and a file over the limit are refused in words', () => {
  expect(problemsOf(`id,name\nana,"${'x'.repeat(100_000)}`, 'p.csv')).toHaveLength(1);
  expect(problemsOf('#'.repeat(peopleFileBytesMax + 1))).toHaveLength(1);
});

test('an empty file knows nobody', () => {
  expect(readPeople('people: []', 'p.yaml').all()).toEqual([]);
  expect(readPeople('people:\nteams:\n', 'p.yaml').all()).toEqual([]);
  expect(readPeople('id,name\n', 'p.csv').all()).toEqual([]);
});

test('a key called __proto__ is an unknown key', () => {
  expect(problemsOf('people: [{ id: a, name: A, __proto__: { isActive: true } }]')).toEqual([
    expect.stringContaining('unknown key "__proto__"'),
  ]);
});
