import { z } from 'zod';
import { ratings } from '../../core/mail-cues/difficulty.ts';
import { funnelSteps } from '../../core/measures/describe/group-figures.ts';
import type { RevisionRow, Watermark } from '../../core/measures/measure-rows.ts';
import { measuredControlSchema } from './measure-control-json.ts';
import { bounds, estimate, rate } from './rate-json.ts';
import { instant, iso, knownInstant } from './shapes.ts';

const counts = { n: z.int(), events: z.int() };

const curve = z
  .array(z.object({ time: z.number(), atRisk: z.int(), events: z.int(), value: z.number(), ...bounds }))
  .describe('Steps: the value from `time` (hours) on, as far as five were still followed.');

const risk = z.object({
  kind: z.enum(['risk', 'not-enough-data']),
  reason: z.enum(['few-units', 'not-followed-so-long']).exactOptional(),
  ...counts,
  left: z.int(),
  followed: z.int(),
  ...bounds,
  value: z.number().exactOptional(),
  se: z.number().exactOptional(),
});

const time = z.object({
  kind: z.enum(['time', 'not-enough-data']),
  ...counts,
  median: z.number().exactOptional().describe('Hours; left out while fewer than half have had it.'),
  ...bounds,
  curve: curve.exactOptional(),
});

const share = z.object({
  kind: z.enum(['share', 'not-enough-data']),
  x: z.int(),
  n: z.int(),
  ...bounds,
  value: z.number().exactOptional(),
});

const perFix = z.object({
  kind: z.enum(['per-fix', 'not-enough-data']),
  spent: z.number(),
  fixes: z.int(),
  ...bounds,
  value: z.number().exactOptional(),
});

const change = z
  .object({
    kind: z.enum(['no-effect', 'not-enough-data']),
    units: z.int(),
    affected: z.int(),
    before: z.number().exactOptional(),
    after: z.number().exactOptional(),
    expectedAfter: z.number().exactOptional().describe('This much would have happened anyway.'),
  })
  .describe('Never an effect: people come in because something happened to them.');

export const figuresSchema = z.object({
  loops: z.int(),
  withoutUnit: z.int(),
  rate,
  recurrence: risk.extend({ curve }).describe('Risk of a new case within 90 days of the first, by unit.'),
  relapse: risk
    .extend({ curve })
    .describe('Risk of a case that goes back to a proven fix, within 90 days of it.'),
  repeated: z.object({
    kind: z.enum(['repeated', 'not-enough-data']),
    ...counts,
    curve: curve.exactOptional(),
  }),
  times: z.object({ owner: time, reply: time, claim: time, fix: time }),
  funnel: z.array(z.object({ step: z.enum(funnelSteps), share })),
  ownerReach: share,
  reroutes: z.object({ n: z.int(), of: z.int() }),
  snoozes: z.object({ n: z.int(), of: z.int() }).describe('How often words were put off.'),
  messagesPerFix: perFix,
  minutesPerFix: perFix.extend({ decisions: z.int(), minutesPerDecision: z.number() }),
  change,
});

const difficulty = z.object({
  strata: z.array(z.object({ rating: z.enum(ratings), failures: z.int(), opportunities: z.int() })),
  standardised: z.object({ observed: z.int(), expected: z.number(), ...estimate }).exactOptional(),
  stratified: z.object(estimate).exactOptional(),
});

const ratio = z.object({
  kind: z.enum(['ratio', 'not-enough-data']),
  reason: z.enum(['few-opportunities', 'no-failures', 'units-differ']).exactOptional(),
  ...bounds,
  value: z.number().exactOptional(),
  p: z.number().exactOptional(),
});

const curves = z.object({
  kind: z.enum(['log-rank', 'not-enough-data']),
  groups: z
    .array(z.object({ id: z.string(), n: z.int(), observed: z.int(), expected: z.number() }))
    .exactOptional(),
  chi2: z.number().exactOptional(),
  df: z.int().exactOptional(),
  p: z.number().exactOptional(),
});

export const watermarkSchema = z.object({
  loops: z.int().describe('Cases that were looked at.'),
  changedAt: instant.exactOptional(),
  receiptAt: instant.exactOptional().describe('The latest delivery that was taken.'),
  checkpoint: z.int().exactOptional().describe('The latest signed checkpoint of the ledger.'),
});

const groupSchema = z.object({
  teams: z.union([z.literal('all'), z.array(z.string())]),
  people: z.int(),
});

export const measureSchema = z.object({
  behaviour: z.string(),
  asOf: instant,
  watermark: watermarkSchema,
  group: groupSchema,
  hidden: z.string().exactOptional().describe('Why no figure is shown.'),
  figures: figuresSchema.exactOptional(),
  difficulty: difficulty.exactOptional(),
  by: z.enum(['team', 'kind', 'control']).exactOptional(),
  groups: z
    .array(
      z.object({
        id: z.string(),
        hidden: z.string().exactOptional(),
        figures: figuresSchema.exactOptional(),
        difficulty: difficulty.exactOptional(),
        ratioToRest: ratio.exactOptional(),
      }),
    )
    .exactOptional(),
  controls: z.array(measuredControlSchema).exactOptional().describe('With `by=control`, the latest first.'),
  comparison: z.object({ fixes: curves, recurrences: curves }).exactOptional(),
  taxonomy: z
    .array(
      z.object({
        kind: z.enum(['re-mapped', 'break']),
        on: z.iso.date(),
        from: z.object({ behaviour: z.string(), version: z.int() }),
        to: z.object({ behaviour: z.string(), version: z.int().exactOptional() }).exactOptional(),
        why: z.string(),
      }),
    )
    .describe('What happened to the behaviour itself. Figures before and after a break are not of one kind.'),
  revised: z
    .array(
      z.object({
        month: z.string(),
        closedAt: instant.exactOptional(),
        was: z.object({ failures: z.int(), opportunities: z.int() }),
        is: z.object({ failures: z.int(), opportunities: z.int() }),
      }),
    )
    .describe('Months that were closed and stand otherwise by now: what came late, or was judged anew.'),
});

export const overviewSchema = z.object({
  asOf: instant,
  watermark: watermarkSchema,
  group: groupSchema,
  hidden: z.string().exactOptional(),
  items: z.array(
    z.object({
      behaviour: z.string(),
      loops: z.int(),
      rate,
      recurrence: risk,
      fix: time.omit({ curve: true }),
      verified: share.exactOptional(),
      messagesPerFix: perFix,
      minutesPerFix: perFix.describe('Of operators, as `measures.minutesPerDecision` assumes.'),
    }),
  ),
});

export function watermarkJson({ loops, changedAt, receiptAt, checkpoint }: Watermark) {
  return {
    loops,
    ...knownInstant('changedAt', changedAt ?? undefined),
    ...knownInstant('receiptAt', receiptAt ?? undefined),
    ...(checkpoint === null ? {} : { checkpoint }),
  };
}

export function revisionJson({ month, closedAt, was, is }: RevisionRow) {
  return { month, ...(closedAt === null ? {} : { closedAt: iso(closedAt) }), was, is };
}

/** Without what is open or not defined: a bound at infinity, a median that is not reached. */
export function definedOnly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(definedOnly);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null && !(typeof member === 'number' && !Number.isFinite(member)))
      .map(([name, member]) => [name, definedOnly(member)]),
  );
}

export type MeasureJson = z.infer<typeof measureSchema>;
export type MeasuresJson = z.infer<typeof overviewSchema>;
export type FiguresJson = z.infer<typeof figuresSchema>;
