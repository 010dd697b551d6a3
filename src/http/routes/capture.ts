import type { Context } from 'hono';
import { z } from 'zod';
import type { Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import { sha256Hex } from '../../lib/hmac.ts';
import { limits } from '../../lib/limits.ts';
import { parseBody } from '../../lib/records/parse-body.ts';
import { takeCommand } from '../../loop/command.ts';
import { pullSoon } from '../../loop/pull.ts';
import { isRejection, type MapContext, type Source, type WebhookVerdict } from '../../ports/source.ts';
import { createGroupedIngest } from '../capture/grouped-ingest.ts';
import { type ReadBody, readBody, takenJson, takenSchema } from '../capture/take-events.ts';
import { readRawBody } from '../hardening/raw-body.ts';
import type { HttpParts } from '../http-parts.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, open, pathPart, queryOf, reading } from '../table/operation.ts';

const reportQuery = z.strictObject({
  repository: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .exactOptional()
    .describe('Which repository the report is about, when it does not say so itself.'),
});
const answers = {
  202: { description: 'Taken: everything of it is stored, and will not be lost.', schema: takenSchema },
};

/** Events come in here: deliveries of vendors, reports of scanners, events of anybody's programs. */
export function captureRoutes(room: Room): Pick<Operations, 'POST /v1/sources/{source}' | 'POST /v1/events'> {
  const { given } = room;
  const grouped = createGroupedIngest(given.parts);
  const eventsSource = given.sources.find(
    (source) => source.recognise({ format: 'json', first: anEvent }) > 0,
  );

  const take = async (c: Context, source: Source, body: ReadBody, receipts: readonly string[]) => {
    const taken = await grouped.take({ source: source.id, events: body.events, receipts });
    return c.json(takenJson(taken, body.rejections), 202);
  };

  /** A signed delivery: the sender's own errors are answered in its own form (RFC 8935, 2.4). */
  const takeSigned = async (c: Context, source: Source, receivedAt: number): Promise<Response> => {
    const receiver = given.receivers.get(source.id);
    if (receiver === undefined) {
      const description = 'This receiver is not set up.';
      return c.json({ err: 'authentication_failed', description }, 400);
    }
    const bytes = await readRawBody(c, given.config.limits.bodyBytesMax);
    const verdict = await receiver.take({ headers: c.req.header(), body: bytes, receivedAt });
    if (!verdict.ok) return c.json(verdict.body, verdict.status);
    const mapped = source.map(verdict.record, given.mapContext(receivedAt));
    const events = isRejection(mapped) ? [] : mapped;
    const receipts = [`${source.id} delivery ${bounded(verdict.deliveryId)}`];
    await grouped.take({ source: source.id, events, receipts });
    return c.body(null, verdict.status);
  };

  /** An answer in a comment, before the rest: a delivery that is repeated repeats it, and counts once. */
  const takeAnswer = async (
    source: Source,
    bytes: Uint8Array,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> => {
    const channel = given.parts.channel(source.id);
    if (source.command === undefined || channel === undefined) return;
    const parsed = parseBody(bytes, { ...limits, ...given.config.limits });
    const command = parsed.ok ? source.command(parsed.value, headers) : undefined;
    if (command === undefined) return;
    const { kind } = await takeCommand(given.parts, channel, command);
    given.log.info({ source: source.id, outcome: kind }, 'an answer came as a comment');
  };

  return {
    'POST /v1/sources/{source}': open({
      summary: 'Takes a delivery of a vendor’s webhook, or a report as a scanner writes it.',
      query: reportQuery,
      answers,
      handle: async (c) => {
        const query = queryOf(c, reportQuery);
        const source = given.sources.find(({ id }) => id === pathPart(c, 'source'));
        if (source === undefined) throw new AppError('unknown-source', 'GET /v1/sources lists them.');
        const receivedAt = given.parts.clock.now();
        const type = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase() ?? '';
        // Its signature says who sends it, whatever token stands beside it.
        if (source.receiver?.types.includes(type) === true) return takeSigned(c, source, receivedAt);
        if (source.webhook === undefined || c.req.header('Authorization') !== undefined) {
          const caller = await room.callers.require(c, 'events:write');
          const bytes = await readRawBody(c, given.config.limits.bodyBytesMax);
          const context = { ...given.mapContext(receivedAt), ...query };
          const body = await readBody(given, [bytes], { source, context });
          const receipts = reportReceipts(c, { source, caller, bytes, receivedAt, about: query.repository });
          return take(c, source, body, receipts);
        }
        const bytes = await readRawBody(c, given.config.limits.bodyBytesMax);
        const headers = c.req.header();
        const verdict = source.webhook.verify(
          { headers, body: bytes, receivedAt },
          given.sourceSecrets(source.id),
        );
        if (!verdict.ok) throw refused(verdict);
        // Nothing that a delivery names is called: whether it is wanted is for an operator to say.
        if (verdict.confirm !== undefined)
          given.log.warn(
            { source: source.id, open: verdict.confirm },
            'a sender asks to be confirmed: open this',
          );
        const context = { ...given.mapContext(receivedAt), ...query, headers };
        const receipts = [`${source.id} body ${sha256Hex(bytes)}`];
        if (verdict.deliveryId !== undefined)
          receipts.push(`${source.id} delivery ${bounded(verdict.deliveryId)}`);
        const body = readOne(source, bytes, context, given);
        await takeAnswer(source, bytes, headers);
        const answer = await take(c, source, body, receipts);
        if (source.pull !== undefined && body.events.some(lacksPlace)) await pullSoon(given.parts, source.id);
        return answer;
      },
    }),
    'POST /v1/events': reading({
      summary: 'Takes CloudEvents (single, batch, binary), OCSF findings, or either one a line.',
      query: noQuery,
      answers,
      handle: async ({ c, caller }) => {
        if (eventsSource === undefined) throw new AppError('unknown-source', 'No source reads CloudEvents.');
        const receivedAt = given.parts.clock.now();
        const bytes = await readRawBody(c, given.config.limits.bodyBytesMax);
        const context = given.mapContext(receivedAt);
        // Binary mode (CloudEvents HTTP binding 1.0.2, 3.1): attributes are headers, the body is the data.
        const isBinary = c.req.header('ce-specversion') !== undefined;
        const body = isBinary
          ? readOne(eventsSource, bytes, { ...context, headers: c.req.header() }, given)
          : await readBody(given, [bytes], { source: eventsSource, context });
        const receipts = isBinary
          ? []
          : reportReceipts(c, { source: eventsSource, caller, bytes, receivedAt });
        return take(c, eventsSource, body, receipts);
      },
    }),
  };
}

/** A secret of which a delivery does not say where it stands: the vendor's interface does. */
function lacksPlace({ kind, where }: Event): boolean {
  return kind === 'secret.committed' && where.file === undefined && where.commit === undefined;
}

/** The least that is a CloudEvent: whichever source knows it takes what comes to `/v1/events`. */
const anEvent = { specversion: '1.0', id: '1', source: 'urn:example', type: 'example' };

/** One record, in a body that is all of it. Errors: those of parsing, `bad-record`. */
function readOne(source: Source, bytes: Uint8Array, context: MapContext, given: HttpParts): ReadBody {
  const isEmpty = bytes.length === 0;
  const parsed = parseBody(isEmpty ? nothing : bytes, { ...limits, ...given.config.limits });
  if (!parsed.ok) throw new AppError(parsed.code, parsed.reason);
  const mapped = source.map(isEmpty ? undefined : parsed.value, context);
  if (!isRejection(mapped)) return { events: mapped, rejections: [], source: source.id };
  const { rejected, pointer } = mapped;
  const place = { ...(pointer === undefined ? {} : { pointer }), detail: rejected };
  throw new AppError('bad-record', rejected, { places: [place] });
}

const nothing = new TextEncoder().encode('null');

/**
 * What makes a report one delivery: the sender's own key, or its bytes about one repository on this day. The same
 * report of another day is news: the scanner ran, and found the same. Keys are counters often, so each sender's are
 * their own: one who used a key before could else make the delivery of another vanish.
 */
function reportReceipts(
  c: Context,
  given: {
    readonly source: Source;
    readonly caller: Principal;
    readonly bytes: Uint8Array;
    readonly receivedAt: number;
    readonly about?: string | undefined;
  },
): readonly string[] {
  const { source, caller, bytes, receivedAt, about } = given;
  const key = c.req.header('Idempotency-Key');
  if (key !== undefined && key !== '') return [`${source.id} key ${bounded(caller.id)} ${bounded(key)}`];
  const day = new Date(receivedAt).toISOString().slice(0, 10);
  const where = about === undefined ? '' : ` ${bounded(about)}`;
  return [`${source.id} body ${sha256Hex(bytes)} ${day}${where}`];
}

/** Ids that senders make are kept as they are while they are short and plain. */
function bounded(id: string): string {
  return /^[\w.:-]{1,100}$/u.test(id) ? id : `sha256:${sha256Hex(id)}`;
}

function refused(verdict: Extract<WebhookVerdict, { readonly ok: false }>): AppError {
  switch (verdict.reason) {
    case 'replayed':
      return new AppError('replayed', '');
    case 'missing-signature':
      return new AppError('bad-signature', 'The signature is missing. Or send a token with events:write.');
    case 'no-secret':
      return new AppError('bad-signature', 'No secret is set for this source here.');
    case 'bad-signature':
      return new AppError('bad-signature', '');
  }
}
