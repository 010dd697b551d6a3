import type { Event, Resource, Validity } from './event.ts';
import { type Answer, answers } from './message.ts';
import { inert, inertLabel, inertName, inertPath, inertRepository } from './untrusted-text.ts';

/** What one loop gives to its words. Everything here is data: strings may be hostile and are made inert on the way. */
export type CaseValues = {
  readonly repository?: string;
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** Hex; anything else is left out. */
  readonly commit?: string;
  readonly branch?: string;
  /** Slug of `SecretFacts.provider`; a slug without words in the pack reads as `generic`. */
  readonly provider?: string;
  readonly lastFour?: string;
  readonly validity: Validity;
  /** Epoch milliseconds, UTC, as all instants here. */
  readonly occurredAt?: number;
  /** When `validity` was last looked at. */
  readonly checkedAt?: number;
  readonly caseCode: string;
  /** The named rule behind the case: its author is named in what is built on it (Detection Rule License 1.1). */
  readonly foundBy?: { readonly title: string; readonly author?: string };
  /** The account or credential that was used. */
  readonly identity?: string;
  /** What was reached for; its type has words in the pack. */
  readonly resource?: Resource;
  /** The vendor's own name of the deed. */
  readonly deed?: string;
  readonly outcome?: NonNullable<Event['outcome']>;
  /** The vendor's own name of what was broken, or one of the rule classes that a pack has words for. */
  readonly rule?: string;
  /** `EventKind` of the first failing event, for the words of a fix. */
  readonly kind?: string;
  readonly campaign?: string;
  /** Where the request came from. */
  readonly address?: string;
  /** Name or id of the agent or workload that did it. */
  readonly agent?: string;
  readonly workload?: string;
  /** The first step of the approved path that is wrong, by its id in the behaviour. */
  readonly broken?: Broken;
  /** What was new for this identity, and what it used until then. */
  readonly unusual?: Unusual;
  /** How far the fix has come, as the world shows it. */
  readonly stands?: (typeof choices)['stands'][number];
};

export type Broken = { readonly step: string; readonly how: 'skipped' | 'out-of-order' | 'wrong-actor' };
export type Unusual = {
  readonly what: 'resource' | 'network' | 'hour';
  /** As the history holds them, the latest last; parts of the day as `8–12 UTC`. */
  readonly known: readonly string[];
};

export type SeenBy = {
  readonly who: 'nobody' | 'manager' | 'team' | 'duty';
  readonly name?: string;
  readonly at?: number;
};

/** Plain data for one message. What is absent reads as the pack's wording for the absent. */
export type MessageValues = CaseValues & {
  readonly recipientName?: string;
  /** IANA name of the recipient's time zone; unknown or invalid: UTC, and the text says so. */
  readonly timeZone?: string;
  /** Foldback's own address of the recipient's page, built from `publicUrl`. */
  readonly replyUrl?: string;
  /** Who will see this besides the recipient, and when. Absent reads as nobody. */
  readonly seenBy?: SeenBy;
  readonly dueAt?: number;
  /** Of an escalation: the owner who was asked. */
  readonly ownerName?: string;
  readonly ownerTeam?: string;
  /** When the first message of this loop went out. */
  readonly toldAt?: number;
  /** Which relapse this is, from 1. */
  readonly relapseNumber?: number;
  readonly previousAt?: number;
  readonly holdDays?: number;
  /** How many loops this message speaks for. Absent: the number of items, or 1. */
  readonly count?: number;
  /** Of a digest: one entry a loop. */
  readonly items?: readonly CaseValues[];
  readonly handover?: (typeof choices)['handover'][number];
  readonly closedBecause?: (typeof choices)['closedBecause'][number];
  readonly verifiedBy?: (typeof choices)['verifiedBy'][number];
  readonly answer?: Answer;
};

/** Closed lists by which a pack may choose a sentence. */
export const choices = {
  validity: ['active', 'inactive', 'unknown'],
  seenBy: ['nobody', 'manager', 'team', 'duty'],
  count: ['one', 'other'],
  handover: ['not-mine', 'not-me', 'need-help', 'no-owner', 'left', 'away', 'other'],
  closedBecause: ['held', 'dismissed', 'accepted', 'merged', 'unprovable', 'reassigned', 'other'],
  verifiedBy: ['inactive', 'validity-flipped', 'key-deleted', 'attested', 'other'],
  answer: [...answers, 'other'],
  broken: ['skipped', 'out-of-order', 'wrong-actor', 'none'],
  unusual: ['resource', 'network', 'hour', 'none'],
  outcome: ['success', 'failure', 'unknown'],
  stands: ['open', 'observed', 'fixed'],
} as const satisfies Record<string, readonly string[]>;
export type ChoiceName = keyof typeof choices;

/** Which option of a choice these values take. Never undefined: words for what is not known stand in every pack. */
export function chosen(by: ChoiceName, values: MessageValues): string {
  switch (by) {
    case 'validity':
      return values.validity;
    case 'seenBy':
      return values.seenBy?.who ?? 'nobody';
    case 'count':
      return countOf(values) === 1 ? 'one' : 'other';
    case 'handover':
      return values.handover ?? 'other';
    case 'closedBecause':
      return values.closedBecause ?? 'other';
    case 'verifiedBy':
      return values.verifiedBy ?? 'inactive';
    case 'answer':
      return values.answer ?? 'other';
    case 'broken':
      return values.broken?.how ?? 'none';
    case 'unusual':
      return values.unusual?.what ?? 'none';
    case 'outcome':
      return values.outcome ?? 'unknown';
    case 'stands':
      return values.stands ?? 'open';
  }
}

type TextType =
  | 'person-name'
  | 'repository'
  | 'path'
  | 'commit'
  | 'branch'
  | 'last-four'
  | 'case-code'
  | 'label'
  | 'address';

type Placeholder =
  | { readonly type: TextType; readonly read: (values: MessageValues) => string | undefined }
  | { readonly type: 'usual'; readonly read: (values: MessageValues) => Unusual | undefined }
  | {
      readonly type: 'count' | 'line' | 'instant' | 'day';
      readonly read: (values: MessageValues) => number | undefined;
    }
  | { readonly type: 'provider-word'; readonly word: ProviderWord }
  | {
      readonly type: 'pack-word';
      readonly list: PackWordList;
      readonly read: (values: MessageValues) => string | undefined;
    };

/** Lists of words in a pack, from which a value of the case picks one; a value without words reads as absent. */
export type PackWordList = 'resourceTypes' | 'pathSteps';

/** Words that a pack gives for each provider, rule or kind; always there, because `generic` stands in. */
export type ProviderWord = 'provider' | 'thing' | 'theThing' | 'sign' | 'step' | 'minutes';

/** Every placeholder that a template may use, with its type. A pack's phrases come on top. */
export const placeholders: Readonly<Record<string, Placeholder>> = {
  recipient: { type: 'person-name', read: (values) => values.recipientName },
  owner: { type: 'person-name', read: (values) => values.ownerName },
  ownerTeam: { type: 'person-name', read: (values) => values.ownerTeam },
  seenByName: { type: 'person-name', read: (values) => values.seenBy?.name },
  seenAt: { type: 'day', read: (values) => values.seenBy?.at },
  repository: { type: 'repository', read: (values) => values.repository },
  file: { type: 'path', read: (values) => values.file },
  line: { type: 'line', read: (values) => values.line },
  commit: { type: 'commit', read: (values) => values.commit },
  branch: { type: 'branch', read: (values) => values.branch },
  lastFour: { type: 'last-four', read: (values) => values.lastFour },
  occurredAt: { type: 'instant', read: (values) => values.occurredAt },
  occurredOn: { type: 'day', read: (values) => values.occurredAt },
  checkedAt: { type: 'instant', read: (values) => values.checkedAt },
  dueOn: { type: 'day', read: (values) => values.dueAt },
  toldOn: { type: 'day', read: (values) => values.toldAt },
  previousOn: { type: 'day', read: (values) => values.previousAt },
  relapseNumber: { type: 'count', read: (values) => values.relapseNumber },
  holdDays: { type: 'count', read: (values) => values.holdDays },
  count: { type: 'count', read: countOf },
  moreCount: { type: 'count', read: (values) => positive(countOf(values) - itemsShownMax) },
  case: { type: 'case-code', read: (values) => values.caseCode },
  identity: { type: 'label', read: (values) => values.identity },
  resource: { type: 'label', read: (values) => values.resource?.id },
  resourceType: { type: 'pack-word', list: 'resourceTypes', read: (values) => values.resource?.type },
  deed: { type: 'label', read: (values) => values.deed },
  rule: { type: 'label', read: (values) => values.rule },
  campaign: { type: 'label', read: (values) => values.campaign },
  address: { type: 'address', read: (values) => values.address },
  agent: { type: 'label', read: (values) => values.agent },
  workload: { type: 'label', read: (values) => values.workload },
  brokenStep: { type: 'pack-word', list: 'pathSteps', read: (values) => values.broken?.step },
  foundBy: { type: 'label', read: (values) => values.foundBy?.title },
  foundByAuthor: { type: 'person-name', read: (values) => values.foundBy?.author },
  usual: { type: 'usual', read: (values) => values.unusual },
  provider: { type: 'provider-word', word: 'provider' },
  thing: { type: 'provider-word', word: 'thing' },
  theThing: { type: 'provider-word', word: 'theThing' },
  sign: { type: 'provider-word', word: 'sign' },
  step: { type: 'provider-word', word: 'step' },
  minutes: { type: 'provider-word', word: 'minutes' },
};

/** A digest lists this many loops and counts the rest: a screenful, and within the limit of words. */
export const itemsShownMax = 3;

function countOf(values: MessageValues): number {
  return values.count ?? values.items?.length ?? 1;
}

function positive(count: number): number | undefined {
  return count > 0 ? count : undefined;
}

/** The inert text of a placeholder that reads a value; undefined when the value is absent or not of its type. */
export function valueText(
  placeholder: Exclude<Placeholder, { type: 'provider-word' | 'pack-word' }>,
  values: MessageValues,
  language: string,
): string | undefined {
  switch (placeholder.type) {
    case 'count':
    case 'line':
    case 'instant':
    case 'day': {
      const number = placeholder.read(values);
      if (number === undefined || !Number.isFinite(number)) return undefined;
      if (placeholder.type === 'line')
        return Number.isInteger(number) && number >= 1 ? String(number) : undefined;
      if (placeholder.type === 'count') return formatCount(number, language);
      return formatInstant(number, language, values.timeZone, placeholder.type === 'instant');
    }
    case 'usual': {
      const unusual = placeholder.read(values);
      return unusual === undefined ? undefined : presence(usualText(unusual, language));
    }
    default: {
      const text = placeholder.read(values);
      return text === undefined ? undefined : presence(inertText(placeholder.type, text));
    }
  }
}

/** A few of what was usual: more would be a report. */
const usualShownMax = 3;

/** The latest few stand for all. */
function usualText({ what, known }: Unusual, language: string): string {
  const shown = known
    .slice(-usualShownMax)
    .map((text) => inertText(what === 'resource' ? 'label' : 'address', text))
    .filter((text) => text !== '');
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(shown);
}

function presence(text: string): string | undefined {
  return text === '' ? undefined : text;
}

function inertText(type: TextType, text: string): string {
  switch (type) {
    case 'person-name':
      return inertName(text);
    case 'repository':
      return inertRepository(text);
    case 'path':
      return inertPath(text);
    case 'branch':
      return inert(text, 80);
    case 'label':
      return inertLabel(text);
    case 'address':
      return inert(text, 60);
    case 'commit':
      return /^[0-9a-f]{7,64}$/iu.test(text) ? text.slice(0, 7).toLowerCase() : '';
    case 'last-four':
      return /^[\w+/=-]{4}$/u.test(text) ? text : '';
    case 'case-code':
      return isCaseCode(text) ? text : '';
  }
}

export function isCaseCode(text: string): boolean {
  return /^[A-Z0-9]+(?:-[A-Z0-9]+)*$/u.test(text) && text.length <= 24;
}

/** Formatters are costly to make and few: time zones × languages. The cap holds even if zones come from outside. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const formattersMax = 2000;

/** `23 Nov, 09:12` in the recipient's own time; with `UTC` behind it when their time zone is not known. */
export function formatInstant(
  at: number,
  language: string,
  timeZone: string | undefined,
  withTime: boolean,
): string | undefined {
  // The range of ECMAScript time values; Intl throws beyond it.
  if (Math.abs(at) > 8.64e15) return undefined;
  const text = dateFormatter(language, timeZone, withTime).format(at);
  return withTime && !isTimeZone(timeZone) ? `${text} UTC` : text;
}

function dateFormatter(
  language: string,
  timeZone: string | undefined,
  withTime: boolean,
): Intl.DateTimeFormat {
  const key = `${language}|${timeZone ?? ''}|${withTime}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    day: 'numeric',
    month: 'short',
    ...(withTime ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : {}),
    timeZone: isTimeZone(timeZone) ? timeZone : 'UTC',
  });
  if (formatters.size >= formattersMax) formatters.clear();
  formatters.set(key, made);
  return made;
}

const timeZones = new Map<string, boolean>();

function isTimeZone(timeZone: string | undefined): timeZone is string {
  if (timeZone === undefined || timeZone === '' || timeZone.length > 64) return false;
  const known = timeZones.get(timeZone);
  if (known !== undefined) return known;
  let isValid = true;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    isValid = false;
  }
  if (timeZones.size >= formattersMax) timeZones.clear();
  timeZones.set(timeZone, isValid);
  return isValid;
}

const counters = new Map<string, Intl.NumberFormat>();

function formatCount(count: number, language: string): string {
  const known = counters.get(language);
  const counter = known ?? new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  if (known === undefined && counters.size < formattersMax) counters.set(language, counter);
  return counter.format(count);
}
