import { z } from 'zod';
import type { Json } from '../event.ts';
import { isJsonDict, isReserved, type JsonDict, spelling } from './attribute.ts';
import { extensionIds } from './resource.ts';

/** `{"Operations":[{"op","path","value"}]}`; `op` in any case, as Entra sends it. */
export const patchSchema = z.object({
  Operations: z
    .array(
      z.object({
        op: z
          .string()
          .transform((word) => word.toLowerCase())
          .pipe(z.enum(['add', 'replace', 'remove'])),
        path: z.string().max(1_000).exactOptional(),
        value: z.json().exactOptional(),
      }),
    )
    .min(1)
    .max(1_000),
});
export type PatchOperation = z.output<typeof patchSchema>['Operations'][number];

export type Patched =
  | { readonly kind: 'ok'; readonly resource: JsonDict }
  /** `scimType` of RFC 7644, table 9. */
  | {
      readonly kind: 'refused';
      readonly scimType: 'invalidPath' | 'invalidFilter' | 'noTarget' | 'invalidValue' | 'tooMany';
    };

/** Changes of one request, also those in one value; and the values that they look through. */
const changesMax = 1_000;
const lookedMax = 5_000_000;

/** Applies the operations of a PATCH (RFC 7644, 3.5.2) one after another; all of them or none. */
export function applyPatch(resource: JsonDict, operations: readonly PatchOperation[]): Patched {
  let current = resource;
  let changesLeft = changesMax;
  let lookedLeft = lookedMax;
  for (const { op, path, value } of together(operations)) {
    const changes = path === undefined ? membersOf(value) : [{ path, value }];
    if (changes === undefined)
      return { kind: 'refused', scimType: op === 'remove' ? 'noTarget' : 'invalidValue' };
    changesLeft -= changes.length;
    if (changesLeft < 0) return { kind: 'refused', scimType: 'tooMany' };
    for (const change of changes) {
      const place = placeOf(change.path);
      if (typeof place === 'string') return { kind: 'refused', scimType: place };
      const known = current[place.attribute];
      lookedLeft -= isList(known) ? known.length : 0;
      if (lookedLeft < 0) return { kind: 'refused', scimType: 'tooMany' };
      current = changed(current, place, op, change.value);
    }
  }
  return { kind: 'ok', resource: current };
}

/** Some providers add each member by an operation of its own: a large group is gone through once for all of them. */
function together(operations: readonly PatchOperation[]): readonly PatchOperation[] {
  const joined: PatchOperation[] = [];
  let list: Exclude<PatchOperation['value'], undefined>[] | undefined;
  for (const { op, path, value } of operations) {
    const last = joined.at(-1);
    const added = op === 'add' && path !== undefined && Array.isArray(value) ? value : undefined;
    if (added !== undefined && list !== undefined && last?.path === path) {
      for (const item of added) list.push(item);
      continue;
    }
    list = added === undefined ? undefined : [...added];
    joined.push({
      op,
      ...(path === undefined ? {} : { path }),
      ...(value === undefined ? {} : { value: list ?? value }),
    });
  }
  return joined;
}

/** Without a path the value holds attributes; their names may be paths, as Entra sends them. */
function membersOf(value: Json | undefined): readonly { path: string; value: Json }[] | undefined {
  if (!isJsonDict(value)) return undefined;
  return Object.entries(value).flatMap(([path, member]) => {
    if (path === 'schemas' || path === 'id' || path === 'meta') return [];
    // The extension as a whole: each of its attributes for itself, so that the others stay.
    const extension = extensionIds.find((id) => path.toLowerCase() === id.toLowerCase());
    if (extension !== undefined && isJsonDict(member)) {
      return Object.entries(member).map(([name, inner]) => ({ path: `${extension}:${name}`, value: inner }));
    }
    return [{ path, value: member }];
  });
}

type Place = {
  readonly extension?: (typeof extensionIds)[number];
  readonly attribute: string;
  readonly filter?: { readonly attribute: string; readonly value: Json };
  readonly sub?: string;
};

const pathShape = /^([A-Za-z$][\w$-]*)(?:\[([^\]]*)\])?(?:\.([A-Za-z$][\w$-]*))?$/u;
const filterShape = /^\s*([A-Za-z$][\w$-]*)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)\s*$/iu;

function placeOf(path: string): Place | 'invalidPath' | 'invalidFilter' {
  const extension = extensionIds.find((id) => path.toLowerCase().startsWith(`${id}:`.toLowerCase()));
  const rest = extension === undefined ? withoutCore(path) : path.slice(extension.length + 1);
  const found = pathShape.exec(rest);
  if (found === null) return 'invalidPath';
  const [, name = '', filterText, subName] = found;
  if (isReserved(name) || (subName !== undefined && isReserved(subName))) return 'invalidPath';
  const filter = filterText === undefined ? undefined : filterOf(filterText);
  if (filter === 'invalidFilter') return filter;
  return {
    ...(extension === undefined ? {} : { extension }),
    attribute: spelling(name),
    ...(filter === undefined ? {} : { filter }),
    ...(subName === undefined ? {} : { sub: spelling(subName) }),
  };
}

function withoutCore(path: string): string {
  return path.replace(/^urn:ietf:params:scim:schemas:core:2\.0:(?:User|Group):/iu, '');
}

function filterOf(text: string): NonNullable<Place['filter']> | 'invalidFilter' {
  const found = filterShape.exec(text);
  const [, attribute = '', literal = ''] = found ?? [];
  if (found === null || isReserved(attribute)) return 'invalidFilter';
  try {
    const value: unknown = JSON.parse(literal.startsWith('"') ? literal : literal.toLowerCase());
    if (typeof value !== 'string' && typeof value !== 'boolean') return 'invalidFilter';
    return { attribute: spelling(attribute), value };
  } catch {
    return 'invalidFilter';
  }
}

function changed(
  resource: JsonDict,
  place: Place,
  op: PatchOperation['op'],
  value: Json | undefined,
): JsonDict {
  const { extension, ...inside } = place;
  if (extension !== undefined) {
    const inner = resource[extension];
    const made = changed(isJsonDict(inner) ? inner : {}, inside, op, value);
    return { ...resource, [extension]: made };
  }
  const { attribute, filter, sub } = place;
  const known = resource[attribute];
  const next =
    filter === undefined
      ? sub === undefined
        ? whole(known, op, value)
        : within(known, sub, op, value)
      : filtered(known, { ...place, filter }, op, value);
  const { [attribute]: _gone, ...others } = resource;
  return next === undefined || next === null ? others : { ...others, [attribute]: next };
}

function whole(known: Json | undefined, op: PatchOperation['op'], value: Json | undefined): Json | undefined {
  // Entra removes members by value: {"op":"remove","path":"members","value":[{"value":"…"}]}.
  if (op === 'remove') {
    if (!isList(known) || value === undefined) return undefined;
    const gone = new Set((isList(value) ? value : [value]).map(memberValue));
    return known.filter((item) => !gone.has(memberValue(item)));
  }
  if (op === 'replace' || !isList(known)) {
    return op === 'add' && isJsonDict(known) && isJsonDict(value) ? { ...known, ...value } : value;
  }
  const added = isList(value) ? value : value === undefined ? [] : [value];
  const there = new Set(known.map(memberValue));
  const fresh = added.filter((item) => {
    const isKnown = there.has(memberValue(item));
    there.add(memberValue(item));
    return !isKnown;
  });
  return [...known, ...fresh];
}

function within(
  known: Json | undefined,
  sub: string,
  op: PatchOperation['op'],
  value: Json | undefined,
): Json | undefined {
  const { [sub]: _gone, ...others } = isJsonDict(known) ? known : {};
  return op === 'remove' || value === undefined ? others : { ...others, [sub]: value };
}

/** `emails[type eq "work"].value`: what fits is changed; a replacement of what is not there is an addition. */
function filtered(
  known: Json | undefined,
  { filter, sub }: Place & { readonly filter: NonNullable<Place['filter']> },
  op: PatchOperation['op'],
  value: Json | undefined,
): Json | undefined {
  const list = isList(known) ? known : [];
  const fits = (item: Json): item is JsonDict =>
    isJsonDict(item) && isSame(item[filter.attribute], filter.value);
  if (op === 'remove') {
    return sub === undefined
      ? list.filter((item) => !fits(item))
      : list.map((item) => (fits(item) ? (within(item, sub, op, value) ?? item) : item));
  }
  const change = (item: JsonDict): Json => {
    if (sub !== undefined) return within(item, sub, op, value) ?? item;
    return isJsonDict(value) ? { ...item, ...value } : item;
  };
  if (list.some(fits)) return list.map((item) => (fits(item) ? change(item) : item));
  return [...list, change({ [filter.attribute]: filter.value })];
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
/** What has no value of its own, as a leave, is told apart by all that it says. */
const memberValue = (item: Json): Json | undefined =>
  isJsonDict(item) ? (item.value ?? JSON.stringify(item)) : item;

function isSame(left: Json | undefined, right: Json): boolean {
  return typeof left === 'string' && typeof right === 'string'
    ? left.toLowerCase() === right.toLowerCase()
    : left === right;
}
