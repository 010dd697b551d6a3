import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, plural, table, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

type Flags = StoreFlags & { readonly json?: boolean };

const experimentSchema = z.looseObject({
  id: z.string(),
  state: z.string(),
  hash: z.string(),
  document: z.looseObject({
    title: z.string(),
    behaviour: z.string(),
    moment: z.string(),
    outcome: z.string(),
    window: z.string(),
    endsOn: z.string(),
    arms: z.array(z.looseObject({ id: z.string(), share: z.number() })),
  }),
  readout: z
    .looseObject({
      hidden: z.string().optional(),
      units: z.number().optional(),
      arms: z
        .array(
          z.looseObject({
            arm: z.string(),
            assigned: z.number(),
            outcomes: z.number(),
            exits: z.number(),
            opportunities: z.looseObject({ perPerson: z.number().optional() }).optional(),
          }),
        )
        .optional(),
      comparisons: z
        .array(
          z.looseObject({
            arm: z.string(),
            verdict: z.string(),
            sentence: z.string(),
            details: z.array(z.string()),
          }),
        )
        .optional(),
    })
    .optional(),
  sight: z.looseObject({ warning: z.string().optional(), detectable: z.number(), recurrences: z.number() }),
});
type Experiment = z.infer<typeof experimentSchema>;

/** Documents are small; a file of megabytes is none. */
const documentBytesMax = 64 * 1024;

export async function experimentsListCommand(flags: Flags): Promise<ExitCode> {
  const { items } = await withSession(flags, (session) =>
    session.ask({ method: 'GET', path: '/v1/experiments' }, z.object({ items: z.array(experimentSchema) })),
  );
  if (flags.json === true) for (const item of items) writeJson(item);
  else if (items.length > 0)
    line(
      table(
        ['experiment', 'state', 'behaviour', 'ends', 'title'],
        items.map(({ id, state, document }) => [
          id,
          state,
          `${document.behaviour}, ${document.moment}`,
          document.endsOn,
          document.title,
        ]),
      ),
    );
  note(items.length === 0 ? 'No experiment is registered.' : plural(items.length, 'experiment'));
  const [first] = items;
  next(
    first === undefined
      ? 'npx foldback experiments register <file>'
      : `npx foldback experiments show ${first.id}`,
  );
  return exit.ok;
}

export async function experimentsShowCommand(
  id: string,
  flags: Flags & { readonly language?: string },
): Promise<ExitCode> {
  const query = { language: flags.language };
  const shown = await withSession(flags, (session) =>
    session.ask({ method: 'GET', path: pathOf(id), query }, experimentSchema),
  );
  if (flags.json === true) writeJson(shown);
  else describe(shown);
  return exit.ok;
}

export async function experimentsRegisterCommand(file: string, flags: Flags): Promise<ExitCode> {
  const body = await documentOf(file);
  const shown = await withSession(flags, (session) =>
    session.ask({ method: 'POST', path: '/v1/experiments', body }, experimentSchema),
  );
  if (flags.json === true) writeJson(shown);
  else {
    line(`${shown.id} is registered.`);
    line(`sha256 ${shown.hash}`);
    if (shown.sight.warning !== undefined) note(shown.sight.warning);
  }
  next(`npx foldback experiments start ${shown.id}`);
  return exit.ok;
}

export async function experimentsStartCommand(
  id: string,
  flags: Flags & { readonly anyway?: boolean },
): Promise<ExitCode> {
  const body = { anyway: flags.anyway === true };
  return act(id, 'start', body, flags);
}

export async function experimentsStopCommand(
  id: string,
  flags: Flags & { readonly reason: string },
): Promise<ExitCode> {
  return act(id, 'stop', { reason: flags.reason }, flags);
}

async function act(id: string, action: 'start' | 'stop', body: object, flags: Flags): Promise<ExitCode> {
  const shown = await withSession(flags, (session) =>
    session.ask({ method: 'POST', path: `${pathOf(id)}/${action}`, body }, experimentSchema),
  );
  if (flags.json === true) writeJson(shown);
  else line(`${shown.id} is ${shown.state}.`);
  next(`npx foldback experiments show ${shown.id}`);
  return exit.ok;
}

const hiddenBecause: Readonly<Record<string, string>> = {
  'other-teams': 'The figures are of people of all teams: it takes a token for all teams.',
  'small-group': 'An arm has too few people for figures.',
  'nobody-yet': 'Nobody is assigned yet, or nobody looked yet: a worker looks every minute.',
  'no-key': 'The key of its pseudonyms is missing: put it back into keys.analytics.',
};

function describeReadout({ readout }: Experiment): void {
  if (readout === undefined) return;
  if (readout.hidden !== undefined) {
    line(hiddenBecause[readout.hidden] ?? readout.hidden);
    return;
  }
  line(
    table(
      ['arm', 'assigned', 'did it again', 'left', 'chances a person'],
      (readout.arms ?? []).map(({ arm, assigned, outcomes, exits, opportunities }) => [
        arm,
        String(assigned),
        String(outcomes),
        String(exits),
        opportunities?.perPerson?.toFixed(1) ?? 'not known',
      ]),
    ),
  );
  for (const { arm, verdict, sentence, details } of readout.comparisons ?? []) {
    line(`${arm}: ${sentence} [${verdict}]`);
    for (const detail of details) line(`  ${detail}`);
  }
}

function describe(shown: Experiment): void {
  const { id, state, hash, document, sight } = shown;
  line(`${id}: ${document.title}`);
  line(`${state}, ${document.behaviour}, ${document.moment}; ${document.outcome} within ${document.window}`);
  line(document.arms.map((arm) => `${arm.id} ${Math.round(arm.share * 100)} %`).join(', '));
  line(`sha256 ${hash}`);
  line(
    `At most ${sight.recurrences} first recurrences can come together here: ${
      sight.detectable < 0.05
        ? 'too few to show anything'
        : `enough for a ratio of ${sight.detectable.toFixed(2)}`
    }.`,
  );
  describeReadout(shown);
}

function pathOf(id: string): string {
  return `/v1/experiments/${encodeURIComponent(id)}`;
}

/** The document as plain data: YAML of its plain kind, which JSON is a part of. */
async function documentOf(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new CliError(`${file} cannot be read.`);
  }
  if (text.length > documentBytesMax) throw new CliError(`${file} is larger than 64 KB.`);
  try {
    // Dates stay text, aliases are not followed without end, keys stand once.
    return parse(text, { schema: 'core', maxAliasCount: 0, uniqueKeys: true });
  } catch (error) {
    throw new CliError(`${file} is no YAML: ${error instanceof Error ? error.message : ''}`);
  }
}
