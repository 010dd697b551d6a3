import { type HttpFetch, type HttpResult, retryAfterSeconds } from '../../../lib/http-fetch.ts';
import type { Delivery, Recipient, SendResult } from '../../../ports/channel.ts';
import { renderTeams } from './render.ts';
import type { TeamsSettings } from './settings.ts';

/** The flow for a recipient. A message to one person never goes into a channel where others read it. */
export function flowOf(settings: TeamsSettings, recipient: Recipient): string | undefined {
  switch (recipient.kind) {
    case 'person':
      return recipient.email === undefined ? undefined : settings.personUrl;
    case 'team':
      return Object.hasOwn(settings.teamUrls, recipient.id) ? settings.teamUrls[recipient.id] : undefined;
    case 'duty':
      return settings.dutyUrl;
  }
}

export async function sendTeams(
  fetch: HttpFetch,
  settings: TeamsSettings,
  delivery: Delivery,
): Promise<SendResult> {
  const url = flowOf(settings, delivery.recipient);
  if (url === undefined) return { kind: 'refused', reason: 'there is no flow for the recipient' };
  const result = await fetch({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'foldback' },
    body: renderTeams(delivery),
    timeoutMs: settings.timeoutMs,
    responseBytesMax: 4_096,
    oversize: 'cut',
    ...(delivery.signal === undefined ? {} : { signal: delivery.signal }),
  });
  return outcomeOf(result, delivery.at);
}

// Not final although below 500: the request came too slowly or too often.
const retriedStatuses = [408, 425, 429];

/**
 * What an answer means. 2xx says that the flow was started, and nothing of what it does then.
 *
 * @param at epoch milliseconds, the time that a date in Retry-After counts from
 */
export function outcomeOf(result: HttpResult, at: number): SendResult {
  if (result.kind === 'blocked') return { kind: 'retry', reason: `not called: ${result.reason}` };
  if (result.kind === 'failed') {
    return result.phase === 'sent'
      ? { kind: 'uncertain', reason: `after sending: ${result.reason}` }
      : { kind: 'retry', reason: `before sending: ${result.reason}` };
  }
  const { status } = result;
  if (status >= 200 && status <= 299) return { kind: 'accepted' };
  const reason = `the flow answered ${status}`;
  // Whether a gateway passed it on before it gave up, nobody can ask: it is not sent a second time.
  if (status === 502 || status === 504) return { kind: 'uncertain', reason };
  if (status >= 500 || retriedStatuses.includes(status)) {
    const afterSeconds = retryAfterSeconds(result.headers['retry-after'], at);
    return afterSeconds === undefined ? { kind: 'retry', reason } : { kind: 'retry', reason, afterSeconds };
  }
  return { kind: 'refused', reason };
}
