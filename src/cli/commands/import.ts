import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { jsonOrUndefined } from '../../lib/json-or-undefined.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { type Input, openInput } from '../input.ts';
import { line, next, note, plural, writeJson } from '../output.ts';
import { openProgress } from '../progress.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type ImportFlags = StoreFlags & {
  readonly source?: string;
  readonly repository?: string;
  readonly complete?: string;
  readonly json?: boolean;
};

/** Rejected records that are listed; the rest is counted. */
const rejectedShownMax = 20;
/** A pipe has to be held to be hashed before it is sent; what is larger comes as a file. */
const pipedBytesMax = 256 * 1024 * 1024;

const stepSchema = z.object({
  records: z.number(),
  events: z.number(),
  accepted: z.number(),
  duplicates: z.number(),
  unmatched: z.number(),
  rejected: z.number(),
  source: z.string(),
  takenBefore: z.number().default(0),
  missing: z.number().optional(),
  rejections: z
    .array(
      z.object({
        line: z.number(),
        reason: z.string(),
        pointer: z.string().optional(),
        fatal: z.boolean().optional(),
      }),
    )
    .default([]),
});
type Step = z.infer<typeof stepSchema>;

const faultSchema = z.object({ problem: z.object({ title: z.string(), detail: z.string().optional() }) });

/** Takes a file as history, whoever runs the store. Again is the same as once; what was cut off goes on. */
export async function importCommand(file: string, flags: ImportFlags): Promise<ExitCode> {
  const input = await openInput(file);
  const sent = await prepare(file, input);
  const id = importId(sent.hash, flags);
  const progress = openProgress(`Importing ${input.title}`);
  const seen: { last?: Step; fatal?: string; listed: number } = { listed: 0 };

  const onStep = (step: Step): void => {
    seen.last = step;
    for (const { line: at, reason, pointer, fatal } of step.rejections) {
      if (fatal === true) seen.fatal = `line ${at}: ${reason}`;
      else if (seen.listed < rejectedShownMax) {
        seen.listed += 1;
        progress.say(`line ${at}: ${reason}${pointer === undefined ? '' : ` (${pointer})`}; not taken`);
      }
    }
    progress.at(`${step.events} events`, sent.share());
  };
  const onLine = (text: string): void => {
    const raw = jsonOrUndefined(text);
    const step = stepSchema.safeParse(raw);
    if (step.success) {
      onStep(step.data);
      return;
    }
    const fault = faultSchema.safeParse(raw);
    if (!fault.success) return;
    const { title, detail } = fault.data.problem;
    throw new CliError(detail === undefined ? title : `${title}\n  ${detail}`, exit.failed);
  };

  try {
    await withSession(flags, async (session) =>
      session.text({
        method: 'POST',
        path: '/v1/imports',
        query: {
          id,
          source: flags.source,
          repository: flags.repository,
          fileName: input.fileName,
          complete: flags.complete,
          takenAt: await takenAt(file),
        },
        stream: sent.stream,
        accept: 'application/x-ndjson',
        onLine,
      }),
    );
  } finally {
    progress.end();
  }
  return report(input.title, flags, seen);
}

type Seen = { readonly last?: Step; readonly fatal?: string; readonly listed: number };

function report(title: string, flags: ImportFlags, seen: Seen): ExitCode {
  const { last, fatal, listed } = seen;
  const { rejections: _rejections, ...totals } = last ?? emptyStep;
  const rejected = totals.rejected - (fatal === undefined ? 0 : 1);
  if (rejected > listed) note(`… and ${rejected - listed} more records that were not taken`);
  if (flags.json === true) writeJson({ ...totals, ...(fatal === undefined ? {} : { stoppedAt: fatal }) });
  else if (fatal === undefined || totals.records > 0) show(title, totals, rejected, flags);
  if (fatal !== undefined) {
    note(`${totals.records === 0 ? title : 'The rest'} cannot be read: ${fatal}`);
    if (flags.source === undefined) note('Name the source with --source to see where the format differs.');
    return exit.usage;
  }
  if (totals.accepted > 0) {
    note('It is history: nobody is told of it until you release it.');
    next('npx foldback loops list   then: npx foldback loops release --behaviour <behaviour>');
  } else if (totals.duplicates > 0) {
    note('No loop is opened. What it says about keys that work, or no longer do, is taken in.');
    next('npx foldback loops list');
  }
  return exit.ok;
}

function show(title: string, totals: Omit<Step, 'rejections'>, rejected: number, flags: ImportFlags): void {
  const { takenBefore, records, missing } = totals;
  const parts = [
    `${totals.accepted} new`,
    `${totals.duplicates} known already`,
    ...(totals.unmatched > 0 ? [`${totals.unmatched} of no concern`] : []),
    ...(rejected > 0 ? [`${rejected} not taken`] : []),
  ];
  const counted = `${plural(totals.events, 'event')}: ${parts.join(', ')}`;
  if (takenBefore > 0 && takenBefore >= records)
    line(`${title} was imported before, and nothing is added. It had ${counted}.`);
  else if (totals.events === 0) line(`No finding in ${title}.`);
  else line(`${title}: ${counted}.`);
  if (takenBefore > 0 && takenBefore < records)
    line(`It went on after record ${takenBefore}, where an earlier import ended.`);
  if (missing !== undefined) line(`${plural(missing, 'loop')} of ${flags.complete} no longer in the report.`);
  else if (flags.complete !== undefined)
    note(
      'What is gone is not concluded: not all could be read, or it is not known whose report it is (--source).',
    );
}

const emptyStep: Step = {
  records: 0,
  events: 0,
  accepted: 0,
  duplicates: 0,
  unmatched: 0,
  rejected: 0,
  source: '',
  takenBefore: 0,
  rejections: [],
};

type Prepared = {
  readonly hash: string;
  readonly stream: AsyncIterable<Uint8Array>;
  /** How much has been sent, 0 to 1. */
  readonly share: () => number;
};

/** The hash of the whole input comes first: by it the same file is known again, and goes on where it ended. */
async function prepare(file: string, input: Input): Promise<Prepared> {
  const hash = createHash('sha256');
  const held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of input.stream) {
    hash.update(chunk);
    size += chunk.length;
    if (file !== '-') continue;
    if (size > pipedBytesMax)
      throw new CliError(`Past the limit pipedBytesMax (${pipedBytesMax} bytes) for a pipe: give a file.`);
    held.push(chunk);
  }
  let sent = 0;
  async function* counted(
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      sent += chunk.length;
      yield chunk;
    }
  }
  return {
    hash: hash.digest('hex'),
    stream: counted(file === '-' ? held : createReadStream(file, { highWaterMark: 256 * 1024 })),
    share: () => (size === 0 ? 1 : sent / size),
  };
}

/** The same file read in another way is another import. */
function importId(hash: string, flags: ImportFlags): string {
  const { source = '', repository = '', complete = '' } = flags;
  if (source === '' && repository === '' && complete === '') return hash;
  return createHash('sha256')
    .update(JSON.stringify([hash, source, repository, complete]))
    .digest('hex');
}

/** When a report was taken: when its file was written. */
async function takenAt(file: string): Promise<string> {
  const modified = file === '-' ? new Date() : (await stat(file)).mtime;
  return new Date(Math.min(modified.getTime(), Date.now())).toISOString();
}
