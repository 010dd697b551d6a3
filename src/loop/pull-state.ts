import { z } from 'zod';
import type { Json } from '../core/event.ts';

const json: z.ZodType<Json> = z.json();

const schema = z.object({
  /** Not before this instant, epoch milliseconds. */
  nextAt: z.number(),
  /** Who reads now, and until when nobody else does. */
  lease: z.object({ by: z.string(), until: z.number() }).exactOptional(),
  parts: z.array(
    z.object({
      name: z.string(),
      cursor: json,
      /** When it was last read to its end; before that, what it has is history. */
      readAt: z.number().exactOptional(),
      failure: z.object({ at: z.number(), reason: z.string() }).exactOptional(),
    }),
  ),
  lastSuccessAt: z.number().exactOptional(),
  lastFailure: z.object({ at: z.number(), part: z.string(), reason: z.string() }).exactOptional(),
});

/** What rests between two readings of a source, as one setting. */
export type PullState = Readonly<z.infer<typeof schema>>;

/** The state of a source that was never read. What is stored in another shape is read anew: that adds nothing twice. */
export function readPullState(value: Json | undefined): PullState {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : { nextAt: 0, parts: [] };
}

export function writePullState(state: PullState): Json {
  const { lease, parts, lastSuccessAt, lastFailure, nextAt } = state;
  return {
    nextAt,
    parts: parts.map(({ name, cursor, readAt, failure }) => ({
      name,
      cursor,
      ...(readAt === undefined ? {} : { readAt }),
      ...(failure === undefined ? {} : { failure: { ...failure } }),
    })),
    ...(lease === undefined ? {} : { lease: { ...lease } }),
    ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
    ...(lastFailure === undefined ? {} : { lastFailure: { ...lastFailure } }),
  };
}

export function partOf(state: PullState, name: string): PullState['parts'][number] | undefined {
  return state.parts.find((part) => part.name === name);
}
