import { dictOf, listOf } from '../../../lib/guards.ts';
import type { Delivery, SendResult } from '../../../ports/channel.ts';
import { addressOf, type Conversations } from './address.ts';
import { type ApiFault, type SlackApi, textAt } from './api.ts';
import { renderSlack } from './render.ts';
import { type SlackSettings, takesPresses } from './settings.ts';

export type SlackParts = {
  readonly api: SlackApi;
  readonly settings: SlackSettings;
  readonly conversations: Conversations;
};

/** By which a message of ours is found again: nobody sees it, and no text of others can write it. */
const markerType = 'foldback_message';

// All attempts of one message lie within a day; the rest is for clocks and long pauses.
const lookBackSeconds = 36 * 3_600;
const pageSize = 200;
/** A conversation in which more was said since is not read to its end: then nobody knows. */
const pagesMax = 5;

/**
 * Posts a message. An attempt after the first one looks whether an earlier one arrived, as Slack may act on a call and
 * answer with a fault.
 */
export async function sendSlack(parts: SlackParts, delivery: Delivery): Promise<SendResult> {
  const { api, settings, conversations } = parts;
  const address = addressOf(settings, delivery.recipient);
  if (address === undefined) return { kind: 'refused', reason: 'the recipient has no address in Slack' };
  const { at, signal } = delivery;
  const conversation = await conversations(address, at, signal);
  // Nothing was posted yet, so that whatever fails here may be asked again.
  if (conversation.kind === 'fault') return outcomeOf(conversation.fault, 'retry');
  if (delivery.attempt > 1) {
    const earlier = await find(parts, conversation.id, delivery);
    if (earlier.kind === 'arrived') return accepted(conversation.id, earlier.ts);
    if (earlier.kind === 'unknown')
      return { kind: 'retry', reason: `an earlier attempt may have arrived, and ${earlier.reason}` };
  }
  const { text, blocks } = renderSlack(delivery.message, delivery.messageId, takesPresses(settings));
  const posted = await api(
    'chat.postMessage',
    {
      json: {
        channel: conversation.id,
        text,
        blocks,
        metadata: { event_type: markerType, event_payload: { id: delivery.messageId } },
        mrkdwn: false,
        parse: 'none',
        link_names: false,
        unfurl_links: false,
        unfurl_media: false,
      },
    },
    at,
    signal,
  );
  return posted.kind === 'ok'
    ? accepted(conversation.id, textAt(posted.body, 'ts'))
    : outcomeOf(posted, 'uncertain');
}

/** Asks the history for the marker. */
export async function lookupSlack(
  parts: SlackParts,
  delivery: Delivery,
): Promise<'arrived' | 'absent' | 'unknown'> {
  const address = addressOf(parts.settings, delivery.recipient);
  if (address === undefined) return 'unknown';
  const conversation = await parts.conversations(address, delivery.at, delivery.signal);
  return conversation.kind === 'fault' ? 'unknown' : (await find(parts, conversation.id, delivery)).kind;
}

type Found =
  | { readonly kind: 'arrived'; readonly ts: string | undefined }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly reason: string };

async function find({ api }: SlackParts, channel: string, delivery: Delivery): Promise<Found> {
  const oldest = String(Math.floor(delivery.at / 1000) - lookBackSeconds);
  let cursor = '';
  for (let page = 0; page < pagesMax; page += 1) {
    const form = { channel, oldest, limit: String(pageSize), include_all_metadata: 'true' };
    const answer = await api(
      'conversations.history',
      { form: cursor === '' ? form : { ...form, cursor } },
      delivery.at,
      delivery.signal,
    );
    if (answer.kind !== 'ok') return { kind: 'unknown', reason: reasonOf(answer) };
    for (const message of listOf(answer.body['messages'])) {
      const metadata = dictOf(dictOf(message)?.['metadata']);
      if (metadata === undefined || metadata['event_type'] !== markerType) continue;
      if (textAt(metadata, 'event_payload', 'id') === delivery.messageId)
        return { kind: 'arrived', ts: textAt(dictOf(message) ?? {}, 'ts') };
    }
    cursor = textAt(answer.body, 'response_metadata', 'next_cursor') ?? '';
    if (cursor === '') return { kind: 'absent' };
  }
  return { kind: 'unknown', reason: 'too much was said since to find it' };
}

function accepted(channel: string, ts: string | undefined): SendResult {
  return { kind: 'accepted', ...(ts === undefined ? {} : { reference: `${channel}/${ts}` }) };
}

/**
 * Not about this message: Slack is busy, or the app is not set up as it must be. It goes out once that is over, and
 * whoever runs Foldback sees the reason meanwhile. Every other error is final.
 */
const passing: ReadonlySet<string> = new Set([
  'account_inactive',
  'accesslimited',
  'ekm_access_denied',
  'fatal_error',
  'internal_error',
  'invalid_auth',
  'is_inactive',
  'message_limit_exceeded',
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'not_authed',
  'org_login_required',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'team_access_not_granted',
  'team_added_to_org',
  'token_expired',
  'token_revoked',
  'two_factor_setup_required',
]);

/** @param unheard what it means when nobody knows whether the call was acted on */
function outcomeOf(fault: ApiFault, unheard: 'retry' | 'uncertain'): SendResult {
  const reason = reasonOf(fault);
  switch (fault.kind) {
    case 'error':
      return { kind: passing.has(fault.code) ? 'retry' : 'refused', reason };
    case 'later':
      return fault.afterSeconds === undefined
        ? { kind: 'retry', reason }
        : { kind: 'retry', reason, afterSeconds: fault.afterSeconds };
    case 'unsent':
      return { kind: 'retry', reason };
    case 'unheard':
      return { kind: unheard, reason };
  }
}

export function reasonOf(fault: ApiFault): string {
  return fault.kind === 'error' ? `Slack answered ${fault.code}` : fault.reason;
}
