import type { Anchor } from '../anchors.ts';

/** From an anchor to what Foldback finds, in the shape of what the anchor expects. */
export type Check = (anchor: Anchor) => unknown;
