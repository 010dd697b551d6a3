import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

/**
 * Compares what `foldback corpus DIR --json --actors FILE` says of real logs with an independent reading of them:
 * `truth.jsonl` (who acted) and `labels.jsonl` (which behaviour it was) in the same folder.
 *
 * npm run truth -- --corpus DIR [--actors FILE] [--source ID]… [--show N] [--json]
 *
 * Without FILE it runs that command itself.
 */

const key = z.union([z.string(), z.number()]).transform(String);

/** A line of `--actors`: one event. */
export const actorLine = z.object({
  file: z.string(),
  event: key,
  actor: z.object({ type: z.string(), id: z.string().nullish(), names: z.array(z.string()).default([]) }),
  behaviours: z.array(z.string()).default([]),
});
export type ActorLine = z.infer<typeof actorLine>;

export const truthLine = z.object({
  file: z.string(),
  event: key,
  source: z.string(),
  names_actor: z.boolean(),
  actor: z.object({ type: z.string(), accept: z.array(z.string()) }),
  note: z.string().optional(),
});
export type TruthLine = z.infer<typeof truthLine>;

export const labelLine = z.object({
  file: z.string(),
  test: key,
  behaviour: z.string(),
  expected: z.boolean(),
  why: z.string().optional(),
});
export type LabelLine = z.infer<typeof labelLine>;

/** `right` of `total`; the rest named somebody else, nobody, or was not read though its file was. */
type Named = { total: number; right: number; wrong: number; nobody: number; missing: number };
/** Logs that do not say who acted: whoever is named there is wrong. */
type Nameless = { total: number; right: number; wrong: number; missing: number };
type Types = { total: number; right: number };
export type SourceFigures = { readonly named: Named; readonly nameless: Nameless; readonly types: Types };

export type Fault = {
  readonly file: string;
  readonly event: string;
  readonly source: string;
  readonly fault: 'wrong' | 'nobody' | 'missing' | 'named-without-reason' | 'type';
  readonly said: readonly string[];
  readonly accept: readonly string[];
  readonly note?: string;
};

export type ActorComparison = {
  readonly sources: ReadonlyMap<string, SourceFigures>;
  readonly faults: readonly Fault[];
  /** Files of which no event was read, with their logs in the truth: named, and in no other figure. */
  readonly unread: ReadonlyMap<string, number>;
};

/** Without case, as the truth is written. An event may have several lines; one that names somebody wrong is wrong. */
export function compareActors(truth: readonly TruthLine[], lines: readonly ActorLine[]): ActorComparison {
  const said = Map.groupBy(lines, (line) => keyOf(line.file, line.event));
  const sources = new Map<string, SourceFigures>();
  const faults: Fault[] = [];
  const read = new Set(lines.map((line) => fileOf(line.file)));
  const unread = new Map<string, number>();
  for (const line of truth) {
    const file = fileOf(line.file);
    if (!read.has(file)) {
      unread.set(file, (unread.get(file) ?? 0) + 1);
      continue;
    }
    const figures = sources.get(line.source) ?? {
      named: { total: 0, right: 0, wrong: 0, nobody: 0, missing: 0 },
      nameless: { total: 0, right: 0, wrong: 0, missing: 0 },
      types: { total: 0, right: 0 },
    };
    sources.set(line.source, figures);
    judge(line, said.get(keyOf(line.file, line.event)) ?? [], figures, faults);
  }
  return { sources, faults, unread };
}

function judge(truth: TruthLine, lines: readonly ActorLine[], figures: SourceFigures, faults: Fault[]): void {
  const accept = new Set(truth.actor.accept.map(plain));
  const names = lines.map(namesOf);
  const isAccepted = (list: readonly string[]) => list.some((name) => accept.has(plain(name)));
  const fault = (kind: Fault['fault'], said: readonly string[]): void => {
    const { file, event, source, note } = truth;
    faults.push({
      file,
      event,
      source,
      fault: kind,
      said,
      accept: truth.actor.accept,
      ...(note === undefined ? {} : { note }),
    });
  };
  const group = truth.names_actor ? figures.named : figures.nameless;
  group.total++;
  if (lines.length === 0) {
    group.missing++;
    if (truth.names_actor) fault('missing', []);
    return;
  }
  if (!truth.names_actor) {
    const strangers = names.flat().filter((name) => !accept.has(plain(name)));
    if (strangers.length === 0) group.right++;
    else {
      group.wrong++;
      fault('named-without-reason', strangers);
    }
    return;
  }
  const strangers = names.filter((list) => list.length > 0 && !isAccepted(list));
  if (strangers.length > 0) {
    group.wrong++;
    fault('wrong', strangers.flat());
  } else if (names.some(isAccepted)) group.right++;
  else {
    figures.named.nobody++;
    fault('nobody', []);
  }
  judgeType(truth, lines, figures.types, fault);
}

/** Truth that says `unknown` does not settle the type: then it is not judged. */
function judgeType(
  truth: TruthLine,
  lines: readonly ActorLine[],
  types: Types,
  fault: (kind: Fault['fault'], said: readonly string[]) => void,
): void {
  if (truth.actor.type === 'unknown') return;
  types.total++;
  const others = lines.map((line) => line.actor.type).filter((type) => type !== truth.actor.type);
  if (others.length === 0) types.right++;
  else fault('type', [...new Set(others)]);
}

export type LabelComparison = {
  readonly total: number;
  readonly right: number;
  /** A behaviour was seen where there is none: nobody may be told that. */
  readonly falseFailed: readonly LabelLine[];
  /** A behaviour was not seen where it is. */
  readonly missed: readonly LabelLine[];
  /** Of events that were not read. */
  readonly unread: readonly LabelLine[];
};

export function compareLabels(labels: readonly LabelLine[], lines: readonly ActorLine[]): LabelComparison {
  const said = Map.groupBy(lines, (line) => keyOf(line.file, line.event));
  const falseFailed: LabelLine[] = [];
  const missed: LabelLine[] = [];
  const unread: LabelLine[] = [];
  let right = 0;
  for (const label of labels) {
    const events = said.get(keyOf(label.file, label.test));
    const isSeen = events?.some((line) => line.behaviours.includes(label.behaviour)) === true;
    if (events === undefined) unread.push(label);
    else if (isSeen === label.expected) right++;
    else (isSeen ? falseFailed : missed).push(label);
  }
  return { total: labels.length, right, falseFailed, missed, unread };
}

/** The share of logs that name an actor of which the right one was told, over these figures. */
export function rightShare(figures: Iterable<SourceFigures>): { right: number; total: number } {
  let right = 0;
  let total = 0;
  for (const { named } of figures) {
    right += named.right;
    total += named.total;
  }
  return { right, total };
}

function namesOf({ actor }: ActorLine): readonly string[] {
  const { id, names } = actor;
  return [...names, ...(id === undefined || id === null ? [] : [id])].filter((name) => name.trim() !== '');
}

function keyOf(file: string, event: string): string {
  return `${fileOf(file)}\n${event}`;
}

function fileOf(file: string): string {
  return file.replaceAll('\\', '/').replace(/^\.\//u, '');
}

function plain(name: string): string {
  return name.trim().toLowerCase();
}

function readLines<T>(file: string, schema: z.ZodType<T>): readonly T[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      const parsed = schema.safeParse(JSON.parse(line));
      if (!parsed.success) throw new Error(`${file}, line ${index + 1}: ${z.prettifyError(parsed.error)}`);
      return [parsed.data];
    });
}

function readCorpus(corpus: string): readonly ActorLine[] {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-truth-'));
  try {
    const file = join(folder, 'actors.jsonl');
    const launcher = join(import.meta.dirname, '../bin/foldback.js');
    const ran = spawnSync(process.execPath, [launcher, 'corpus', corpus, '--json', '--actors', file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (ran.status !== 0) throw new Error('foldback corpus failed');
    return readLines(file, actorLine);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The share of right actors below which the comparison fails. */
const rightShareMin = 0.99;

function main(): void {
  const { values } = parseArgs({
    options: {
      corpus: { type: 'string' },
      actors: { type: 'string' },
      source: { type: 'string', multiple: true },
      show: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
    },
  });
  const corpus = values.corpus ?? process.env.FOLDBACK_CORPUS;
  if (corpus === undefined) {
    process.stderr.write(
      'usage: compare-truth --corpus DIR [--actors FILE] [--source ID]… [--show N] [--json]\n',
    );
    process.exitCode = 2;
    return;
  }
  const wanted = values.source;
  const truth = readLines(join(corpus, 'truth.jsonl'), truthLine).filter(
    (line) => wanted === undefined || wanted.includes(line.source),
  );
  const lines = values.actors === undefined ? readCorpus(corpus) : readLines(values.actors, actorLine);
  const actors = compareActors(truth, lines);
  const labels = compareLabels(readLines(join(corpus, 'labels.jsonl'), labelLine), lines);
  const { right, total } = rightShare(actors.sources.values());
  if (values.json) {
    const sources = Object.fromEntries(actors.sources);
    const unread = Object.fromEntries(actors.unread);
    process.stdout.write(`${JSON.stringify({ right, total, ...actors, sources, unread, labels })}\n`);
  } else report(actors, labels, Number(values.show));
  const isGood = total > 0 && right / total >= rightShareMin && labels.falseFailed.length === 0;
  process.exitCode = isGood ? 0 : 1;
}

function report(actors: ActorComparison, labels: LabelComparison, show: number): void {
  const rows = [...actors.sources].map(([source, { named, nameless, types }]) => ({
    source,
    named: named.total,
    right: named.right,
    wrong: named.wrong,
    nobody: named.nobody,
    missing: named.missing,
    nameless: nameless.total,
    'named anyway': nameless.wrong,
    'not read': nameless.missing,
    'type right': `${types.right}/${types.total}`,
  }));
  console.table(rows);
  const { right, total } = rightShare(actors.sources.values());
  const share = total === 0 ? 'nothing to compare' : `${((100 * right) / total).toFixed(2)} %`;
  const text = [
    `actors: ${right} of ${total} right (${share}); files of which nothing was read: ${actors.unread.size}`,
    ...[...actors.unread].slice(0, show).map(([file, count]) => `  unread ${file}: ${count}`),
    ...actors.faults
      .slice(0, show)
      .map(
        (one) =>
          `  ${one.fault}  ${one.file} ${one.event}: ${JSON.stringify(one.said)} not in ${JSON.stringify(one.accept)}`,
      ),
    `labels: ${labels.right} of ${labels.total} right; not read: ${labels.unread.length}`,
    ...labels.falseFailed.map((one) => `  false  ${one.file} ${one.test}: ${one.behaviour}`),
    ...labels.missed.map((one) => `  missed ${one.file} ${one.test}: ${one.behaviour}`),
  ];
  process.stdout.write(`${text.join('\n')}\n`);
}

if (import.meta.main) main();
