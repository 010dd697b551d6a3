import { hmacTextHex } from '../lib/hmac.ts';
import { keyBytesCount, keyOfText } from './key-text.ts';
import type { Config } from './schema.ts';

/** A key under its id: the first eight digits of its check value, the same wherever the key is. */
export type NamedKey = { readonly id: string; readonly key: Uint8Array };
/** The current key first, then those that are kept for what they made. */
export type KeyRing = readonly [NamedKey, ...NamedKey[]];

/**
 * All keys, each for one purpose only. Rings can be rotated; `assignment` and `event` never change, because what
 * they decided would be decided anew.
 */
export type KeySet = {
  readonly fingerprint: KeyRing;
  readonly token: KeyRing;
  /** Ed25519 seeds. */
  readonly ledger: KeyRing;
  readonly assignment: NamedKey;
  readonly event: NamedKey;
  /**
   * Pseudonyms of experiments; without it none can start. It marks nothing for ever, so it is compared with nothing that
   * is stored: a key may go when what it named is no longer followed.
   */
  readonly analytics?: KeyRing;
};

export const ringNames = ['fingerprint', 'token', 'ledger'] as const;
export type RingName = (typeof ringNames)[number];
/** What can be given a new current key. */
export const rotatableNames = [...ringNames, 'analytics'] as const;
export type RotatableName = (typeof rotatableNames)[number];
export const singleNames = ['assignment', 'event'] as const;

/** Tells later whether a key is the same, and gives nothing away about it: 32 hex digits, kept with the data. */
export function checkValue(key: Uint8Array): string {
  return hmacTextHex(key, 'foldback key check/1').slice(0, 32);
}

export function nameKey(key: Uint8Array): NamedKey {
  return { id: checkValue(key).slice(0, 8), key: Uint8Array.from(key) };
}

/** The check values of a set, as the database's settings keep them. */
export type KeyChecks = {
  readonly fingerprint: readonly string[];
  readonly token: readonly string[];
  readonly ledger: readonly string[];
  readonly assignment: readonly string[];
  readonly event: readonly string[];
};

export function checksOf(keys: KeySet): KeyChecks {
  const ofRing = (ring: readonly NamedKey[]): readonly string[] => ring.map(({ key }) => checkValue(key));
  return {
    fingerprint: ofRing(keys.fingerprint),
    token: ofRing(keys.token),
    ledger: ofRing(keys.ledger),
    assignment: ofRing([keys.assignment]),
    event: ofRing([keys.event]),
  };
}

export type KeyComparison =
  | { readonly kind: 'same' }
  /** `checks` are to be stored; the named rings have a new current key. */
  | { readonly kind: 'rotated'; readonly rings: readonly RingName[]; readonly checks: KeyChecks }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

/**
 * Compares the keys at hand with the check values of those that made the data. Every key that ever made data must
 * still be there: a ring may gain keys, never lose or replace one. Otherwise Foldback must not start: with a wrong
 * key every known secret would be a new loop, every link dead and every signature strange.
 */
export function compareKeys(stored: KeyChecks, current: KeySet): KeyComparison {
  const checks = checksOf(current);
  const names = [...ringNames, ...singleNames];
  const problems = names.flatMap((name) => {
    const lost = stored[name].filter((check) => !checks[name].includes(check));
    const ids = lost.map((check) => check.slice(0, 8)).join(', ');
    if (lost.length === 0) return [];
    return [
      lost.length === stored[name].length
        ? `keys.${name} is not the key that made this data (${ids}). Restore that key.`
        : `keys.${name} lacks a key that made part of this data (${ids}). Put it back behind the current one.`,
    ];
  });
  if (problems.length > 0) return { kind: 'wrong', problems };
  const rings = ringNames.filter((name) => checks[name][0] !== stored[name][0]);
  const hasNew = names.some((name) => checks[name].length !== stored[name].length);
  return rings.length === 0 && !hasNew ? { kind: 'same' } : { kind: 'rotated', rings, checks };
}

/** Reads check values back from the database's settings; undefined when they are none. */
export function parseKeyChecks(raw: unknown): KeyChecks | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const members = new Map<string, unknown>(Object.entries(raw));
  const list = (name: string): readonly string[] => {
    const value = members.get(name);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  };
  const checks = {
    fingerprint: list('fingerprint'),
    token: list('token'),
    ledger: list('ledger'),
    assignment: list('assignment'),
    event: list('event'),
  };
  return Object.values(checks).every((values) => values.length > 0) ? checks : undefined;
}

/** The keys that the configuration gives; undefined when it gives none. A part of them is refused by `loadConfig`. */
export function configuredKeys(config: Pick<Config, 'keys'>): KeySet | undefined {
  const { fingerprint, token, ledger, assignment, event, analytics } = config.keys;
  if (!fingerprint || !token || !ledger || assignment === undefined || event === undefined) return undefined;
  return keySetOfTexts({
    fingerprint,
    token,
    ledger,
    assignment,
    event,
    ...(analytics === undefined ? {} : { analytics }),
  });
}

export type KeyTexts = {
  readonly fingerprint: readonly string[];
  readonly token: readonly string[];
  readonly ledger: readonly string[];
  readonly assignment: string;
  readonly event: string;
  readonly analytics?: readonly string[] | undefined;
};

/** undefined when a text is no key or a ring is empty. */
export function keySetOfTexts(texts: KeyTexts): KeySet | undefined {
  const fingerprint = ringOf(texts.fingerprint);
  const token = ringOf(texts.token);
  const ledger = ringOf(texts.ledger);
  const [assignment] = ringOf([texts.assignment]) ?? [];
  const [event] = ringOf([texts.event]) ?? [];
  if (!fingerprint || !token || !ledger || !assignment || !event) return undefined;
  const set = { fingerprint, token, ledger, assignment, event };
  if (texts.analytics === undefined) return set;
  const analytics = ringOf(texts.analytics);
  return analytics === undefined ? undefined : { ...set, analytics };
}

function ringOf(texts: readonly string[]): KeyRing | undefined {
  const keys = texts.flatMap((text) => {
    const key = keyOfText(text);
    return key === undefined ? [] : [nameKey(key)];
  });
  const [current, ...kept] = keys;
  return current === undefined || keys.length !== texts.length ? undefined : [current, ...kept];
}

/** A whole new set. `random` gives that many random bytes, fresh ones at every call. */
export function newKeySet(random: (count: number) => Uint8Array): KeySet {
  const next = (): NamedKey => nameKey(random(keyBytesCount));
  return {
    fingerprint: [next()],
    token: [next()],
    ledger: [next()],
    assignment: next(),
    event: next(),
    analytics: [next()],
  };
}

/** The set with a new current key in each named ring, the old ones kept behind it. */
export function rotatedKeySet(
  keys: KeySet,
  rings: readonly RotatableName[],
  random: (count: number) => Uint8Array,
): KeySet {
  const rotated = (name: RingName): KeyRing => {
    return rings.includes(name) ? [nameKey(random(keyBytesCount)), ...keys[name]] : keys[name];
  };
  return {
    ...keys,
    fingerprint: rotated('fingerprint'),
    token: rotated('token'),
    ledger: rotated('ledger'),
    ...(rings.includes('analytics')
      ? { analytics: [nameKey(random(keyBytesCount)), ...(keys.analytics ?? [])] as const }
      : {}),
  };
}
