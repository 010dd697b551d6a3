import { keptNote } from '../core/kept-text.ts';
import type { LoopFacts } from '../core/loop/facts.ts';
import { duty, type OwnerView } from '../core/loop/position.ts';
import { isSpoken, type RolloutRule, ruleOf } from '../core/loop/rollout.ts';
import type { Principal } from '../ports/principal.ts';
import type { OpenScope, StoreRead, StoreWrite } from '../ports/store.ts';
import type { RolloutSwitch } from '../ports/store-rollout.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';

/** The switches as this process last read them; every transaction that speaks reads them first. */
export type Rollout = {
  rules(): readonly RolloutRule[];
  /** Takes what stands in the store, before what stands in the settings. */
  take(rules: readonly RolloutRule[]): void;
};

export function openRollout(settings: readonly RolloutRule[]): Rollout {
  let rules = settings;
  return {
    rules: () => rules,
    take: (stored) => {
      rules = stored.length === 0 ? settings : [...stored, ...settings];
    },
  };
}

export async function readRollout(parts: LoopParts, read: StoreRead): Promise<void> {
  parts.rollout.take(await read.rolloutRules(loopPrincipal));
}

/** Takes the switches as this transaction sees them, and gives the scopes of open controls: one statement for both. */
export async function readStandingOrders(parts: LoopParts, tx: StoreWrite): Promise<readonly OpenScope[]> {
  const { rules, scopes } = await tx.standingOrders();
  parts.rollout.take(rules);
  return scopes;
}

/** Hex digits of a keyed hash that make a point between 0 and 1. */
const pointDigits = 12;

/** Whether a case is spoken of to people, by its behaviour, its team and whoever owns it. */
export function isSpokenOf(parts: LoopParts, facts: LoopFacts, view: OwnerView): boolean {
  const { behaviour } = facts;
  const rule = ruleOf(parts.rollout.rules(), { behaviour, team: view.team?.id }) ?? {
    stage: parts.delivery.mode,
  };
  if (rule.stage !== 'canary') return rule.stage === 'live';
  const { kind, id } = view.addressee ?? duty;
  const hash = parts.idOf(['canary', behaviour, kind, id]).slice(0, pointDigits);
  return isSpoken(rule, Number.parseInt(hash, 16) / 16 ** pointDigits, facts);
}

export type Switched = { readonly kind: 'switched' } | { readonly kind: 'refused'; readonly reason: string };

/** Turns a switch while the installation runs. What was only shown stays history. */
export async function turnSwitch(
  parts: LoopParts,
  principal: Principal,
  turn: Omit<RolloutSwitch, 'at' | 'by'>,
): Promise<Switched> {
  const { team, behaviour } = turn;
  if (behaviour !== undefined && !parts.behaviours.has(behaviour))
    return { kind: 'refused', reason: 'no behaviour has this id' };
  if (team !== undefined && parts.people.team(team) === undefined)
    return { kind: 'refused', reason: 'no team has this id' };
  const at = parts.clock.now();
  await parts.store.transaction(async (tx) => {
    await tx.lock('rollout');
    await tx.addRolloutSwitch({ ...turn, reason: keptNote(turn.reason), at, by: principal.id });
    await tx.touchSpoken(at, {
      ...(behaviour === undefined ? {} : { behaviour }),
      ...(team === undefined ? {} : { team }),
    });
    await readRollout(parts, tx.read);
  });
  parts.wake();
  return { kind: 'switched' };
}
