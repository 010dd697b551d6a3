import type { LinkRefusal } from '../core/link-refusal.ts';
import type { Principal } from './principal.ts';

/** A refused link, with the person on whose page it was refused. */
export type LinkRefusalRow = LinkRefusal & {
  readonly person: string;
  readonly by: string;
  readonly at: number;
};

/** Part of `StoreRead`. */
export interface LinkRead {
  /** All that are in force: few, for each was decided by hand. */
  refusedLinks(principal: Principal, limit: number): Promise<readonly LinkRefusalRow[]>;
}

/** Part of `StoreWrite`. */
export interface LinkWrite {
  /** False when it is refused already. */
  refuseLink(row: LinkRefusalRow): Promise<boolean>;
  /** False when it is not refused. */
  restoreLink(refusal: LinkRefusal): Promise<boolean>;
}
