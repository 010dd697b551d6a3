import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import type { ControlOutcome } from './controls.ts';
import type { Effect } from './effects.ts';
import { labelFiles } from './identities.ts';
import type { IdentityFigures } from './identity-owners.ts';
import { codeownersFile, type Organisation, peopleFile } from './organisation.ts';
import type { Outcome } from './outcome.ts';
import type { TruthRows } from './score.ts';
import type { Delivery } from './world.ts';

/**
 * The files of a run. `payloads/` has what vendors sent, in their shapes, and `deliveries.jsonl` when each came;
 * `truth/` what really was; `run/` what the loop made of it. A run is judged by `truth/` and `run/` alone.
 */
const names = {
  cases: 'truth/cases.jsonl',
  findings: 'truth/findings.jsonl',
  people: 'truth/people.jsonl',
  loops: 'run/loops.jsonl',
  found: 'run/findings.jsonl',
  messages: 'run/messages.jsonl',
  summary: 'run/run.json',
} as const;

/** What the product measured, beside what was planted. */
export type Measured = {
  readonly effects: readonly Effect[];
  readonly controls: readonly ControlOutcome[];
  /** Where the company has identities of programs. */
  readonly identities?: IdentityFigures;
};

export type Exporter = {
  readonly delivery: (delivery: Delivery) => void;
  readonly finish: (truth: TruthRows, outcome: Outcome, measured: Measured) => Promise<void>;
};

/** Opens a folder for a run; payloads are written as they are sent. Nothing else may be in it. */
export async function openExport(folder: string, organisation: Organisation): Promise<Exporter> {
  for (const inner of ['payloads', 'truth', 'run', 'company'])
    await mkdir(join(folder, inner), { recursive: true });
  await writeFile(join(folder, 'company', 'people.yaml'), peopleFile(organisation));
  for (const [repository, parts] of Map.groupBy(organisation.repositories, ({ name }) => name)) {
    await mkdir(join(folder, 'company', repository), { recursive: true });
    await writeFile(join(folder, 'company', repository, 'CODEOWNERS'), codeownersFile(parts));
  }
  for (const [at, file] of labelFiles(organisation.identities).entries())
    await writeFile(join(folder, 'company', `identities-${at + 1}.json`), JSON.stringify(file));
  const index = createWriteStream(join(folder, 'deliveries.jsonl'));
  const writes: Promise<void>[] = [];
  const lines = (name: string, rows: readonly unknown[]) =>
    writeFile(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  let count = 0;
  return {
    delivery: ({ id, at, source, headers, payload, records }) => {
      count += 1;
      const file = `payloads/${String(count).padStart(6, '0')}-${source}.json`;
      writes.push(writeFile(join(folder, file), JSON.stringify(payload)));
      const findings = records.map(({ finding }) => finding ?? null);
      index.write(
        `${JSON.stringify({ file, source, at, delivery: id, headers: headers ?? {}, findings })}\n`,
      );
    },
    finish: async (truth, outcome, measured) => {
      await Promise.all(writes);
      await new Promise<void>((resolve) => index.end(() => resolve()));
      await lines(names.cases, truth.cases);
      await lines(names.findings, truth.findings);
      await lines(
        names.people,
        organisation.members.map(({ id, team }) => ({ id, team })),
      );
      await lines(names.loops, outcome.loops);
      await lines(names.found, outcome.findings);
      await lines(names.messages, outcome.messages);
      await writeFile(join(folder, names.summary), JSON.stringify({ end: outcome.end, ...measured }));
    },
  };
}

const ownerKind = z.enum(['person', 'team', 'unknown']);
const caseRow = z.object({
  id: z.string(),
  behaviour: z.string(),
  owner: z.object({ kind: z.enum(['person', 'team']), id: z.string() }),
  isMistake: z.boolean(),
  isHistory: z.boolean(),
  at: z.number(),
  mendedAt: z.number().optional(),
  trace: z.string(),
  identity: z.string().optional(),
});
const findingRow = z.object({ id: z.string(), case: z.string(), at: z.number() });
const personRow = z.object({ id: z.string(), team: z.string() });
const loopRow = z.object({
  id: z.string(),
  behaviour: z.string(),
  state: z.string(),
  rung: z.string(),
  isLive: z.boolean(),
  sightings: z.number(),
  occurredAt: z.number(),
  owner: z.object({ kind: ownerKind, id: z.string().optional(), confidence: z.number() }),
  verifiedAt: z.array(z.number()),
  heldAt: z.array(z.number()).default([]),
});
const foundRow = z.object({ finding: z.string(), loop: z.string().nullable() });
const messageRow = z.object({
  id: z.string(),
  to: z.object({ kind: z.enum(['person', 'team', 'duty']), id: z.string() }),
  moment: z.string(),
  variant: z.string().default('usual'),
  at: z.number(),
  says: z.array(z.object({ loop: z.string(), occasion: z.string() })),
});
const effectRow = z.object({
  variant: z.string(),
  true: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  verdict: z.string(),
});

const counted = z.object({ failures: z.number(), chances: z.number() }).nullable();
const controlRow = z.object({
  id: z.string(),
  behaviour: z.string(),
  template: z.string(),
  scope: z.object({ kind: z.string(), id: z.string() }),
  state: z.string(),
  planted: z.number().nullable(),
  true: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  expected: z.number().nullable(),
  per: z.enum(['opportunity', 'day']).nullable(),
  before: counted,
  after: counted,
  verdict: z.string(),
});

const identityFigures = z.object({
  perPerson: z.number(),
  n: z.number(),
  owner: z.object({ precisionAt1: z.number(), coverage: z.number(), brier: z.number() }),
});

export type ReadRun = Measured & {
  readonly truth: TruthRows;
  readonly outcome: Outcome;
  readonly teamOf: (person: string) => string | undefined;
};

/** Reads the truth and the outcome of a run. Errors: `bad-request` names the file and line that is missing or wrong. */
export async function readRun(folder: string): Promise<ReadRun> {
  const rows = async <T>(name: string, schema: z.ZodType<T>): Promise<readonly T[]> => {
    const text = await textOf(folder, name);
    return text
      .split('\n')
      .flatMap((line, at) => (line === '' ? [] : [parsed(`${name}:${at + 1}`, line, schema)]));
  };
  const people = await rows(names.people, personRow);
  const teams = new Map(people.map(({ id, team }) => [id, team]));
  const summary = parsed(
    names.summary,
    await textOf(folder, names.summary),
    z.object({
      end: z.number(),
      effects: z.array(effectRow),
      controls: z.array(controlRow).default([]),
      identities: identityFigures.optional(),
    }),
  );
  const cases = await rows(names.cases, caseRow);
  const loops = await rows(names.loops, loopRow);
  return {
    truth: {
      cases: cases.map(({ mendedAt, identity, ...one }) => ({
        ...one,
        ...(mendedAt === undefined ? {} : { mendedAt }),
        ...(identity === undefined ? {} : { identity }),
      })),
      findings: await rows(names.findings, findingRow),
    },
    outcome: {
      end: summary.end,
      loops: loops.map(({ owner: { id, ...owner }, ...loop }) => ({
        ...loop,
        owner: id === undefined ? owner : { ...owner, id },
      })),
      findings: await rows(names.found, foundRow),
      messages: await rows(names.messages, messageRow),
    },
    effects: summary.effects,
    controls: summary.controls,
    ...(summary.identities === undefined ? {} : { identities: summary.identities }),
    teamOf: (person) => teams.get(person),
  };
}

async function textOf(folder: string, name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8').catch((error: unknown) => {
    throw new AppError('bad-request', `${join(folder, name)} cannot be read; is this the folder of a run?`, {
      cause: error,
    });
  });
}

function parsed<T>(place: string, text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError('bad-request', `${place} is no JSON.`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new AppError('bad-request', `${place}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}
