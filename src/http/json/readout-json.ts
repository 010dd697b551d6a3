import { z } from 'zod';
import type { ExperimentDocument } from '../../core/experiments/document.ts';
import { sayComparison, type VerdictWords } from '../../core/experiments/say.ts';
import { verdictCodes } from '../../core/measures/experiment/verdict.ts';
import type { ShownReadout } from '../../loop/experiments/read-out.ts';
import { instant, iso, known, knownInstant } from './shapes.ts';

const interval = z.object({ value: z.number(), lower: z.number(), upper: z.number() });
const armJson = z.object({
  arm: z.string(),
  share: z.number(),
  assigned: z.int(),
  outcomes: z.int().describe('Units with the outcome within the window: first ones only.'),
  exits: z.int(),
  funnel: z.object({
    due: z.int(),
    sent: z.int(),
    delivered: z.int(),
    answered: z.int(),
    verified: z.int(),
    held: z.int(),
  }),
  opportunities: z
    .object({ n: z.number(), people: z.int(), perPerson: z.number().exactOptional() })
    .exactOptional()
    .describe('Chances in the windows, where teams are the units: of people nobody knows how many each had.'),
  risk: interval.nullable().describe('Within the window, leaving competes (Aalen–Johansen).'),
  stoppedAt: instant.exactOptional().describe('From then on nobody new is assigned to it.'),
});
const comparisonJson = z.object({
  arm: z.string(),
  verdict: z.enum(verdictCodes),
  sentence: z.string(),
  details: z.array(z.string()),
  n: z.int().describe('First recurrences in the arm and the usual one.'),
  evidence: z.number().nullable().describe('To one, now. Null where clusters are compared.'),
  threshold: z.number(),
  p: z.number().nullable(),
  riskRatio: z
    .object({ value: z.number().nullable(), lower: z.number(), upper: z.number().nullable() })
    .nullable()
    .describe('With its confidence sequence.'),
  detectable: z.number().nullable().describe('The smallest hazard ratio that so many can show.'),
  gap: z
    .object({ kind: z.enum(['approximate', 'closed']), lower: z.number(), upper: z.number() })
    .nullable()
    .describe('Usual risk less that of the arm.'),
  decidedAt: instant.exactOptional(),
  crossedAt: instant.exactOptional().describe('When evidence first reached the threshold. It stays.'),
  standsAmongAll: z.boolean().describe('Also when every experiment that runs is counted (e-BH).'),
  stopsAssignment: z.boolean(),
  isCheck: z.boolean(),
  isDrifting: z.boolean(),
  faults: z.array(z.looseObject({ code: z.string() })),
  harmedGuardrails: z.array(z.string()),
  clusters: z.object({ arm: z.int(), usual: z.int(), difference: interval.nullable() }).nullable(),
});

export const readoutSchema = z.union([
  z.object({ hidden: z.enum(['other-teams', 'small-group', 'nobody-yet', 'no-key']) }),
  z.object({
    asOf: instant,
    watchedUntil: instant.describe('Until when the sources were heard. What was later is not known.'),
    areWindowsClosed: z.boolean(),
    language: z.string(),
    units: z.int(),
    arms: z.array(armJson),
    comparisons: z.array(comparisonJson),
  }),
]);

export function readoutJson(
  document: ExperimentDocument,
  shown: ShownReadout,
  words: VerdictWords,
  now: number,
): z.infer<typeof readoutSchema> {
  if (shown.kind === 'hidden') return { hidden: shown.reason };
  const { readout } = shown;
  const latched = new Map(shown.arms.map((arm) => [arm.arm, arm]));
  return {
    asOf: iso(shown.at),
    watchedUntil: iso(readout.watchedUntil),
    areWindowsClosed: readout.areWindowsClosed,
    language: words.language,
    units: readout.arms.reduce((sum, { assigned }) => sum + assigned, 0),
    arms: readout.arms.map(({ arm, share, assigned, outcomes, exits, risk, opportunities, ...funnel }) => ({
      arm,
      share,
      assigned,
      outcomes,
      exits,
      funnel,
      ...known('opportunities', opportunities === undefined ? undefined : perPerson(opportunities)),
      risk,
      ...knownInstant('stoppedAt', latched.get(arm)?.stoppedAt),
    })),
    comparisons: readout.comparisons.map((comparison) => {
      const { arm, code, e, decidedAt, faults, ...rest } = comparison;
      const standsAmongAll = shown.standsAmongAll.get(arm) === true;
      const said = sayComparison(words, document, readout, comparison, { now, standsAmongAll });
      const before = latched.get(arm);
      const isBroken = code === 'broken';
      return {
        ...rest,
        arm,
        verdict: code,
        sentence: said.verdict,
        details: [...said.details],
        evidence: isBroken ? null : e,
        // What is broken shows no result.
        ...(isBroken ? { p: null, riskRatio: null, gap: null, isCheck: false } : {}),
        ...knownInstant('decidedAt', decidedAt ?? undefined),
        ...knownInstant('crossedAt', before?.crossedLowerAt ?? before?.crossedHigherAt),
        standsAmongAll: standsAmongAll && !isBroken,
        faults: faults.map((fault) => ({ ...fault })),
        harmedGuardrails: [...rest.harmedGuardrails],
      };
    }),
  };
}

function perPerson({ n, people }: { readonly n: number; readonly people: number }) {
  return { n, people, ...known('perPerson', people === 0 ? undefined : n / people) };
}

export type ReadoutJson = z.infer<typeof readoutSchema>;
