import type { Event, EventKind } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { type Dict, isDict, listOf, scalarText, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { isRejection, type MapContext, type Source } from '../../../ports/source.ts';
import { type GophishResult, isSummary, readEvent, readResult } from './schema.ts';

const kinds: Readonly<Record<string, EventKind>> = {
  'Email Sent': 'phish.sent',
  'Email Opened': 'phish.opened',
  'Clicked Link': 'phish.clicked',
  'Submitted Data': 'phish.submitted',
  'Email Reported': 'phish.reported',
  'Error Sending Email': 'phish.error',
};

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'an event is an object' };
  if ('message' in record) return mapEvent(record, context);
  const result = readResult(record);
  if (result !== undefined) return mapResult(result, context);
  if (Array.isArray(record.timeline)) return mapCampaign(record, record.timeline, context);
  if (isSummary(record)) return [];
  return { rejected: 'message or time is missing', pointer: '/message' };
};

/** What is known of one thing that happened, whichever form told it. */
type Happening = {
  readonly campaignId: string | undefined;
  readonly email: string;
  readonly message: string;
  readonly kind: EventKind;
  readonly time: string;
  /** False where only the time of the last change is known, which may have been another. */
  readonly isExact: boolean;
  readonly result: Pick<GophishResult, 'rid' | 'name' | 'sentAt'> | undefined;
  readonly rid?: string | undefined;
  readonly address?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly submittedFields?: number | undefined;
  readonly error?: string | undefined;
};

function mapEvent(record: Dict, context: MapContext): ReturnType<Source['map']> {
  const event = readEvent(record, context.document?.id);
  if (event === undefined) return { rejected: 'message or time is missing', pointer: '/time' };
  const { email, message, time, details, campaignId } = event;
  const kind = Object.hasOwn(kinds, message) ? kinds[message] : undefined;
  // Campaigns are created by operators, and messages of tomorrow say nothing to us.
  if (kind === undefined) return [];
  if (email === '') return { rejected: 'email is missing', pointer: '/email' };
  const { submittedFields, ...hints } = details;
  const result = resultsByEmail(context.document?.results).get(email.toLowerCase());
  const happening = { campaignId, email, message, kind, time, isExact: true, result, ...hints };
  return [eventOf(kind === 'phish.submitted' ? { ...happening, submittedFields } : happening, context)];
}

/** A campaign in one piece, as a reading of the interface hands it over. Its entries are GoPhish's own. */
function mapCampaign(campaign: Dict, timeline: readonly unknown[], context: MapContext): readonly Event[] {
  const { id, name, results } = campaign;
  const around = { ...context, document: { id, name, results } };
  return timeline.filter(isDict).flatMap((entry) => {
    const mapped = mapEvent(entry, around);
    return isRejection(mapped) ? [] : mapped;
  });
}

/** Of a result alone only the furthest stage is known, and of two times the last. */
function mapResult(result: GophishResult, context: MapContext): readonly Event[] {
  const { email, status, isReported, sentAt, changedAt, address } = result;
  const campaignId = textOf(scalarText(context.document?.id));
  const base = { campaignId, email, result, isExact: true };
  const kind = Object.hasOwn(kinds, status) ? kinds[status] : undefined;
  const happenings: Happening[] = [];
  if (kind !== undefined && isTime(sentAt))
    happenings.push({ ...base, kind: 'phish.sent', message: 'Email Sent', time: sentAt });
  if (isTime(changedAt)) {
    const isStage = kind !== undefined && kind !== 'phish.sent';
    const isExact = !(isStage && isReported);
    if (isStage) happenings.push({ ...base, kind, message: status, time: changedAt, isExact, address });
    if (isReported)
      happenings.push({
        ...base,
        kind: 'phish.reported',
        message: 'Email Reported',
        time: changedAt,
        isExact,
      });
    if (status === 'Error' || status === 'Retrying')
      happenings.push({ ...base, kind: 'phish.error', message: 'Error Sending Email', time: changedAt });
  }
  return happenings.map((happening) => eventOf(happening, context));
}

function eventOf(happening: Happening, context: MapContext): Event {
  const { campaignId, email, kind, message, time, result } = happening;
  const rid = happening.rid ?? result?.rid;
  const holder = { email, ...(result?.name === undefined ? {} : { name: result.name }) };
  const address = email.toLowerCase();
  return makeEvent(
    {
      source: 'gophish',
      kind,
      // GoPhish gives no id of an event: this is what tells it from others, by webhook, interface and export alike.
      wholeId: ['gophish', campaignId ?? (rid === undefined ? '' : `rid:${rid}`), address, message, time],
      occurredAt: instantOf(time),
      actor: { type: 'person', ...holder },
      identity: { type: 'mail-account', id: email },
      action: message,
      network: networkOf(happening),
      joins: { campaign: campaignId },
      leads: [{ kind: 'mailbox-holder', ...holder }],
      detector: { name: 'gophish' },
      strong: [
        ...(campaignId === undefined ? [] : [['recipient', campaignId, address]]),
        ...(rid === undefined ? [] : [['result', rid]]),
      ].map((parts) => ({ kind: 'provider-id', parts: ['gophish', ...parts] })),
      record: {
        campaignId,
        campaignName: textOf(context.document?.name),
        rid,
        message,
        time,
        timeIsLastChange: happening.isExact ? undefined : true,
        timeIsUnread: isTime(time) ? undefined : true,
        address: happening.address,
        userAgent: happening.userAgent,
        secondsSinceSent: happening.isExact ? secondsBetween(result?.sentAt, time, kind) : undefined,
        submittedFields: happening.submittedFields,
        error: happening.error,
      },
    },
    context,
  );
}

function networkOf({ address, userAgent }: Happening): Event['network'] {
  return {
    ...(address === undefined ? {} : { address }),
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}

/** Whole seconds from the sending to what a reader, or a program that reads first, did. */
function secondsBetween(sentAt: string | undefined, time: string, kind: EventKind): number | undefined {
  const from = instantOf(sentAt);
  const to = instantOf(time);
  if (kind === 'phish.sent' || kind === 'phish.error' || from === undefined || to === undefined)
    return undefined;
  return to >= from ? Math.floor((to - from) / 1000) : undefined;
}

/** Year 1 is Go's empty date. */
function isTime(time: string | undefined): time is string {
  return instantOf(time) !== undefined;
}

const indexed = new WeakMap<object, ReadonlyMap<string, GophishResult>>();
const nobody: ReadonlyMap<string, GophishResult> = new Map();

/** The results beside a timeline, by address. Made once a document: a timeline has many entries a result. */
function resultsByEmail(results: unknown): ReadonlyMap<string, GophishResult> {
  if (!Array.isArray(results)) return nobody;
  let index = indexed.get(results);
  if (index === undefined) {
    index = new Map(
      listOf(results)
        .filter(isDict)
        .map(readResult)
        .filter((result) => result !== undefined)
        .map((result) => [result.email.toLowerCase(), result]),
    );
    indexed.set(results, index);
  }
  return index;
}
