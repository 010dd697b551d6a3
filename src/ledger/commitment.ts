import { canonicalJson, type JsonValue } from '../lib/canonical-json.ts';
import { sha256Hex } from '../lib/hmac.ts';

/** What an entry says. Plain JSON; personal members stand as commitments. */
export type LedgerBody = { readonly [member: string]: JsonValue };

/** A personal value, kept apart from the chain. Dropping the row erases it: the salt goes with the value. */
export type PrivateValue = {
  /** JSON Pointer (RFC 6901) into the entry's body. */
  readonly path: string;
  /** 32 hex digits, random, used once. Without it short values could be guessed from their commitment. */
  readonly salt: string;
  readonly value: JsonValue;
};

/** Stands in the body where a personal value was: {"#": 64 hex}. */
export type Commitment = { readonly '#': string };

/** SHA-256 over the canonical JSON of [salt, value]. */
export function commitmentOf(salt: string, value: JsonValue): Commitment {
  return { '#': sha256Hex(canonicalJson([salt, value])) };
}

/**
 * Replaces personal values by commitments. `personal` are JSON Pointers in which `*` stands for any member or
 * index, such as `/candidates/*` followed by `/name`; a path with nothing behind it, or null, is passed over.
 *
 * @param nextSalt gives 32 fresh random hex digits a call
 */
export function commit(
  body: LedgerBody,
  personal: readonly string[],
  nextSalt: () => string,
): { readonly body: LedgerBody; readonly private: readonly PrivateValue[] } {
  const kept: PrivateValue[] = [];
  let result = storable(body);
  for (const pattern of personal) {
    const steps = pattern.split('/').slice(1).map(unescapeStep);
    result = replaceAt(result, steps, '', nextSalt, kept);
  }
  return { body: asBody(result), private: kept };
}

function replaceAt(
  value: JsonValue,
  steps: readonly string[],
  at: string,
  nextSalt: () => string,
  kept: PrivateValue[],
): JsonValue {
  const [step, ...rest] = steps;
  if (step === undefined) {
    if (value === null || isCommitment(value)) return value;
    const salt = nextSalt();
    kept.push({ path: at, salt, value });
    return commitmentOf(salt, value);
  }
  if (value === null || typeof value !== 'object') return value;
  if (isCommitment(value)) return value;
  const change = (name: string, member: JsonValue): JsonValue =>
    step === '*' || step === name
      ? replaceAt(member, rest, `${at}/${pointerStep(name)}`, nextSalt, kept)
      : member;
  return isList(value)
    ? value.map((member, index) => change(String(index), member))
    : Object.fromEntries(entriesOf(value).map(([name, member]) => [name, change(name, member)]));
}

/**
 * The same data as any store gives it back: well-formed text without NUL (PostgreSQL's jsonb refuses both), numbers
 * that are numbers, no undefined members. A member that is named `#`, `##`, … gets one more, so that no event can
 * pass its own data off as a commitment.
 */
function storable(value: JsonValue): JsonValue {
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map((member) => storable(member ?? null));
  return Object.fromEntries(
    entriesOf(value).map(([name, member]) => [
      /^#+$/u.test(name) ? `#${name}` : storableText(name),
      storable(member),
    ]),
  );
}

function storableText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\ufffd') : wellFormed;
}

export function isCommitment(value: JsonValue | undefined): value is Commitment {
  if (value === null || typeof value !== 'object' || isList(value)) return false;
  const names = Object.keys(value);
  return names.length === 1 && names[0] === '#' && typeof value['#'] === 'string';
}

/** What stands at a JSON Pointer without wildcards; undefined where it leads nowhere. */
export function valueAt(body: LedgerBody, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = body;
  for (const step of pointer.split('/').slice(1).map(unescapeStep)) {
    if (value === null || typeof value !== 'object') return undefined;
    value = entriesOf(value).find(([name]) => name === step)?.[1];
  }
  return value;
}

/** The pointers of all commitments in a body. */
export function commitmentPaths(value: JsonValue, at = ''): readonly string[] {
  if (value === null || typeof value !== 'object') return [];
  if (isCommitment(value)) return [at];
  return entriesOf(value).flatMap(([name, member]) => commitmentPaths(member, `${at}/${pointerStep(name)}`));
}

/** Members, or items with their indexes, that are defined. */
export function entriesOf(value: object): readonly (readonly [string, JsonValue])[] {
  const all: [string, JsonValue | undefined][] = Object.entries(value);
  return all.flatMap(([name, member]) => (member === undefined ? [] : [[name, member] as const]));
}

export function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function asBody(value: JsonValue): LedgerBody {
  return value !== null && typeof value === 'object' && !isList(value)
    ? Object.fromEntries(entriesOf(value))
    : {};
}

/** RFC 6901, sections 3 and 4. */
function unescapeStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

export function pointerStep(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
