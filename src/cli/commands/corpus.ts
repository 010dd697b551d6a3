import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { sources } from '../../adapters/readers.ts';
import { openPacks } from '../../content.ts';
import { AppError } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import type { Fingerprinter } from '../../core/fingerprint.ts';
import { keyedHash } from '../../lib/hmac.ts';
import { classifier } from '../../packs/classify.ts';
import { findSource } from '../../try-read.ts';
import type { SourceFigures } from '../corpus/figures.ts';
import { type Corpus, type FoundEvent, readCorpus } from '../corpus/read-corpus.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { jsonText, line, next, note, plural, table, writeJson } from '../output.ts';
import { openProgress } from '../progress.ts';

export type CorpusFlags = {
  readonly json?: boolean;
  readonly actors?: string;
  readonly source?: readonly string[];
};

/** Reasons shown to people; `--json` has them all. */
const reasonsShownMax = 10;

export async function corpusCommand(folder: string, flags: CorpusFlags): Promise<ExitCode> {
  for (const id of flags.source ?? []) findSource(id);
  const isWanted = (id: string): boolean => flags.source === undefined || flags.source.includes(id);
  const hash = keyedHash(randomBytes(32));
  const fingerprint: Fingerprinter = (kind, parts) => [
    { kind, keyId: 'dry-run', value: hash([kind, ...parts]) },
  ];
  const failuresOf = flags.actors === undefined ? undefined : behavioursSeen();
  const lines: string[] = [];
  const progress = openProgress('Reading');
  const corpus = await readCorpus({
    folder,
    sources,
    context: { receivedAt: Date.now(), fingerprint, eventId: hash },
    onFile: (done, total) => progress.at(`${done} of ${total} files`, done / total),
    onEvent: (found) => {
      if (failuresOf !== undefined && isWanted(found.event.source)) lines.push(actorText(found, failuresOf));
    },
  }).finally(progress.end);
  const figures = corpus.figures.filter(({ source }) => isWanted(source));
  if (flags.actors !== undefined) await writeLines(flags.actors, lines);
  if (flags.json !== true) show(figures, corpus, flags.source === undefined);
  else {
    for (const one of figures) writeJson({ ...one, kind: isKnown(one.source) ? 'source' : 'unsupported' });
    if (flags.source === undefined) for (const one of corpus.context) writeJson(contextLine(one));
  }
  if (flags.actors !== undefined)
    note(`Who did what is in ${flags.actors}: ${plural(lines.length, 'event')}.`);
  return exit.ok;
}

/** The behaviours that an event alone shows; what takes several events shows in a loop only. */
function behavioursSeen(): (event: Event) => readonly string[] {
  const classify = classifier(openPacks(undefined).behaviours.values());
  return (event) => classify(event).flatMap(({ behaviour, role }) => (role === 'failed' ? [behaviour] : []));
}

function actorText(
  { file, key, event }: FoundEvent,
  failuresOf: (event: Event) => readonly string[],
): string {
  const { type, id, name, email, account } = event.actor;
  const names = [
    ...new Set([id, name, email, account?.name].filter((one) => one !== undefined && one !== '')),
  ];
  return jsonText({
    file,
    event: key,
    source: event.source,
    kind: event.kind,
    actor: { type, id: names[0] ?? null, names },
    behaviours: failuresOf(event),
  });
}

async function writeLines(path: string, lines: readonly string[]): Promise<void> {
  const file = await open(path, 'w', 0o600).catch((error: unknown) => {
    throw new CliError(`${path}: ${error instanceof Error ? error.message : 'it cannot be written.'}`);
  });
  try {
    await file.writeFile(lines.map((one) => `${one}\n`).join(''));
  } finally {
    await file.close();
  }
}

function isKnown(id: string): boolean {
  return sources.some((source) => source.id === id);
}

/** In the form of a source's line, so that one program reads both. */
function contextLine({ what, files }: Corpus['context'][number]) {
  return { source: what, files, events: 0, parsed: 0, rejected: [], unsupported: 0, ms: 0, kind: 'context' };
}

function show(figures: readonly SourceFigures[], { context, files }: Corpus, isWhole: boolean): void {
  const read = figures.filter(({ source }) => isKnown(source));
  const others = figures.filter(({ source }) => !isKnown(source));
  const rows = read.map((one) => [
    one.source,
    ...[one.files, one.events, one.parsed, one.rejected.length, one.unsupported, one.ms].map(String),
  ]);
  if (rows.length > 0)
    line(table(['source', 'files', 'events', 'parsed', 'rejected', 'unsupported', 'ms'], rows));
  if (others.length > 0) {
    line(`${rows.length > 0 ? '\n' : ''}No source reads these yet:`);
    line(
      table(
        ['format', 'files', 'events'],
        others.map((one) => [one.source, `${one.files}`, `${one.events}`]),
      ),
    );
  }
  if (isWhole && context.length > 0) {
    line('\nNo events:');
    line(
      table(
        ['what', 'files'],
        context.map((one) => [one.what, String(one.files)]),
      ),
    );
  }
  const rejected = figures.flatMap((one) => one.rejected.map((why) => ({ ...why, source: one.source })));
  for (const { source, file, reason } of rejected.slice(0, reasonsShownMax))
    note(`${source}: ${file}: ${reason}`);
  if (rejected.length > reasonsShownMax)
    note(`… and ${rejected.length - reasonsShownMax} more; --json has them all`);
  const by = figures.reduce((sum, one) => sum + one.byName, 0);
  if (by > 0) note(`${plural(by, 'log')} could be told only by the type or folder that stands around them.`);
  if (files === 0) throw new AppError('bad-request', 'the folder holds no file');
  next('npx foldback try <file>   shows who would be told what about one of them');
}
