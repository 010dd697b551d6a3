import { z } from 'zod';
import type { Principal } from '../../access/principal.ts';
import { oscalSchema } from '../../ledger/oscal-shape.ts';
import { type PeriodStory, periodFormat, periodLines } from '../../ledger/period.ts';
import { type CsvCase, csvHeader, csvRow } from '../../ledger/period-csv.ts';
import { pageCasesMax, periodPage } from '../../ledger/period-page.ts';
import { entriesOfRows, privateOfRows, sealedOf } from '../../ledger/rows.ts';
import type { Sealed } from '../../ledger/seal.ts';
import { sealText } from '../../ledger/sealed-text.ts';
import type { EvidenceStory, Period } from '../../ports/store.ts';
import { noteExport, purposeQuery } from '../export-note.ts';
import { periodOf, periodQuery } from '../json/period.ts';
import type { Room } from '../room.ts';
import { type Operations, reading } from '../table/operation.ts';
import { coverageIn, oscalOfPeriod } from './oscal-evidence.ts';

const formats = ['json', 'csv', 'html', 'oscal'] as const;
const query = z.strictObject({
  ...periodQuery,
  format: z.enum(formats).default('json'),
  purpose: purposeQuery,
});

const usualDays = 90;
/** Stories that are held at once. */
const batchMax = 200;
const types = {
  json: ['application/x-ndjson', 'jsonl'],
  csv: ['text/csv; charset=utf-8', 'csv'],
  html: ['text/html; charset=utf-8', 'html'],
  oscal: ['application/json', 'oscal.json'],
} as const satisfies Record<(typeof formats)[number], readonly [string, string]>;

/** The evidence of a period, as a file of its own kind for whoever checks, counts, reads or imports it. */
export function periodEvidenceRoutes(room: Room): Pick<Operations, 'GET /v1/evidence'> {
  const { given } = room;
  return {
    'GET /v1/evidence': reading({
      summary:
        'Exports what happened in a period: lines to check, rows, a page, or OSCAL assessment results.',
      query,
      answers: {
        200: {
          description: `Lines of \`${periodFormat}\`, CSV, HTML, or OSCAL.`,
          schema: oscalSchema,
        },
      },
      handle: async ({ c, caller, query: asked }) => {
        room.limits.few(c, 'exports', caller);
        const exportedAt = given.parts.clock.now();
        const period = periodOf(asked, exportedAt, usualDays);
        const [type, ending] = types[asked.format];
        const name = `foldback-evidence-${day(period.from)}-${day(period.until - 1)}.${ending}`;
        await noteExport(room, caller, 'evidence', asked.purpose, { ...period, format: asked.format });
        const asking: Asking = { room, caller, period, exportedAt, purpose: asked.purpose };
        const chunks = chunksOf(asked.format, asking);
        // What is refused is refused before anything is said.
        const first = await chunks.next();
        const all = encoded(first.done === true ? [] : [first.value], chunks);
        return c.body(ReadableStream.from(all), 200, {
          'Content-Type': type,
          'Content-Disposition': `attachment; filename="${name}"`,
        });
      },
    }),
  };
}

type Asking = {
  readonly room: Room;
  readonly caller: Principal;
  readonly period: Period;
  readonly exportedAt: number;
  readonly purpose: string;
};

function chunksOf(format: (typeof formats)[number], asking: Asking): AsyncGenerator<string> {
  if (format === 'json') return linesOf(asking);
  if (format === 'csv') return rowsOf(asking);
  return format === 'html' ? pageOf(asking) : oscalOf(asking);
}

async function* encoded(first: readonly string[], rest: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const chunk of first) yield encoder.encode(chunk);
  for await (const chunk of rest) yield encoder.encode(chunk);
}

async function* linesOf({ room, caller, period, exportedAt, purpose }: Asking): AsyncGenerator<string> {
  const { given } = room;
  const { read } = given.parts.store;
  // Checkpoints first: whatever they hold is among the cases that are looked for after them.
  const numbers = await read.checkpointsSince(caller, period.from);
  const ids = await read.evidenceSubjects(caller, period);
  async function* sealed(): AsyncGenerator<Sealed> {
    for (const n of numbers) {
      const row = await read.checkpoint(caller, n);
      if (row !== undefined) yield sealedOf(row);
    }
  }
  async function* stories(): AsyncGenerator<PeriodStory> {
    for await (const { subject, entries, personal } of storiesOf(room, caller, ids)) {
      const { id, caseCode, behaviour } = subject;
      yield {
        loop: id,
        caseCode,
        behaviour,
        entries: entriesOfRows(entries),
        private: privateOfRows(personal),
      };
    }
  }
  const lines = periodLines({
    header: {
      organisation: given.config.organisation.name,
      exportedAt,
      ...period,
      teams: caller.teams === 'all' ? 'all' : [...caller.teams],
      purpose,
    },
    keys: given.publicKeys,
    signer: given.signer,
    loops: new Set(ids),
    sealed: sealed(),
    stories: stories(),
  });
  for await (const line of lines) yield `${line}\n`;
}

async function* storiesOf(
  room: Room,
  caller: Principal,
  ids: readonly string[],
): AsyncGenerator<EvidenceStory> {
  for (let at = 0; at < ids.length; at += batchMax)
    yield* await room.given.parts.store.read.evidenceStories(caller, ids.slice(at, at + batchMax));
}

async function* rowsOf({ room, caller, period, exportedAt }: Asking): AsyncGenerator<string> {
  const { given } = room;
  const ids = await given.parts.store.read.evidenceSubjects(caller, period);
  const about = { organisation: given.config.organisation.name, ...period, exportedAt, of: ids.length };
  yield csvHeader();
  let row = 0;
  for await (const story of storiesOf(room, caller, ids)) {
    row += 1;
    yield csvRow(about, row, caseOf(story), given.signer);
  }
}

function caseOf({ subject, entries }: EvidenceStory): CsvCase {
  const { id, caseCode, behaviour, state, rung, team, firstOccurredAt, verifiedAt } = subject;
  const last = entries.at(-1);
  return {
    loop: id,
    caseCode,
    behaviour,
    state,
    rung,
    team,
    firstOccurredAt,
    verifiedAt,
    entries: entries.length,
    head: last?.hash ?? '',
  };
}

async function* oscalOf({ room, caller, period, exportedAt }: Asking): AsyncGenerator<string> {
  yield `${JSON.stringify(await oscalOfPeriod(room, caller, period, exportedAt), undefined, 1)}\n`;
}

async function* pageOf({ room, caller, period, exportedAt, purpose }: Asking): AsyncGenerator<string> {
  const { given } = room;
  const { read } = given.parts.store;
  const ids = await read.evidenceSubjects(caller, period);
  const cases: CsvCase[] = [];
  for await (const story of storiesOf(room, caller, ids.slice(0, pageCasesMax))) cases.push(caseOf(story));
  const frameworks = await coverageIn(room, caller, period);
  const page = periodPage({
    organisation: given.config.organisation.name,
    ...period,
    exportedAt,
    purpose,
    teams: caller.teams,
    behaviours: await read.evidenceCounts(caller, period),
    frameworks: frameworks.map(({ framework, items, ...rest }) => ({
      ...rest,
      items: items.map((item) => ({ ...item, reference: `${framework} ${rest.edition} ${item.id}` })),
    })),
    cases,
    casesTotal: ids.length,
  });
  yield sealText(page, given.signer);
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
