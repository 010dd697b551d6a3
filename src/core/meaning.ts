import type { StoredHit } from './rules/correlated.ts';

/**
 * What an event is to a behaviour; one event may be several things.
 *
 * failed       it shows the failure · fixed  it is news that the case's fingerprint is dead
 * end          the deed at the end of an approved path, or one that is held against the identity's history: those decide
 * step         a step of that path, by name · signal  a sight of the world that moves the proof, by name
 * wanted       it is what was hoped for, and is thanked for
 * opportunity  a chance to show the behaviour · related  it speaks of a known case without being a failure
 */
export type Meaning =
  | {
      readonly behaviour: string;
      readonly role: 'failed';
      /** The named rules behind it. */
      readonly rules?: readonly RuleCredit[];
    }
  | { readonly behaviour: string; readonly role: 'fixed' | 'opportunity' | 'related' | 'wanted' }
  | {
      readonly behaviour: string;
      readonly role: 'end';
      readonly by: readonly ('path' | 'baseline' | 'correlation')[];
      /** What it is to the correlations that the behaviour names. */
      readonly hits?: readonly CorrelatedHit[];
    }
  | { readonly behaviour: string; readonly role: 'step' | 'signal'; readonly name: string };

/** A hit, with the id, name or title of its correlation. */
export type CorrelatedHit = StoredHit & { readonly correlation: string };

/** Whoever builds on a rule names its author (Detection Rule License 1.1). */
export type RuleCredit = { readonly title: string; readonly author?: string; readonly license?: string };
