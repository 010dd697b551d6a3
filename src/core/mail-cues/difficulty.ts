/**
 * Premise alignment of a campaign: five elements, each 0, 2, 4, 6 or 8 (NIST TN 2276). Mimics a workplace process,
 * workplace relevance, aligns with other events, concern over consequences; the last, prior training or warnings,
 * counts against them.
 */
export type Alignment = readonly [number, number, number, number, number];

export type Difficulty = {
  /** Cues found in the mail and those that the campaign adds. */
  readonly cues: number;
  /** Undefined without any cue: the scale begins with one. */
  readonly amount?: 'few' | 'some' | 'many';
  readonly alignment?: { readonly score: number; readonly level: 'weak' | 'medium' | 'strong' };
  readonly rating: Rating;
};

export const ratings = ['not-rated', 'very', 'moderately', 'moderately-to-least', 'least'] as const;
export type Rating = (typeof ratings)[number];

/** Five numbers as `6,4,2,4,0`; undefined for anything else. */
export function readAlignment(text: string): Alignment | undefined {
  const [a, b, c, d, e, ...more] = text.split(',').map((part) => part.trim());
  const [first, second, third, fourth, fifth] = [a, b, c, d, e].map((part) =>
    part !== undefined && /^[02468]$/u.test(part) ? Number(part) : undefined,
  );
  if (first === undefined || second === undefined || third === undefined || fourth === undefined)
    return undefined;
  return fifth === undefined || more.length > 0 ? undefined : [first, second, third, fourth, fifth];
}

const matrix = {
  few: { strong: 'very', medium: 'very', weak: 'moderately' },
  some: { strong: 'very', medium: 'moderately', weak: 'moderately-to-least' },
  many: { strong: 'moderately', medium: 'moderately', weak: 'least' },
} as const satisfies Record<string, Record<string, Rating>>;

/** How hard the mail was to tell from a genuine one. Without an alignment it is not rated: cues alone say too little. */
export function rateDifficulty(cues: number, alignment: Alignment | undefined): Difficulty {
  const amount = cues < 1 ? undefined : cues <= 8 ? 'few' : cues <= 14 ? 'some' : 'many';
  if (alignment === undefined || amount === undefined)
    return {
      cues,
      ...(amount === undefined ? {} : { amount }),
      ...(alignment === undefined ? {} : { alignment: levelOf(alignment) }),
      rating: 'not-rated',
    };
  const aligned = levelOf(alignment);
  return { cues, amount, alignment: aligned, rating: matrix[amount][aligned.level] };
}

function levelOf([process, relevance, events, concern, training]: Alignment): NonNullable<
  Difficulty['alignment']
> {
  const score = process + relevance + events + concern - training;
  return { score, level: score <= 10 ? 'weak' : score <= 17 ? 'medium' : 'strong' };
}
