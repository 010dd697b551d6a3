import { type Dict, isDict } from './guards.ts';

/**
 * Which members of a record are kept: `true` a text, number, yes or no, or a list of these; a plan the object, or
 * each object of a list. Under `*` every member that is not named, at this one level.
 */
export type KeepPlan = { readonly [name: string]: true | KeepPlan };

export type Kept = boolean | number | string | readonly Kept[] | KeptMembers;
export type KeptMembers = { readonly [name: string]: Kept };

export type KeepLimits = {
  /** Characters of all texts and names together; what comes later in the plan is left out first. */
  readonly charsMax: number;
  readonly textCharsMax: number;
  /** Items of a list, and members under `*`. */
  readonly itemsMax: number;
};

/** An event of any record stays below 32 KiB: this leaves room for its other fields and for escapes. */
const defaults: KeepLimits = { charsMax: 14_000, textCharsMax: 500, itemsMax: 40 };

type Room = { readonly limits: KeepLimits; left: number };

/**
 * The members of a record that a plan names, under the plan's own spelling: some collectors write names in small
 * letters only. Nothing else comes along, null is left out, and the order of the record's members says nothing.
 */
export function keepMembers(record: Dict, plan: KeepPlan, limits: KeepLimits = defaults): KeptMembers {
  return members(record, plan, { limits, left: limits.charsMax });
}

function members(record: Dict, plan: KeepPlan, room: Room): KeptMembers {
  const kept: Record<string, Kept> = {};
  for (const name in plan) {
    const step = plan[name];
    if (step === undefined || name === '*') continue;
    put(kept, name, member(record, name), step, room);
  }
  const others = plan['*'];
  if (others === undefined) return kept;
  const unnamed = Object.keys(record).filter((name) => !Object.hasOwn(plan, name));
  // In the order of their names: else which of too many are kept would depend on the sender.
  for (const name of unnamed.toSorted().slice(0, room.limits.itemsMax))
    put(kept, name.slice(0, room.limits.textCharsMax), record[name], others, room);
  return kept;
}

function put(kept: Record<string, Kept>, name: string, value: unknown, step: true | KeepPlan, room: Room) {
  if (value === undefined || value === null || room.left <= 0) return;
  const found = step === true ? plain(value, room) : nested(value, step, room);
  if (found === undefined) return;
  room.left -= name.length;
  // Assigned, that name would set a prototype. No vendor has it.
  if (name !== '__proto__') kept[name] = found;
}

/** Names stand in plans only: as many as are written there. */
const inSmall = new Map<string, string>();

function member(record: Dict, name: string): unknown {
  if (Object.hasOwn(record, name)) return record[name];
  let lower = inSmall.get(name);
  if (lower === undefined) {
    lower = name.toLowerCase();
    inSmall.set(name, lower);
  }
  return lower !== name && Object.hasOwn(record, lower) ? record[lower] : undefined;
}

function plain(value: unknown, room: Room): Kept | undefined {
  if (Array.isArray(value)) {
    const items = value.slice(0, room.limits.itemsMax).map((item) => scalar(item, room));
    return items.filter((item) => item !== undefined);
  }
  return scalar(value, room);
}

function scalar(value: unknown, room: Room): boolean | number | string | undefined {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) {
    room.left -= 8;
    return value;
  }
  if (typeof value !== 'string' || room.left <= 0) return undefined;
  const text = value.slice(0, Math.min(room.limits.textCharsMax, room.left));
  room.left -= text.length;
  return text;
}

function nested(value: unknown, plan: KeepPlan, room: Room): Kept | undefined {
  if (Array.isArray(value)) {
    // That a list is empty says something: a rule may ask for it.
    if (value.length === 0) return [];
    const items = value.slice(0, room.limits.itemsMax).filter(isDict);
    return items.length === 0 ? undefined : items.map((item) => members(item, plan, room));
  }
  if (!isDict(value)) return undefined;
  const kept = members(value, plan, room);
  return Object.keys(kept).length === 0 ? undefined : kept;
}
