import type { PackTexts } from '../../core/review/patch.ts';

/** What the review of the taxonomy works with. */
export type ReviewParts = {
  /** The files of the packs as they stand now. */
  readonly texts: () => PackTexts;
  /** Version of the first words about a behaviour. */
  readonly messageVersion: (behaviour: string) => number;
};
