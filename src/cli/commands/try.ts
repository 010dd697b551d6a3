import type { ErrorPlace } from '../../core/errors.ts';
import { oneLine, terminal } from '../../lib/escape.ts';
import { type Tried, tryReport } from '../../try.ts';
import type { Said } from '../../try-said.ts';
import { type ExitCode, exit } from '../exit.ts';
import { openInput } from '../input.ts';
import { next, note, type Paint, painted, paintFor, plural, writeJson } from '../output.ts';

export type TryFlags = {
  readonly source?: string;
  readonly repo?: string;
  readonly people?: string;
  readonly json?: boolean;
  readonly all?: boolean;
};

/** Messages shown whole; the rest as one line each owner. */
const shownMax = 10;

export async function tryCommand(file: string, flags: TryFlags): Promise<ExitCode> {
  const input = await openInput(file);
  const tried = await tryReport({
    input: input.stream,
    now: Date.now(),
    ...(input.fileName === undefined ? {} : { fileName: input.fileName }),
    ...(flags.source === undefined ? {} : { source: flags.source }),
    ...(flags.repo === undefined ? {} : { repo: flags.repo }),
    ...(flags.people === undefined ? {} : { people: flags.people }),
  });
  if (flags.json === true) {
    for (const said of tried.said) writeJson(said);
    writeJson({ summary: tried.summary });
  } else show(tried, input.title, flags.all === true ? tried.said.length : shownMax);
  noteRejected(tried.rejected, tried.summary.rejected);
  if (tried.elsewhere.length > 0) {
    const named = tried.elsewhere.slice(0, 3).join(', ');
    note(
      `The clone is not one of ${named}${tried.elsewhere.length > 3 ? ', …' : ''}: no authors from there.`,
    );
  }
  const isUnreadable = tried.summary.rejected > 0 && tried.summary.events === 0;
  if (!isUnreadable) suggest(file, flags, tried);
  return isUnreadable ? exit.usage : exit.ok;
}

function noteRejected(places: readonly ErrorPlace[], total: number): void {
  for (const { line, pointer, detail } of places) {
    note(`line ${line}: ${detail}${pointer === undefined ? '' : ` (${pointer})`}; not taken`);
  }
  if (total > places.length) note(`… and ${total - places.length} more records that were not taken`);
}

function suggest(file: string, flags: TryFlags, tried: Tried): void {
  const name = file === '-' ? 'report.json' : file;
  if (tried.summary.events === 0) return;
  if (tried.said.length > 0 && flags.people === undefined)
    note('Without a file of people (--people, docs/people.md) owners are known, but nobody is written to.');
  if (tried.said.length > 0 && flags.repo === undefined) {
    next(`npx foldback try ${name} --repo <clone>   finds authors and code owners`);
  } else if (tried.said.length > 0 && flags.people === undefined) {
    next(`npx foldback try ${name} --people <file>   knows people, teams and who has left`);
  } else next('npm start   then: npx foldback import <file>');
}

function show(tried: Tried, title: string, count: number): void {
  const paint = paintFor(process.stdout);
  const { said, summary } = tried;
  if (said.length === 0) {
    painted(oneLine(nothing(tried, title)));
    return;
  }
  const people = plural(said.length, 'message');
  painted(paint.bold(oneLine(`${people} would go out about ${title}. Nothing is stored, nothing is sent.`)));
  for (const [index, one] of said.slice(0, count).entries()) painted(`\n${block(one, index + 1, paint)}`);
  if (said.length > count) painted(`\n${rest(said.slice(count), paint)}`);
  painted(`\n${totals(tried)}`);
  const quiet = summary.loops - said.length;
  if (quiet > 0) painted(`About ${plural(quiet, 'loop')} nothing would go out: ${whyQuiet(summary)}.`);
}

function nothing({ summary, source }: Tried, title: string): string {
  const from = source === undefined ? '' : ` (${source.title})`;
  if (summary.events === 0 && summary.rejected === 0)
    return `No finding in ${title}${from}: there is nothing to tell anyone.`;
  if (summary.events === 0) return `Nothing in ${title}${from} could be read.`;
  if (summary.loops > 0)
    return `${plural(summary.loops, 'loop')} in ${title}${from}: ${whyQuiet(summary)}, so nobody needs to be told.`;
  return `${plural(summary.events, 'event')} in ${title}${from}, and none is something that went wrong.`;
}

function whyQuiet({ untrusted }: Tried['summary']): string {
  return untrusted > 0
    ? 'it was a program or a copy and not the person, or is fixed already'
    : 'it is fixed already';
}

/** One message: who hears what, why they, and where it was. Painted; everything from outside is inert. */
function block(said: Said, number: number, paint: Paint): string {
  const { owner, where, message } = said;
  const place = [
    where.repository,
    where.file === null ? null : `${where.file}${where.line === null ? '' : `:${where.line}`}`,
    where.commit === null ? null : `commit ${where.commit.slice(0, 10)}`,
  ].filter((part) => part !== null);
  const seen = said.events === 1 ? 'seen once' : `seen ${said.events} times`;
  const rows: [string, string][] = [
    ['Found', [said.identity?.id ?? said.behaviour, seen].join(', ')],
    ['Where', place.length === 0 ? 'not said' : place.join('  ')],
    ...evidenceRows(owner),
  ];
  return [
    paint.bold(oneLine(`${number}. ${whom(said)}`)),
    `   ${paint.dim(message.moment === 'asked' ? 'is asked:' : 'is told:')} ${paint.bold(oneLine(message.subject))}`,
    ...terminal(message.text)
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => `   ${paint.dim('│')} ${text}`),
    ...rows.map(([name, text]) => `   ${paint.dim(name.padEnd(7))} ${oneLine(text)}`),
  ].join('\n');
}

function whom({ owner, message }: Said): string {
  if (owner.kind === 'unknown') return `The duty role, as no owner is known`;
  const address = owner.email === null || owner.email === owner.name ? '' : ` <${owner.email}>`;
  const sure = `confidence ${owner.confidence.toFixed(2)}`;
  return `${owner.kind === 'team' ? 'Team ' : ''}${owner.name ?? message.to}${address}, ${sure}`;
}

function evidenceRows(owner: Said['owner']): [string, string][] {
  const row = (label: string, { weight, detail }: Said['owner']['evidence'][number]): [string, string] => [
    label,
    `${weight.toFixed(2)}  ${detail}`,
  ];
  if (owner.kind !== 'unknown')
    return owner.evidence.map((piece, index) => row(index === 0 ? 'Why' : '', piece));
  const { closest } = owner;
  if (closest === undefined) return [['Why', 'nothing points at anyone']];
  return [
    ['Why', `not enough: ${closest.name ?? 'somebody'} at ${closest.confidence.toFixed(2)}`],
    ...closest.evidence.map((piece) => row('', piece)),
  ];
}

/** Whoever else would hear something, with how much. */
function rest(said: readonly Said[], paint: Paint): string {
  const byOwner = new Map<string, number>();
  for (const one of said) {
    const name = one.owner.kind === 'unknown' ? 'the duty role' : (one.owner.name ?? one.message.to);
    byOwner.set(name, (byOwner.get(name) ?? 0) + 1);
  }
  const most = [...byOwner].toSorted((a, b) => b[1] - a[1]);
  const lines = most.slice(0, shownMax).map(([name, n]) => `   ${String(n).padStart(5)}  ${oneLine(name)}`);
  if (most.length > shownMax) lines.push(`          … and ${most.length - shownMax} others`);
  return [paint.bold(`And ${plural(said.length, 'more message')} (--all shows them):`), ...lines].join('\n');
}

function totals({ summary, source }: Tried): string {
  const { owners } = summary;
  const parts = [
    plural(summary.events, 'event'),
    ...(summary.duplicates > 0 ? [plural(summary.duplicates, 'duplicate')] : []),
    ...(summary.unmatched > 0 ? [`${summary.unmatched} of no concern`] : []),
    ...(summary.rejected > 0 ? [`${summary.rejected} not taken`] : []),
    plural(summary.loops, 'loop'),
  ];
  const known = [
    [owners.person, 'a person'],
    [owners.team, 'a team'],
    [owners.unknown, 'nobody known'],
  ] as const;
  const owned = known.filter(([n]) => n > 0).map(([n, name]) => `${n} with ${name}`);
  const from = source === undefined ? '' : `${source.title}: `;
  return oneLine(`${from}${parts.join(', ')}; owners: ${owned.length === 0 ? 'none' : owned.join(', ')}`);
}
