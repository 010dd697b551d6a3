import { type Share, wilson } from '../rates/proportion.ts';

/** What is known of the words of one behaviour. */
export type MessageRecord = {
  readonly behaviour: string;
  /** First recurrences of its test against the usual message, and how high the risk ratio may be; null is open. */
  readonly firsts: number;
  readonly riskRatioUpper: number | null;
  /** Loops verified within seven days, of those opened as long ago. */
  readonly verified: Share;
  /** By kind of reply, of the people who were told. */
  readonly replies: Readonly<Record<ReplyTrouble, Share>>;
};

export const replyTroubles = ['need-help', 'wrong', 'not-mine'] as const;
export type ReplyTrouble = (typeof replyTroubles)[number];

/** Why a behaviour's words are proposed for review, with the counts. Words for it live in packs. */
export type MessageTrouble =
  | { readonly code: 'no-effect'; readonly firsts: number; readonly riskRatioUpper: number | null }
  | { readonly code: 'not-fixed'; readonly verified: Share }
  | { readonly code: 'replies'; readonly reply: ReplyTrouble; readonly share: Share; readonly lower: number };

const firstsMin = 60;
const riskRatioMax = 0.95;
const loopsMin = 20;
const verifiedMin = 0.5;
/** The tenth of the behaviours with the most of a reply, by Wilson's lower bound; there must be ten to have a tenth. */
const topPart = 0.1;
const peopleMin = 5;

/** Which behaviours have words that do not work, or that people answer with trouble. Those without are left out. */
export function messageTroubles(
  records: readonly MessageRecord[],
): ReadonlyMap<string, readonly MessageTrouble[]> {
  const top = new Map(
    replyTroubles.map((reply) => [reply, topBound(records.map(({ replies }) => replies[reply]))]),
  );
  const found = records.map(({ behaviour, firsts, riskRatioUpper, verified, replies }) => {
    const isUseless = firsts >= firstsMin && (riskRatioUpper ?? Number.POSITIVE_INFINITY) > riskRatioMax;
    const isUnfixed = verified.n >= loopsMin && verified.x / verified.n < verifiedMin;
    const troubles: readonly MessageTrouble[] = [
      ...(isUseless ? [{ code: 'no-effect', firsts, riskRatioUpper } as const] : []),
      ...(isUnfixed ? [{ code: 'not-fixed', verified } as const] : []),
      ...replyTroubles.flatMap((reply) => {
        const share = replies[reply];
        const lower = boundOf(share);
        const isTop = share.x >= peopleMin && lower >= (top.get(reply) ?? Number.POSITIVE_INFINITY);
        return isTop ? [{ code: 'replies', reply, share, lower } as const] : [];
      }),
    ];
    return [behaviour, troubles] as const;
  });
  return new Map(found.filter(([, troubles]) => troubles.length > 0));
}

function boundOf(share: Share): number {
  return share.n === 0 ? 0 : wilson(share).lower;
}

function topBound(shares: readonly Share[]): number | undefined {
  const bounds = shares.map(boundOf).sort((a, b) => b - a);
  return bounds[Math.floor(bounds.length * topPart) - 1];
}
