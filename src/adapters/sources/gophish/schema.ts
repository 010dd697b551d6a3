import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import { limits } from '../../../lib/limits.ts';
import { parseRecord } from '../../../lib/records/parse-record.ts';

/** An entry of a campaign's timeline, which is also the body of a webhook. */
export type GophishEvent = {
  readonly campaignId: string | undefined;
  /** Empty for what happened to the campaign itself. */
  readonly email: string;
  /** As written, up to nanoseconds. */
  readonly time: string;
  readonly message: string;
  readonly details: GophishDetails;
};

/** What `details` says, without the fields of the form: they are counted and go no further. */
export type GophishDetails = {
  readonly rid: string | undefined;
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
  readonly submittedFields: number;
  readonly error: string | undefined;
};

/** A recipient of a campaign and how far it went. */
export type GophishResult = {
  readonly rid: string;
  /** The furthest stage only; whether it was reported stands beside it. */
  readonly status: string;
  readonly isReported: boolean;
  readonly email: string;
  readonly name: string | undefined;
  readonly address: string | undefined;
  readonly sentAt: string | undefined;
  readonly changedAt: string | undefined;
};

/** `Error sending` and `Email Sent` are written by the mailer; the rest by the pages behind the mail. */
export const messages = [
  'Campaign Created',
  'Email Sent',
  'Error Sending Email',
  'Email Opened',
  'Clicked Link',
  'Submitted Data',
  'Email Reported',
  'Proxied request',
] as const;
const known: ReadonlySet<unknown> = new Set(messages);

export function readEvent(record: Dict, campaignId: unknown): GophishEvent | undefined {
  const time = textOf(record.time);
  const message = textOf(record.message);
  if (time === undefined || message === undefined) return undefined;
  return {
    campaignId: idOf(record.campaign_id) ?? idOf(campaignId),
    email: plain(record.email) ?? '',
    time: time.trim().replace(/\+00:00$/u, 'Z'),
    message,
    details: readDetails(record.details),
  };
}

export function readResult(record: Dict): GophishResult | undefined {
  const rid = textOf(record.id);
  const status = textOf(record.status);
  const email = plain(record.email);
  if (rid === undefined || status === undefined || email === undefined) return undefined;
  const name = [plain(record.first_name), plain(record.last_name)].filter((part) => part !== undefined);
  return {
    rid,
    status,
    isReported: record.reported === true || record.reported === 'true',
    email,
    name: name.length === 0 ? undefined : name.join(' '),
    address: textOf(record.ip),
    sentAt: textOf(record.send_date),
    changedAt: textOf(record.modified_date),
  };
}

export function isEvent(value: unknown): boolean {
  if (!isDict(value) || typeof value.email !== 'string' || textOf(value.time) === undefined) return false;
  return known.has(value.message) && 'details' in value;
}

export function isResult(value: unknown): boolean {
  return isDict(value) && readResult(value) !== undefined && 'send_date' in value && 'reported' in value;
}

/** A campaign, its results, or only its figures. */
export function isCampaign(value: unknown): boolean {
  if (!isDict(value) || textOf(value.name) === undefined || idOf(value.id) === undefined) return false;
  if (isEvent(listOf(value.timeline)[0]) || isResult(listOf(value.results)[0])) return true;
  return isSummary(value) || ('launch_date' in value && 'send_by_date' in value);
}

/** The figures of a campaign name nobody. */
export function isSummary(value: Dict): boolean {
  const stats = dictOf(value.stats);
  return stats !== undefined && 'submitted_data' in stats;
}

const nothing: GophishDetails = {
  rid: undefined,
  address: undefined,
  userAgent: undefined,
  submittedFields: 0,
  error: undefined,
};

/** A JSON text on the wire; an object in the vendor's own documentation. */
function readDetails(value: unknown): GophishDetails {
  const text = textOf(value);
  const parsed = text === undefined ? undefined : parseRecord(text, limits);
  const details = dictOf(text === undefined ? value : parsed?.ok === true ? parsed.value : undefined);
  if (details === undefined) return nothing;
  const payload = dictOf(details.payload) ?? {};
  const browser = dictOf(details.browser) ?? dictOf(payload.browser);
  return {
    rid: textOf(listOf(payload.rid)[0]) ?? textOf(payload.rid),
    address: textOf(browser?.address),
    userAgent: textOf(browser?.['user-agent']),
    submittedFields: Object.keys(payload).filter((name) => !ownFields.has(name)).length,
    error: textOf(details.error),
  };
}

/** What GoPhish itself adds to the fields of a form. */
const ownFields: ReadonlySet<string> = new Set(['rid', 'browser', '__original_url']);

function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? String(value) : undefined;
  return typeof value === 'string' && /^[1-9]\d{0,18}$/u.test(value) ? value : undefined;
}

/** The export puts an apostrophe before what a spreadsheet would take for a formula. */
function plain(value: unknown): string | undefined {
  return textOf(
    textOf(value)
      ?.trim()
      .replace(/^'(?=[=+\-@])/u, ''),
  );
}
