import type { RolloutRule, Stage } from '../core/loop/rollout.ts';
import type { Moment } from '../core/message.ts';
import type { Principal } from './principal.ts';

/** One turn of a switch. `settings` gives it back to the settings. */
export type RolloutSwitch = {
  readonly at: number;
  readonly by: string;
  readonly behaviour?: string;
  readonly team?: string;
  readonly stage: Stage | 'settings';
  readonly share?: number;
  readonly reason: string;
};

/** What was shown and what was said, of one behaviour, team and moment. */
export type ShadowCount = {
  readonly behaviour: string;
  readonly team?: string;
  readonly moment: Moment;
  readonly isShadow: boolean;
  readonly messages: number;
  readonly recipients: number;
  readonly loops: number;
};

/** Part of `StoreRead`. */
export interface RolloutRead {
  /** Switches as they stand, by their last turn. They are everybody's business: no team filters them. */
  rolloutRules(principal: Principal): Promise<readonly RolloutRule[]>;
  /** The latest first: a principal of some teams sees those of its teams and those of no team. */
  rolloutSwitches(principal: Principal, limit: number): Promise<readonly RolloutSwitch[]>;
  shadowCounts(
    principal: Principal,
    filter: { readonly since?: number; readonly behaviour?: string; readonly team?: string },
  ): Promise<readonly ShadowCount[]>;
}

/** Part of `StoreWrite`. */
export interface RolloutWrite {
  addRolloutSwitch(turn: RolloutSwitch): Promise<void>;
  /** Has the sweep look anew at cases that something is or was said of. */
  touchSpoken(now: number, place: { readonly behaviour?: string; readonly team?: string }): Promise<void>;
}
