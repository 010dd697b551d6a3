import { runSplit } from '../core/measures/experiment/split-run.ts';
import { evidenceThreshold, judgeArm, type VerdictCode } from '../core/measures/experiment/verdict.ts';
import { openDraws } from './draw.ts';
import type { Outcome } from './outcome.ts';

/**
 * What a message does in truth, as a ratio of the chances of the same mistake, and what could be seen of it. An open
 * upper bound is null.
 */
export type Effect = {
  readonly variant: string;
  readonly true: number;
  readonly low: number;
  readonly high: number | null;
  readonly verdict: string;
};

/** The message as it is, and three others whose effect on the next mistake is planted in who reads them. */
export const plantedVariants = [
  { variant: 'usual', ratio: 1 },
  { variant: 'useless', ratio: 1 },
  { variant: 'helpful', ratio: 0.4 },
  { variant: 'harmful', ratio: 2 },
] as const;

/** The variant of a person, the same for ever. */
export function variantOf(seed: number, person: string): (typeof plantedVariants)[number] {
  return openDraws(seed).pick(plantedVariants, 'variant', person);
}

const sentences: Readonly<Record<VerdictCode, string>> = {
  broken: 'broken',
  worse: 'worse',
  'not-enough': 'too early to tell',
  works: 'works',
  'no-difference': 'no difference',
  'cannot-tell': 'cannot tell',
  'too-early': 'too early to tell',
};

/** Each variant against the usual one, by the first recurrence of each person in the order of their happening. */
export function judgeEffects(seed: number, outcome: Outcome): readonly Effect[] {
  const recurred = firstRecurrences(outcome);
  const [usual, ...others] = plantedVariants;
  return others.map(({ variant, ratio }) => {
    const isArm = recurred.flatMap((person) => {
      const own = variantOf(seed, person).variant;
      return own === variant ? [true] : own === usual.variant ? [false] : [];
    });
    const { code, riskRatio } = judgeArm({
      run: runSplit(isArm, 0.5, evidenceThreshold(plantedVariants.length)),
      share: 0.5,
      faults: [],
      guardrails: [],
      eventsMax,
      isPastEnd: false,
    });
    const high = riskRatio.upper === null ? null : rounded(riskRatio.upper);
    return { variant, true: ratio, low: rounded(riskRatio.lower), high, verdict: sentences[code] };
  });
}

const eventsMax = 5_000;

/** Who was told of a behaviour and did it again, by what the loop saw: each person once, the earliest first. */
function firstRecurrences({ messages, loops }: Outcome): readonly string[] {
  const behaviourOf = new Map(loops.map(({ id, behaviour }) => [id, behaviour]));
  const toldAt = new Map<string, number>();
  for (const { to, at, says } of messages) {
    for (const { loop } of says) {
      const key = `${behaviourOf.get(loop)} ${to.id}`;
      if (to.kind === 'person') toldAt.set(key, Math.min(at, toldAt.get(key) ?? at));
    }
  }
  const again = loops.flatMap(({ behaviour, owner, occurredAt, isLive, sightings }) => {
    const told = owner.kind === 'person' ? toldAt.get(`${behaviour} ${owner.id}`) : undefined;
    const isAgain = isLive && sightings > 0 && told !== undefined && occurredAt > told;
    return isAgain ? [{ person: owner.id ?? '', at: occurredAt }] : [];
  });
  const sorted = again.toSorted((a, b) => a.at - b.at || (a.person < b.person ? -1 : 1));
  return [...new Set(sorted.map(({ person }) => person))];
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
