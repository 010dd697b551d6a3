import {
  type Actor,
  type Event,
  type EventKind,
  type Identity,
  type Joins,
  type Json,
  joinNames,
  type Network,
  type OwnerLead,
  type Resource,
  type SecretFacts,
  type Where,
} from './event.ts';
import type { Fingerprint, Fingerprinter, FingerprintKind } from './fingerprint.ts';
import { keptLengthMax, keptText, withoutUserInfo } from './kept-text.ts';
import { isMask, lastFour, maskSecret } from './mask.ts';
import { secretContent, secretScrubber } from './secret-content.ts';
import { isSecretName } from './secret-name.ts';
import { maskShapes } from './secret-provider.ts';

/** What the installation lends to a source: its keys and its clock, bound in. */
export type EventTools = {
  readonly receivedAt: number;
  readonly fingerprint: Fingerprinter;
  readonly eventId: (parts: readonly string[]) => string;
};

/** What a source read from one record. Strings are as the vendor wrote them; they are masked and bounded here. */
export type EventParts = {
  readonly source: string;
  readonly kind: EventKind;
  /** What tells this report from others of the same place: status, time, delivery. */
  readonly id?: readonly (string | number | undefined)[];
  /** The identity that the vendor itself gave, such as `source` and `id` of a CloudEvent: then nothing else counts. */
  readonly wholeId?: readonly string[];
  /** Epoch milliseconds; left out, or far in the future, it is the time of receipt. */
  readonly occurredAt?: number | undefined;
  readonly actor?: Actor;
  readonly where?: Where;
  readonly leads?: readonly OwnerLead[];
  readonly identity?: Identity;
  readonly resource?: Resource | undefined;
  readonly action?: string | undefined;
  readonly outcome?: Event['outcome'];
  readonly network?: Network | undefined;
  readonly joins?: { readonly [Name in keyof Joins]?: string | undefined };
  readonly detector?: { readonly name: string; readonly version?: string };
  readonly secret?: SecretParts;
  /** Secrets that stand in the record of an event that is about none: they are masked wherever they are repeated. */
  readonly alsoSecret?: readonly string[];
  /** Fingerprints by an id of the provider or a hash of the scanner. */
  readonly strong?: readonly {
    readonly kind: Exclude<FingerprintKind, 'content' | 'place'>;
    readonly parts: readonly string[];
  }[];
  /** What else tells the place, where it has no file or column. */
  readonly placeAlso?: readonly string[];
  /** An allow-list: nothing that a vendor adds tomorrow comes in by itself. Undefined members are left out. */
  readonly record?: { readonly [key: string]: Json | undefined };
};

export type SecretParts = {
  readonly provider: string;
  readonly rule: string;
  readonly value?: string | undefined;
  /** Further texts of the record that hold the secret or another one, in whatever encoding. */
  readonly alsoSecret?: readonly (string | undefined)[];
  readonly validity?: SecretFacts['validity'];
  readonly validityNote?: string;
};

/** Commits may carry any date; a clock a day ahead is still a clock. */
const aheadMsMax = 24 * 60 * 60 * 1000;

const identityTypes: Readonly<Record<string, string>> = {
  'private-key': 'private-key',
  'database-url': 'database-login',
};

/**
 * Makes the event of what a source read: fingerprints under all retained keys, the secret masked, every string
 * cleaned of it, the record bounded. The same parts give the same event, and the same report the same id.
 */
export function makeEvent(parts: EventParts, tools: EventTools): Event {
  const { where = {}, secret } = parts;
  const content = secretContent(secret?.value);
  const place = placeParts(parts, content);
  const fingerprints: Fingerprint[] = [];
  if (content !== undefined) fingerprints.push(...tools.fingerprint('content', [content]));
  for (const { kind, parts: named } of [...(parts.strong ?? []), ...keyIdParts(secret?.value)])
    fingerprints.push(...tools.fingerprint(kind, named));
  if (secret !== undefined) fingerprints.push(...tools.fingerprint('place', place));
  const facts = secret === undefined ? undefined : factsOf(secret, content, fingerprints[0]?.value ?? '');
  const clean = cleaner(parts, facts?.mask ?? '[secret]');
  const occurredAt = parts.occurredAt ?? tools.receivedAt;
  const isAhead = occurredAt > tools.receivedAt + aheadMsMax;
  const id = [
    parts.kind,
    ...place,
    secret?.value ?? '',
    ...(parts.id ?? []).map((part) => String(part ?? '')),
  ];
  const identity = parts.identity ?? (facts === undefined ? undefined : identityOf(facts));
  return {
    id: tools.eventId(parts.wholeId ?? id),
    source: parts.source,
    kind: parts.kind,
    occurredAt: isAhead ? tools.receivedAt : occurredAt,
    receivedAt: tools.receivedAt,
    actor: parts.actor === undefined ? { type: 'unknown' } : cleanWho(parts.actor, clean),
    ...(identity === undefined ? {} : { identity: cleanIdentity(identity, clean) }),
    ...doingOf(parts, clean),
    where: cleanWhere(where, clean),
    fingerprints,
    ...(facts === undefined ? {} : { secret: { ...facts, rule: clean(facts.rule, keptLengthMax.rule) } }),
    leads: (parts.leads ?? []).map((lead) => cleanWho(lead, clean)),
    ...(parts.detector === undefined ? {} : { detector: cleanDetector(parts.detector, clean) }),
    record: {
      ...cleanRecord(parts.record ?? {}, clean, tools.fingerprint),
      // Else nobody could tell that its clock was wrong.
      ...(isAhead ? { timeIsAhead: true } : {}),
    },
  };
}

/**
 * The id of an AWS access key names the key in the provider's own log too, which tells of its end: whoever reports the
 * one and whoever reports the other speak of one thing.
 */
function keyIdParts(value: string | undefined): NonNullable<EventParts['strong']> {
  const [id] = /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/u.exec(value?.slice(0, 500) ?? '') ?? [];
  return id === undefined ? [] : [{ kind: 'provider-id', parts: ['aws', 'access-key', id] }];
}

/**
 * The place of a finding: joins within one source only. Commit and column fix what stands there. Without a column two
 * secrets may stand on one line, and without a commit a new secret on an old one: then what is known of each tells
 * them apart.
 */
function placeParts(parts: EventParts, content: string | undefined): readonly string[] {
  const {
    repository = '',
    commit = '',
    file = '',
    line,
    startColumn,
    endColumn,
    url = '',
  } = parts.where ?? {};
  const spot = [line, startColumn, endColumn].map((number) => String(number ?? ''));
  const place = [parts.source, repository, commit, file, parts.secret?.rule ?? '', ...spot];
  if (commit !== '' && file !== '' && startColumn !== undefined) return place;
  const known = [
    content ?? '',
    ...(parts.strong ?? []).flatMap((one) => one.parts),
    ...(parts.placeAlso ?? []),
  ];
  return [...place, file === '' && commit === '' ? url : '', ...known];
}

function factsOf(secret: SecretParts, content: string | undefined, fingerprintValue: string): SecretFacts {
  const tail = content === undefined ? undefined : lastFour(content);
  return {
    provider: secret.provider,
    rule: secret.rule,
    mask: maskSecret(
      hasTellingEnd(secret.provider) ? (content ?? '') : '',
      secret.provider,
      fingerprintValue,
    ),
    ...(content === undefined ? {} : { length: content.length }),
    ...(tail === undefined ? {} : { lastFour: tail }),
    validity: secret.validity ?? 'unknown',
    ...(secret.validityNote === undefined ? {} : { validityNote: secret.validityNote }),
  };
}

/** Key blocks all end in the same frame, connections in the name of a database: their end tells nobody anything. */
export function hasTellingEnd(provider: string): boolean {
  return provider !== 'private-key' && provider !== 'database-url';
}

export function identityOf(facts: SecretFacts): Identity {
  return { type: identityTypes[facts.provider] ?? 'api-key', id: facts.mask, provider: facts.provider };
}

type Clean = (text: string, lengthMax: number) => string;

function cleaner({ secret, alsoSecret = [] }: EventParts, mask: string): Clean {
  const values = [secret?.value, ...(secret?.alsoSecret ?? []), ...alsoSecret].filter(
    (value) => value !== undefined,
  );
  const scrub = secretScrubber(values, mask);
  return (text, lengthMax) => {
    // Bounded before it is searched, so that a hostile field costs nothing, and again as the mask may be longer.
    const kept = keptText(text, lengthMax * 2);
    return text === mask ? text : keptText(maskShapes(scrub(kept)), lengthMax);
  };
}

function cleanIdentity(identity: Identity, clean: Clean): Identity {
  const { type, id, provider } = identity;
  return {
    type: clean(type, keptLengthMax.name),
    id: clean(id, keptLengthMax.name),
    ...(provider === undefined ? {} : { provider: clean(provider, keptLengthMax.name) }),
  };
}

/** What was done, to what, from where and in which undertaking, as far as the source says. */
function doingOf(
  { resource, action, outcome, network, joins }: EventParts,
  clean: Clean,
): Pick<Event, 'resource' | 'action' | 'outcome' | 'network' | 'joins'> {
  const { address, userAgent } = network ?? {};
  const kept: { -readonly [Name in keyof Joins]: string } = {};
  for (const name of joinNames) {
    const value = joins?.[name];
    if (value !== undefined && value !== '') kept[name] = clean(value, keptLengthMax.repository);
  }
  return {
    ...(resource === undefined
      ? {}
      : {
          resource: {
            type: clean(resource.type, keptLengthMax.name),
            id: clean(resource.id, keptLengthMax.text),
          },
        }),
    ...(action === undefined ? {} : { action: clean(action, keptLengthMax.name) }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(address === undefined && userAgent === undefined
      ? {}
      : {
          network: {
            ...(address === undefined ? {} : { address: clean(address, keptLengthMax.name) }),
            ...(userAgent === undefined ? {} : { userAgent: clean(userAgent, keptLengthMax.name) }),
          },
        }),
    ...(Object.keys(kept).length === 0 ? {} : { joins: kept }),
  };
}

function cleanDetector(
  detector: NonNullable<Event['detector']>,
  clean: Clean,
): NonNullable<Event['detector']> {
  const { name, version } = detector;
  const kept = clean(name, keptLengthMax.name);
  return version === undefined ? { name: kept } : { name: kept, version: clean(version, keptLengthMax.name) };
}

function cleanWho<T extends Actor | OwnerLead>(who: T, clean: Clean): T {
  const { name, email, account } = who;
  const id = 'id' in who ? who.id : undefined;
  return {
    ...who,
    ...(id === undefined ? {} : { id: clean(id, keptLengthMax.name) }),
    ...(name === undefined ? {} : { name: clean(name, keptLengthMax.name) }),
    ...(email === undefined ? {} : { email: clean(email, keptLengthMax.name) }),
    ...(account === undefined
      ? {}
      : {
          account: {
            system: clean(account.system, keptLengthMax.name),
            name: clean(account.name, keptLengthMax.name),
          },
        }),
  };
}

function cleanWhere(where: Where, clean: Clean): Where {
  const { repository, file, branch, url } = where;
  return {
    ...where,
    ...(repository === undefined ? {} : { repository: clean(repository, keptLengthMax.repository) }),
    ...(file === undefined ? {} : { file: clean(file, keptLengthMax.path) }),
    ...(branch === undefined ? {} : { branch: clean(branch, keptLengthMax.name) }),
    ...(url === undefined ? {} : { url: clean(withoutUserInfo(url), keptLengthMax.url) }),
  };
}

/**
 * Items of a list, levels and values that are kept: enough for a rule to look at an audit record, and no archive.
 */
const itemsMax = 100;
const levelsMax = 12;
const valuesMax = 2000;
/** Characters of names and texts together: a million events are kept. What comes after them is null. */
const recordCharsMax = 16_000;

type RecordCleaning = {
  readonly clean: Clean;
  readonly fingerprint: Fingerprinter;
  left: number;
  charsLeft: number;
};

function cleanRecord(
  record: { readonly [key: string]: Json | undefined },
  clean: Clean,
  fingerprint: Fingerprinter,
): { readonly [key: string]: Json } {
  const cleaning: RecordCleaning = { clean, fingerprint, left: valuesMax, charsLeft: recordCharsMax };
  const kept: Record<string, Json> = {};
  for (const key in record) {
    const value = record[key];
    if (value !== undefined) kept[key] = cleanMember(key, value, cleaning, 0);
  }
  return kept;
}

function cleanJson(value: Json, cleaning: RecordCleaning, level: number): Json {
  cleaning.left -= 1;
  if (typeof value === 'string') {
    if (cleaning.charsLeft <= 0) return null;
    const text = cleaning.clean(value, keptLengthMax.text);
    cleaning.charsLeft -= text.length;
    return text;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (level >= levelsMax || cleaning.left <= 0 || cleaning.charsLeft <= 0) return null;
  if (isList(value)) return value.slice(0, itemsMax).map((item) => cleanJson(item, cleaning, level + 1));
  const kept: Record<string, Json> = {};
  let items = 0;
  for (const key in value) {
    const member = value[key];
    if (member === undefined || items === itemsMax) continue;
    items += 1;
    cleaning.charsLeft -= Math.min(key.length, keptLengthMax.name);
    kept[cleaning.clean(key, keptLengthMax.name)] = cleanMember(key, member, cleaning, level + 1);
  }
  return kept;
}

/** What stands under the name of a secret is masked whatever it looks like; the same value keeps the same mask. */
function cleanMember(key: string, value: Json, cleaning: RecordCleaning, level: number): Json {
  if (typeof value !== 'string' || value === '' || isMask(value) || !isSecretName(key))
    return cleanJson(value, cleaning, level);
  cleaning.left -= 1;
  return maskSecret('', 'generic', cleaning.fingerprint('content', [value])[0]?.value ?? '');
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
