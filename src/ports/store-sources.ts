import type { SourceRhythm } from '../core/source-rhythm.ts';
import type { Principal } from './principal.ts';

/** Part of `StoreRead`. */
export interface SourceRead {
  /** How often each source spoke in the four weeks before its last day. */
  sourceRhythms(principal: Principal): Promise<ReadonlyMap<string, SourceRhythm>>;
}
