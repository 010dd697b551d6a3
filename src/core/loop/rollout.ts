import type { LoopFacts } from './facts.ts';

/**
 * How far words go: `shadow` shows them in the product and tells nobody; `canary` tells a share of people and shows the
 * rest; `live` tells everybody.
 */
export const stages = ['shadow', 'canary', 'live'] as const;
export type Stage = (typeof stages)[number];

/** A switch for a behaviour, a team, one in the other, or all of an installation. */
export type RolloutRule = {
  readonly behaviour?: string;
  readonly team?: string;
  readonly stage: Stage;
  /** Of people in a canary, 0 to 1. */
  readonly share?: number;
};

/** The rule that speaks of most: behaviour and team before behaviour before team; of equals the first. */
export function ruleOf(
  rules: readonly RolloutRule[],
  place: { readonly behaviour: string; readonly team?: string | undefined },
): RolloutRule | undefined {
  const weight = (rule: RolloutRule) =>
    (rule.behaviour === undefined ? 0 : 2) + (rule.team === undefined ? 0 : 1);
  let best: RolloutRule | undefined;
  for (const rule of rules) {
    const fits =
      (rule.behaviour === undefined || rule.behaviour === place.behaviour) &&
      (rule.team === undefined || rule.team === place.team);
    if (fits && (best === undefined || weight(rule) > weight(best))) best = rule;
  }
  return best;
}

/**
 * Whether a case is spoken of to people. In a canary whoever was told once stays told, also when the share shrinks: a
 * conversation is not broken off. Only the stage `shadow` ends it.
 *
 * @param point where the owner stands on a line from 0 to 1, by a keyed hash: always the same
 */
export function isSpoken(rule: RolloutRule, point: number, facts: LoopFacts): boolean {
  if (rule.stage !== 'canary') return rule.stage === 'live';
  return point < (rule.share ?? 0) || facts.messages.some(wasTold);
}

function wasTold({ isShadow, outcome }: LoopFacts['messages'][number]): boolean {
  return isShadow !== true && outcome !== 'refused';
}

/** Words that are shown only have occasions of their own: what is said to people later is not yet said. */
const mark = '~shadow';

export function shadowOccasion(occasion: string): string {
  return `${occasion}${mark}`;
}

export function isShadowOccasion(occasion: string): boolean {
  return occasion.endsWith(mark);
}

/** The facts as shadow reads them: what was said to people was said, and what was shown was said too. */
export function withShadow(facts: LoopFacts): LoopFacts {
  if (!facts.messages.some(({ occasion }) => isShadowOccasion(occasion))) return facts;
  const messages = facts.messages.map((message) =>
    isShadowOccasion(message.occasion)
      ? { ...message, occasion: message.occasion.slice(0, -mark.length) }
      : message,
  );
  return { ...facts, messages };
}

/**
 * The facts as people's messages read them: what was shown only was said to nobody, and a case that was only ever shown
 * is history until an operator releases it.
 */
export function withoutShadow(facts: LoopFacts): LoopFacts {
  const last = facts.messages.findLast((message) => message.isShadow === true);
  if (last === undefined) return facts;
  const { releasedAt, ...rest } = facts;
  const messages = facts.messages.filter((message) => message.isShadow !== true);
  const isReleasedSince = releasedAt !== undefined && releasedAt > last.at;
  return {
    ...rest,
    messages,
    isLive: facts.isLive && messages.some(wasTold),
    ...(isReleasedSince || (releasedAt !== undefined && messages.some(wasTold)) ? { releasedAt } : {}),
  };
}
