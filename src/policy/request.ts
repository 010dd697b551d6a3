/** Somebody or something, as a caller names it. Types and ids are the caller's own words: data only. */
export type PolicyEntity = {
  readonly type: string;
  readonly id: string;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
};

/** May this subject do this to that (AuthZEN Authorization API 1.0, section 5)? */
export type PolicyRequest = {
  readonly subject: PolicyEntity;
  readonly action: {
    readonly name: string;
    readonly properties?: Readonly<Record<string, unknown>> | undefined;
  };
  readonly resource: PolicyEntity;
  /** Facts of the request. `foldback` in it is for Foldback: no policy sees it. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
};

/** Caps on one request. Past one of them it is refused with the cap's name; nothing is cut. */
export const requestCaps = {
  /** Characters of a type, id or name. */
  nameCharsMax: 512,
  /** Levels of objects and lists below properties or context. */
  depthMax: 8,
  /** Values in properties and context together. */
  valuesMax: 256,
  /** Characters of one text in them. */
  textCharsMax: 4096,
} as const;

/**
 * What nobody sees: control and format characters, line ends, halves of characters, space around it. Two names that
 * look alike would be two names to a policy, and one to whatever trims them behind it.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|^\s|\s$/u;

/** Why a request is past a cap, by the cap's name; undefined when it is within all of them. */
export function pastCap(request: PolicyRequest): string | undefined {
  const { subject, action, resource, context } = request;
  for (const name of [subject.type, subject.id, action.name, resource.type, resource.id]) {
    if (name.length > requestCaps.nameCharsMax) return said('nameCharsMax');
    if (unseen.test(name))
      return 'past the limit nameText: a name has no control or invisible characters, and no space around it';
  }
  const count = { left: requestCaps.valuesMax };
  for (const part of [subject.properties, action.properties, resource.properties, context]) {
    const past = part === undefined ? undefined : pastCapIn(part, count, 0);
    if (past !== undefined) return past;
  }
  return undefined;
}

function pastCapIn(value: unknown, count: { left: number }, level: number): string | undefined {
  if (typeof value === 'string')
    return value.length > requestCaps.textCharsMax ? said('textCharsMax') : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (level >= requestCaps.depthMax) return said('depthMax');
  for (const [name, member] of Object.entries(value)) {
    count.left -= 1;
    if (count.left < 0) return said('valuesMax');
    if (name.length > requestCaps.nameCharsMax) return said('nameCharsMax');
    const past = pastCapIn(member, count, level + 1);
    if (past !== undefined) return past;
  }
  return undefined;
}

function said(cap: keyof typeof requestCaps): string {
  return `past the limit ${cap} (${requestCaps[cap]})`;
}
