import type { Where } from '../core/event.ts';
import type { Fingerprint } from '../core/fingerprint.ts';

/**
 * A verifier looks at the world and says what it saw of a fix. What it cannot look at is `unknown`, never `absent`.
 */
export interface Verifier {
  readonly id: string;
  look(cases: readonly VerifyCase[], at: number): Promise<readonly Sight[]>;
}

export type VerifyCase = {
  readonly loop: string;
  readonly behaviour: string;
  readonly places: readonly Where[];
  readonly fingerprints: readonly Fingerprint[];
  readonly length?: number;
  readonly lastFour?: string;
};

/** One thing seen. `reason` is a plain sentence for the story. */
export type Sight = {
  readonly loop: string;
  readonly signal: 'gone-from-head' | 'still-in-head' | 'inactive' | 'active' | 'unknown';
  readonly at: number;
  readonly reason: string;
};
