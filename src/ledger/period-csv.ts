import { canonicalJson } from '../lib/canonical-json.ts';
import type { SigningKey } from '../lib/ed25519.ts';
import { isSignedBy, publicKeyId } from '../lib/ed25519.ts';
import { csvCell } from '../lib/escape.ts';
import type { Finding } from './finding.ts';

/** One row a case. Every row is signed with its place, so that an altered or removed one can be named. */
const columns = [
  'row',
  'of',
  'loop',
  'case',
  'behaviour',
  'state',
  'rung',
  'team',
  'first_occurred_at',
  'verified_at',
  'entries',
  'head',
  'from',
  'until',
  'exported_at',
  'organisation',
  'public_key',
  'signature',
] as const;
type Column = (typeof columns)[number];
type Signed = Exclude<Column, 'signature'>;

const format = 'foldback-evidence-csv/1';

export type CsvCase = {
  readonly loop: string;
  readonly caseCode: string;
  readonly behaviour: string;
  readonly state: string;
  readonly rung: string;
  readonly team?: string | undefined;
  /** Epoch milliseconds. */
  readonly firstOccurredAt: number;
  readonly verifiedAt?: number | undefined;
  readonly entries: number;
  readonly head: string;
};

export type CsvAbout = {
  readonly organisation: string;
  readonly from: number;
  readonly until: number;
  readonly exportedAt: number;
  /** How many rows there will be. */
  readonly of: number;
};

export function csvHeader(): string {
  return `${columns.map(csvCell).join(',')}\n`;
}

/** A row, inert in a spreadsheet, with its signature over what its cells say. `row` counts from 1. */
export function csvRow(about: CsvAbout, row: number, given: CsvCase, key: SigningKey): string {
  const values: Readonly<Record<Signed, string>> = {
    row: String(row),
    of: String(about.of),
    loop: given.loop,
    case: given.caseCode,
    behaviour: given.behaviour,
    state: given.state,
    rung: given.rung,
    team: given.team ?? '',
    first_occurred_at: instant(given.firstOccurredAt),
    verified_at: given.verifiedAt === undefined ? '' : instant(given.verifiedAt),
    entries: String(given.entries),
    head: given.head,
    from: instant(about.from),
    until: instant(about.until),
    exported_at: instant(about.exportedAt),
    organisation: about.organisation,
    public_key: key.publicKey,
  };
  const cells = columns.map((column) => (column === 'signature' ? '' : shown(values[column])));
  const signature = key.sign(signedText(cells));
  return `${[...cells.slice(0, -1), signature].map(quoted).join(',')}\n`;
}

export type CsvVerdict = {
  readonly isWhole: boolean;
  readonly findings: readonly Finding[];
  readonly summary: {
    readonly rows: number;
    readonly keyIds: readonly string[];
    readonly isTrusted: boolean;
  };
};

const findingsMax = 100;

/** Checks rows as they were read, each an array of its cells, the header first. */
export async function verifyPeriodCsv(
  rows: AsyncIterable<readonly string[]>,
  trustedKeys?: readonly string[],
): Promise<CsvVerdict> {
  const findings: Finding[] = [];
  const found = (kind: Finding['kind'], where: string, detail: string): void => {
    if (findings.length < findingsMax) findings.push({ kind, where, detail });
  };
  let read = -1;
  let of: number | undefined;
  let about = '';
  const keyIds = new Set<string>();
  const at = (cells: readonly string[], column: Column) => cells[columns.indexOf(column)] ?? '';
  for await (const cells of rows) {
    read += 1;
    if (read === 0) {
      if (cells.join() !== columns.join()) found('bad-format', 'line 1', 'This is no header of ours.');
      continue;
    }
    const where = `row ${at(cells, 'row') || read} (${at(cells, 'case')})`;
    const publicKey = at(cells, 'public_key');
    keyIds.add(publicKeyId(publicKey));
    if (cells.length !== columns.length || !isSignedBy(publicKey, signedText(cells), at(cells, 'signature')))
      found('altered', where, 'Its cells are not what was signed.');
    const same = (['of', 'from', 'until', 'exported_at', 'organisation', 'public_key'] as const)
      .map((column) => at(cells, column))
      .join('\n');
    if (about === '') about = same;
    else if (same !== about) found('foreign', where, 'It belongs to another export.');
    of ??= Number(at(cells, 'of'));
    if (Number(at(cells, 'row')) === read) continue;
    const isGap = Number(at(cells, 'row')) > read;
    found(isGap ? 'missing' : 'reordered', isGap ? `row ${read}` : where, `Row ${read} was to come here.`);
    read = Number(at(cells, 'row'));
  }
  if (of !== undefined && read < of)
    found('truncated', `rows ${read + 1} to ${of}`, 'They were signed for and are not there.');
  const isTrusted = [...keyIds].every((id) => trustedKeys?.includes(id) === true);
  if (trustedKeys !== undefined && !isTrusted)
    found('unknown-key', 'public_key', 'It is not among the trusted keys.');
  return {
    isWhole: findings.length === 0,
    findings,
    summary: { rows: Math.max(0, read), keyIds: [...keyIds], isTrusted },
  };
}

function signedText(cells: readonly string[]): string {
  return canonicalJson([format, ...cells.slice(0, columns.length - 1)]);
}

/** What a cell says once it is inert. */
function shown(value: string): string {
  return csvCell(value).slice(1, -1).replaceAll('""', '"');
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
