import { parse } from 'csv-parse/sync';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { accountSystems } from './schema.ts';

/** One entry of the file before it is checked, with a way back to the line a problem stands on. */
export type RawEntry = { readonly value: unknown; readonly line: (path: readonly PropertyKey[]) => number };
export type RawFile = {
  readonly people: readonly RawEntry[];
  readonly teams: readonly RawEntry[];
  /** Whether the file lists teams at all; otherwise they come from the people in them. */
  readonly hasTeams: boolean;
  readonly problems: readonly Problem[];
};
export type Problem = { readonly line: number; readonly detail: string };

/** A handful of shared team names need aliases; a thousand are a bomb. */
export const yamlAliasesMax = 100;
/** A row longer than this is an open quote. */
const csvRowBytesMax = 64 * 1024;

export function readYaml(text: string): RawFile {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, schema: 'core', version: '1.2' });
  const problems: Problem[] = doc.errors.map((error) => ({
    line: error.linePos?.[0].line ?? 1,
    detail:
      error.message.split('\n', 1)[0]?.replace(/ at line \d+, column \d+:?$/u, '') ?? 'this is not YAML',
  }));
  if (problems.length > 0) return { ...nothing, problems };
  const root: unknown = doc.toJS({ maxAliasCount: yamlAliasesMax });
  const lineAt = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const node = depth === 0 ? doc.contents : doc.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  if (!isRecord(root))
    return { ...nothing, problems: [{ line: 1, detail: 'write the keys people and teams' }] };
  for (const key of Object.keys(root)) {
    if (key !== 'people' && key !== 'teams') {
      problems.push({ line: lineAt([key]), detail: `unknown key ${quote(key)}; known are people, teams` });
    }
  }
  const list = (key: 'people' | 'teams'): readonly RawEntry[] => {
    const value = root[key];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      problems.push({ line: lineAt([key]), detail: `${key} must be a list` });
      return [];
    }
    return value.map((entry: unknown, index) => ({
      value: entry,
      line: (path) => lineAt([key, index, ...path]),
    }));
  };
  return { people: list('people'), teams: list('teams'), hasTeams: root.teams !== undefined, problems };
}

const listColumns = new Set<string>(['emails', 'handles', ...accountSystems]);
const columns = [
  'kind',
  'id',
  'name',
  'team',
  'manager',
  'emails',
  'email',
  'handles',
  ...accountSystems,
  'status',
  'timeZone',
  'language',
  'country',
  'away',
  'duty',
];
const columnNames = new Map(columns.map((column) => [column.toLowerCase(), column]));

/** A header line and one person a row; a row whose `kind` is `team` is a team. Lists are parted by `;`. */
export function readCsv(text: string): RawFile {
  const rows: unknown = parse(text, {
    bom: true,
    columns: false,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: csvRowBytesMax,
  });
  const problems: Problem[] = [];
  const people: RawEntry[] = [];
  const teams: RawEntry[] = [];
  let header: readonly (string | undefined)[] | undefined;
  let previousLine = 0;
  for (const row of Array.isArray(rows) ? rows : []) {
    const { cells, lastLine } = readRow(row);
    const line = previousLine + 1;
    previousLine = lastLine;
    if (header === undefined) {
      header = cells.map((cell) => columnNames.get(cell.toLowerCase()));
      cells.forEach((cell, index) => {
        if (header?.[index] === undefined) {
          problems.push({ line, detail: `unknown column ${quote(cell)}; known are ${columns.join(', ')}` });
        }
      });
      continue;
    }
    if (cells.length > header.length)
      problems.push({ line, detail: 'the row has more cells than the header' });
    const { kind, value } = toEntry(header, cells);
    const entry: RawEntry = { value, line: () => line };
    if (kind === 'team') teams.push(entry);
    else if (kind === 'person' || kind === '') people.push(entry);
    else problems.push({ line, detail: `kind is person or team, not ${quote(kind)}` });
  }
  return { people, teams, hasTeams: teams.length > 0, problems };
}

function readRow(row: unknown): { readonly cells: readonly string[]; readonly lastLine: number } {
  const record: unknown = isRecord(row) ? row.record : undefined;
  const info: unknown = isRecord(row) ? row.info : undefined;
  const lastLine = isRecord(info) && typeof info.lines === 'number' ? info.lines : 1;
  return { cells: Array.isArray(record) ? record.map(String) : [], lastLine };
}

function toEntry(
  header: readonly (string | undefined)[],
  cells: readonly string[],
): { readonly kind: string; readonly value: Readonly<Record<string, unknown>> } {
  const value: Record<string, unknown> = {};
  const accounts: Record<string, unknown> = {};
  let kind = '';
  cells.forEach((cell, index) => {
    const column = header[index];
    if (column === undefined || cell === '') return;
    if (column === 'kind') kind = cell.toLowerCase();
    else if (column === 'duty') value.duty = yesNo.get(cell.toLowerCase()) ?? cell;
    else if (listColumns.has(column)) {
      const list = cell
        .split(';')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      if (column === 'emails' || column === 'handles') value[column] = list;
      else accounts[column] = list;
    } else value[column] = cell;
  });
  if (Object.keys(accounts).length > 0) value.accounts = accounts;
  if (kind !== 'team' && typeof value.email === 'string') {
    value.emails ??= [value.email];
    delete value.email;
  }
  return { kind, value };
}

const yesNo: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
]);
const nothing = { people: [], teams: [], hasTeams: false } as const;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A word of the file inside a sentence: bounded, without line breaks. */
export function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
