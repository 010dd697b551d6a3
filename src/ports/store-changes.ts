import type { Principal } from './principal.ts';

/** Part of `StoreRead`. */
export interface ChangeRead {
  /**
   * Another text than before when something has changed, as far as cheap looks tell: a sealed chain, a new sight, a new
   * message. It says nothing of what, so no team filters it.
   */
  changeMark(principal: Principal): Promise<string>;
}
