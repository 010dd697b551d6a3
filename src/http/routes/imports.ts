import { z } from 'zod';
import { AppError, type ErrorCode, errorCatalogue } from '../../core/errors.ts';
import { repositoryName } from '../../core/repository-name.ts';
import { instantOf } from '../../lib/instant.ts';
import { type ImportStep, importReport } from '../../loop/import-report.ts';
import { problemOf } from '../hardening/problem-response.ts';
import type { ReportBatch } from '../http-parts.ts';
import { known } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { type Operations, reading } from '../table/operation.ts';

const importQuery = z.strictObject({
  id: z
    .string()
    .regex(/^[0-9a-f]{64}$/u, 'write the SHA-256 of the file, 64 hex digits')
    .describe('SHA-256 of the whole file: the same file goes on where it ended.'),
  source: z.string().max(64).exactOptional(),
  fileName: z.string().max(300).exactOptional(),
  repository: z.string().trim().min(1).max(300).exactOptional(),
  complete: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .exactOptional()
    .describe('The report looked at all of this repository: what it no longer has is part of a fix.'),
  takenAt: z
    .string()
    .refine((text) => instantOf(text) !== undefined, 'write a date such as 2026-11-23T10:40:00Z')
    .exactOptional()
    .describe(
      'When the report was taken; now unless given. What it says of keys that work holds for then, not for today.',
    ),
});

const stepSchema = z.object({
  records: z.int().describe('Records of the file that are durably taken.'),
  events: z.int(),
  accepted: z.int(),
  duplicates: z.int(),
  unmatched: z.int(),
  rejected: z.int(),
  source: z.string(),
  takenBefore: z.int().describe('Records that an earlier attempt at the same file had taken.'),
  missing: z.int().exactOptional().describe('Cases that a complete report no longer has.'),
  rejections: z.array(
    z.object({
      line: z.int(),
      index: z.int(),
      reason: z.string(),
      pointer: z.string().exactOptional(),
      fatal: z.boolean().describe('Nothing more could be read.'),
    }),
  ),
});
type StepJson = z.infer<typeof stepSchema>;
export type ImportedJson = StepJson;

const ndjson = 'application/x-ndjson';

/** A file of any length, as history: read as it arrives, stored chunk by chunk, and told as it goes. */
export function importRoutes(room: Room): Pick<Operations, 'POST /v1/imports'> {
  const { given } = room;
  return {
    'POST /v1/imports': reading({
      summary: 'Imports a file as history. With `Accept: application/x-ndjson`, says one line a chunk.',
      query: importQuery,
      answers: {
        200: { description: 'What was taken, counted over all attempts at this file.', schema: stepSchema },
      },
      handle: async ({ c, query }) => {
        const source = given.sources.find(({ id }) => id === query.source);
        if (query.source !== undefined && source === undefined)
          throw new AppError('unknown-source', 'GET /v1/sources lists them.');
        const receivedAt = given.parts.clock.now();
        const fatal: Fatal = {};
        const batches = given.readReport(c.req.raw.body ?? [], {
          context: { ...given.mapContext(receivedAt), ...known('repository', query.repository) },
          ...known('source', source),
          ...known('fileName', query.fileName),
        });
        const steps = importReport(given.parts, {
          id: query.id,
          receivedAt,
          takenAt: takenAtOf(query, receivedAt),
          ...known('complete', completeOf(query, receivedAt)),
          batches: watched(batches, fatal),
        });
        if (c.req.header('Accept')?.includes(ndjson) === true) {
          return c.body(
            lines(steps, (fault) => told(room, fault, c.get('requestId'))),
            200,
            {
              'Content-Type': ndjson,
            },
          );
        }
        const rejections: StepJson['rejections'] = [];
        let last: StepJson | undefined;
        for await (const step of steps) {
          last = stepJson(step);
          rejections.push(...last.rejections.slice(0, rejectionsMax - rejections.length));
        }
        if (fatal.code !== undefined && (last?.records ?? 0) === 0)
          throw new AppError(fatal.code, fatal.reason ?? '');
        return c.json({ ...last, rejections });
      },
    }),
  };
}

function takenAtOf({ takenAt }: z.infer<typeof importQuery>, now: number): number {
  return Math.min(instantOf(takenAt) ?? now, now);
}

function completeOf(query: z.infer<typeof importQuery>, now: number) {
  const { complete } = query;
  if (complete === undefined) return undefined;
  return { repository: repositoryName(complete) ?? complete, at: takenAtOf(query, now) };
}

/** Rejections in one answer: enough to fix a file’s pattern of faults. */
const rejectionsMax = 200;

function stepJson(step: ImportStep): StepJson {
  return {
    ...step,
    rejections: step.rejections.map(({ line, index, rejected, pointer, fatal }) => ({
      line,
      index,
      reason: rejected,
      fatal,
      ...known('pointer', pointer),
    })),
  };
}

type Fatal = { code?: ErrorCode; reason?: string };

/** Remembers why a file could not be read on. */
async function* watched(batches: AsyncIterable<ReportBatch>, fatal: Fatal): AsyncGenerator<ReportBatch> {
  for await (const batch of batches) {
    const found = batch.items.find((item) => 'rejected' in item && item.fatal);
    if (found !== undefined && 'code' in found) {
      fatal.code = found.code;
      fatal.reason = found.rejected;
    }
    yield batch;
  }
}

/** One JSON line a step; a fault is the last line, as a problem. Ends the import when the reader goes away. */
function lines(
  steps: AsyncGenerator<ImportStep, void, undefined>,
  problem: (fault: unknown) => string,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const next = await steps.next();
        if (next.done === true) controller.close();
        else controller.enqueue(encoder.encode(`${JSON.stringify(stepJson(next.value))}\n`));
      } catch (fault) {
        controller.enqueue(encoder.encode(`${problem(fault)}\n`));
        controller.close();
      }
    },
    cancel: async () => {
      await steps.return();
    },
  });
}

function told(room: Room, fault: unknown, requestId: string | undefined): string {
  const problem = problemOf(fault, requestId);
  if (problem.status >= errorCatalogue.internal.status)
    room.given.log.error({ error: fault, requestId }, 'an import failed');
  return JSON.stringify({ problem });
}
