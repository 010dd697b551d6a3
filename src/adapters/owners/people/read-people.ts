import type { z } from 'zod';
import { AppError } from '../../../core/errors.ts';
import type { Person, Team } from '../../../core/owner.ts';
import { accountKey, fold, handleKey, indexPeople } from '../../../core/people-index.ts';
import type { People } from '../../../ports/owner-directory.ts';
import { type Problem, quote, type RawEntry, type RawFile, readCsv, readYaml } from './read-entries.ts';
import { accountSystems, type PersonEntry, personEntry, type TeamEntry, teamEntry } from './schema.ts';

/** 100,000 people take about 20 MiB. */
export const peopleFileBytesMax = 32 * 1024 * 1024;
/** Shown at once; whoever has more fixes these first. */
const problemsShownMax = 50;

/**
 * Reads a file of people and teams: YAML, or CSV when the name ends in `.csv`.
 *
 * @throws AppError `bad-config` with every problem and its line, at once
 */
export function readPeople(text: string, fileName: string): People {
  const problems: Problem[] = [];
  const raw = readRaw(text, fileName, problems);
  const teams = parseEntries(raw.teams, 'team', teamEntry, problems);
  const people = parseEntries(raw.people, 'person', personEntry, problems);
  checkAll(people, teams, raw.hasTeams, problems);
  if (problems.length > 0) throw badFile(fileName, problems);
  const known = teams.map(({ value }) => toTeam(value));
  return indexPeople(
    people.map(({ value }) => toPerson(value)),
    raw.hasTeams ? known : teamsOf(people.map(({ value }) => value)),
  );
}

type Parsed<T> = { readonly value: T; readonly line: (path: readonly PropertyKey[]) => number };

function readRaw(text: string, fileName: string, problems: Problem[]): RawFile {
  const nothing: RawFile = { people: [], teams: [], hasTeams: false, problems: [] };
  if (Buffer.byteLength(text) > peopleFileBytesMax) {
    problems.push({ line: 1, detail: `the file is larger than ${peopleFileBytesMax} bytes` });
    return nothing;
  }
  try {
    const raw = /\.csv$/iu.test(fileName) ? readCsv(text) : readYaml(text);
    problems.push(...raw.problems);
    return raw;
  } catch (error) {
    // Both parsers throw on what they give up on: too many aliases, an open quote, nesting beyond the stack.
    const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : 'not readable';
    problems.push({ line: 1, detail: `the file cannot be read: ${reason.slice(0, 200)}` });
    return nothing;
  }
}

function parseEntries<T>(
  entries: readonly RawEntry[],
  kind: 'person' | 'team',
  schema: z.ZodType<T>,
  problems: Problem[],
): readonly Parsed<T>[] {
  return entries.flatMap((entry) => {
    const parsed = schema.safeParse(entry.value);
    if (parsed.success) return [{ value: parsed.data, line: entry.line }];
    for (const issue of parsed.error.issues) {
      const path = issue.path.length === 0 ? `a ${kind}` : issue.path.join('.');
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) {
          const known = issue.path.at(-1) === 'accounts' ? accountSystems : Object.keys(shapes[kind]);
          const detail = `unknown key ${quote(key)} in ${path}; known are ${known.join(', ')}`;
          problems.push({ line: entry.line([...issue.path, key]), detail });
        }
      } else problems.push({ line: entry.line(issue.path), detail: `${path}: ${issue.message}` });
    }
    return [];
  });
}

const shapes = { person: personEntry.shape, team: teamEntry.shape } as const;

/** What no single entry shows: names used twice, and names of people or teams that are not there. */
function checkAll(
  people: readonly Parsed<PersonEntry>[],
  teams: readonly Parsed<TeamEntry>[],
  hasTeams: boolean,
  problems: Problem[],
): void {
  const once = openOnce(problems);
  for (const { value, line } of teams) {
    once('team id', value.id, () => line(['id']));
    for (const handle of value.handles) once('handle', handleKey(handle), () => line(['handles']));
  }
  for (const { value, line } of people) {
    once('person id', value.id, () => line(['id']));
    for (const email of value.emails) once('e-mail', fold(email), () => line(['emails']));
    for (const account of accountsOf(value)) {
      once('account', accountKey(account.system, account.name), () => line(['accounts', account.system]));
    }
  }
  const personIds = new Set(people.map(({ value }) => value.id));
  const teamIds = new Set(teams.map(({ value }) => value.id));
  for (const { value, line } of people) {
    if (value.manager !== undefined && !personIds.has(value.manager)) {
      problems.push({
        line: line(['manager']),
        detail: `manager ${quote(value.manager)} is not in the file`,
      });
    } else if (value.manager === value.id) {
      problems.push({ line: line(['manager']), detail: `${quote(value.id)} is their own manager` });
    }
    for (const { standIn } of value.away) {
      if (standIn === value.id)
        problems.push({ line: line(['away']), detail: `${quote(value.id)} is their own stand-in` });
      else if (standIn !== undefined && !personIds.has(standIn))
        problems.push({ line: line(['away']), detail: `stand-in ${quote(standIn)} is not in the file` });
    }
    if (hasTeams && value.team !== undefined && !teamIds.has(value.team)) {
      problems.push({ line: line(['team']), detail: `team ${quote(value.team)} is not in the file` });
    }
  }
}

/** A line is counted only for a problem: looking it up costs more than the check. */
function openOnce(problems: Problem[]): (what: string, name: string, line: () => number) => void {
  const seen = new Map<string, () => number>();
  return (what, name, line) => {
    const key = `${what} ${name}`;
    const before = seen.get(key);
    if (before === undefined) seen.set(key, line);
    else
      problems.push({
        line: line(),
        detail: `${what} ${quote(name)} stands twice, first in line ${before()}`,
      });
  };
}

function toPerson(entry: PersonEntry): Person {
  const { id, name, emails, team, manager, timeZone, language, country, away } = entry;
  return {
    id,
    name,
    emails,
    accounts: accountsOf(entry),
    ...(team === undefined ? {} : { team }),
    ...(manager === undefined ? {} : { manager }),
    isActive: entry.status === 'active',
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(language === undefined ? {} : { language }),
    isDuty: entry.duty,
    ...(country === undefined ? {} : { country }),
    ...(away.length === 0 ? {} : { away }),
  };
}

function accountsOf(entry: PersonEntry): Person['accounts'] {
  return accountSystems.flatMap((system) => (entry.accounts[system] ?? []).map((name) => ({ system, name })));
}

function toTeam(entry: TeamEntry): Team {
  const { id, name = id, email } = entry;
  const handles = entry.handles.map((handle) => (handle.startsWith('@') ? handle : `@${handle}`));
  return { id, name, ...(email === undefined ? {} : { email }), handles };
}

function teamsOf(people: readonly PersonEntry[]): readonly Team[] {
  const ids = new Set(people.flatMap((person) => person.team ?? []));
  return [...ids].map((id) => ({ id, name: id, handles: [] }));
}

function badFile(fileName: string, problems: readonly Problem[]): AppError {
  const sorted = [...problems].sort((a, b) => a.line - b.line);
  const shown = sorted.slice(0, problemsShownMax);
  const more = sorted.length > shown.length ? `; and ${sorted.length - shown.length} more` : '';
  const lines = shown.map((problem) => `line ${problem.line}: ${problem.detail}`).join('; ');
  return new AppError('bad-config', `${fileName}: ${lines}${more}`, { places: shown });
}
