import type { Hostile } from './circumstances.ts';
import type { Draws } from './draw.ts';
import type { Member, Organisation } from './organisation.ts';
import type { Setups } from './setups.ts';
import { inclination, toldRatio } from './true-effects.ts';
import type { TrueCase, TrueFinding, Truth } from './truth.ts';
import { plantedRatio } from './words.ts';

export const hour = 3_600_000;
export const day = 24 * hour;

/** One record of a delivery with the finding that it is, where it tells of a mistake. */
export type DeliveredRecord = { readonly record: object; readonly finding?: string };

/** What a vendor sends at once. `payload` is exactly its body; `records` are the records in it. */
export type Delivery = {
  readonly id: string;
  readonly at: number;
  readonly source: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload: unknown;
  readonly records: readonly DeliveredRecord[];
};

/** Something that happens at a time: a delivery, an answer, a decision of the duty role, or any deed of the world. */
export type Happening =
  | { readonly kind: 'delivery'; readonly delivery: Delivery }
  | { readonly kind: 'reply'; readonly reply: PlannedReply }
  | { readonly kind: 'hand-over'; readonly loop: string; readonly case: string }
  | { readonly kind: 'leave'; readonly members: readonly Member[] }
  | { readonly kind: 'deed'; readonly run: () => void };

export type PlannedReply = {
  readonly message: string;
  readonly to: string;
  readonly answer: 'done' | 'need-help' | 'not-me' | 'not-mine' | 'wrong';
  /** One case of the message; all of them where left out. */
  readonly loop?: string;
  /** For `not-mine`: whose it is. */
  readonly owner?: string;
};

/** The invented company while its story runs. */
export type World = {
  readonly seed: number;
  readonly draws: Draws;
  readonly organisation: Organisation;
  readonly member: (id: string) => Member | undefined;
  readonly start: number;
  readonly days: number;
  readonly truth: Truth;
  /** Cases by what is asked of them together: a behaviour and its owner, an agent, a protection. */
  readonly groups: Map<string, TrueCase[]>;
  /** How a case is mended at a time: its truth changes and the world tells of it. */
  readonly mends: Map<string, (at: number) => void>;
  readonly hostile: Hostile;
  /** Squads whose set-up makes leaks common. */
  readonly setups: Setups;
  /** Who has left since the story began. */
  readonly gone: Set<string>;
  /** By behaviour and person: under which name the words stood that they were told first. */
  readonly told: Map<string, string>;
  readonly plan: (at: number, key: string, happening: Happening) => void;
};

export function openCase(world: World, given: TrueCase, group?: string): TrueCase {
  const made = { ...given };
  world.truth.cases.set(made.id, made);
  for (const name of [`${made.behaviour} ${made.owner.id}`, group ?? []].flat()) {
    const known = world.groups.get(name);
    if (known === undefined) world.groups.set(name, [made]);
    else known.push(made);
  }
  return made;
}

/** Notes that a record is of a case; returns the finding's id. */
export function finding(world: World, found: TrueFinding): string {
  if (!world.truth.findings.has(found.id)) world.truth.findings.set(found.id, found);
  return found.id;
}

export function deliver(world: World, delivery: Delivery): void {
  if (world.hostile.isSilent(delivery.source, delivery.at)) return;
  world.plan(delivery.at, delivery.id, { kind: 'delivery', delivery });
  // Vendors repeat deliveries whose answer they missed.
  if (world.draws.chance(0.03, 'redelivered', delivery.id))
    world.plan(delivery.at + hour, `${delivery.id} again`, { kind: 'delivery', delivery });
}

export function mend(world: World, id: string, at: number, tell: () => void): void {
  const known = world.truth.cases.get(id);
  if (known === undefined || known.mendedAt !== undefined) return;
  known.mendedAt = at;
  tell();
}

/** How often somebody does what they should not, and does seldom once they were told. */
export function propensity(world: World, person: string, behaviour: string): number {
  const inclined = inclination(world.seed, person);
  const words = world.told.get(`${behaviour} ${person}`);
  return words === undefined ? inclined : inclined * toldRatio * plantedRatio(words);
}

/** Whether somebody works here at the time. Those whom the directory knew as leavers when the story began do not. */
export function isHere(world: World, { id, leftOnDay }: Member): boolean {
  return leftOnDay === undefined && !world.gone.has(id);
}

export function isWorkday(at: number): boolean {
  const weekday = new Date(at).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}
