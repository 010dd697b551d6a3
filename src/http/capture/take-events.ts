import { z } from 'zod';
import { AppError, type ErrorPlace } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import { limits as usualLimits } from '../../lib/limits.ts';
import { placesMax } from '../hardening/problem-response.ts';
import type { HttpParts, ReportInput, ReportItem, ReportOptions } from '../http-parts.ts';

/** Events of one body: they are held in memory until all of it is read. Longer reports go through an import. */
export const bodyEventsMax = 50_000;
/** A packed body may unpack to this many times the largest plain one. */
export const unpackedBodyTimesMax = 4;

export const takenSchema = z.object({
  accepted: z.int(),
  duplicates: z.int(),
  rejected: z
    .array(
      z.object({
        line: z.int(),
        index: z.int(),
        reason: z.string(),
        pointer: z.string().exactOptional(),
      }),
    )
    .max(placesMax)
    .exactOptional()
    .describe('Records that could not be read; the others were taken.'),
  rejectedMore: z.int().exactOptional().describe('Rejections that are not listed.'),
});
export type TakenJson = z.infer<typeof takenSchema>;

type Rejection = Extract<ReportItem, { readonly rejected: string }>;

export type ReadBody = {
  readonly events: readonly Event[];
  readonly rejections: readonly Rejection[];
  /** The source that read it; undefined when it held nothing. */
  readonly source: string | undefined;
};

/**
 * Reads a whole body before anything of it is stored: what cannot be read to its end is refused with its place, and
 * so is a body of which nothing can be read. Errors: those of reading, `bad-record`, `too-many`.
 */
export async function readBody(
  given: HttpParts,
  input: ReportInput,
  options: Omit<ReportOptions, 'limits'>,
): Promise<ReadBody> {
  const caps = { ...usualLimits, ...given.config.limits };
  const limits = { ...caps, fileBytesMax: caps.bodyBytesMax * unpackedBodyTimesMax };
  const events: Event[] = [];
  const rejections: Rejection[] = [];
  let source: string | undefined;
  for await (const batch of given.readReport(input, { ...options, limits })) {
    source = batch.source?.id ?? source;
    for (const item of batch.items) {
      if ('event' in item) events.push(item.event);
      else rejections.push(item);
    }
    if (events.length > bodyEventsMax) {
      const hint = 'longer reports go through POST /v1/imports';
      throw new AppError('too-many', `past the limit bodyEventsMax (${bodyEventsMax}); ${hint}`);
    }
  }
  const fatal = rejections.find((item) => item.fatal);
  if (fatal !== undefined) throw new AppError(fatal.code, fatal.rejected, { places: [placeOf(fatal)] });
  if (events.length === 0 && rejections.length > 0) {
    throw new AppError('bad-record', 'No record could be read.', { places: rejections.map(placeOf) });
  }
  return { events, rejections, source };
}

function placeOf({ line, pointer, rejected }: Rejection): ErrorPlace {
  return { line, ...(pointer === undefined ? {} : { pointer }), detail: rejected };
}

export function takenJson(
  taken: { readonly accepted: number; readonly duplicates: number },
  rejections: readonly Rejection[],
): TakenJson {
  const more = rejections.length - placesMax;
  return {
    accepted: taken.accepted,
    duplicates: taken.duplicates,
    ...(rejections.length === 0
      ? {}
      : {
          rejected: rejections.slice(0, placesMax).map(({ line, index, rejected, pointer }) => ({
            line,
            index,
            reason: rejected,
            ...(pointer === undefined ? {} : { pointer }),
          })),
        }),
    ...(more > 0 ? { rejectedMore: more } : {}),
  };
}
