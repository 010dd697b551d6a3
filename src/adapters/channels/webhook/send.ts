import { asciiJson } from '../../../lib/escape.ts';
import { type HttpFetch, type HttpResult, retryAfterSeconds } from '../../../lib/http-fetch.ts';
import type { Delivery, Notice, SendResult } from '../../../ports/channel.ts';
import { renderWebhook } from './render.ts';
import type { WebhookSettings } from './settings.ts';
import { signedHeaders } from './signature.ts';

// What the receiver answers is not used beyond its status; more than this is not read.
const answerBytesMax = 4_096;

export async function sendWebhook(
  fetch: HttpFetch,
  settings: WebhookSettings,
  delivery: Delivery,
): Promise<SendResult> {
  const body = renderWebhook(delivery);
  const { messageId: id, at, signal } = delivery;
  return post(fetch, settings, { id, at, body, ...(signal === undefined ? {} : { signal }) });
}

/** Tells what became of a case: `{type, timestamp, data}`. */
export async function announceWebhook(
  fetch: HttpFetch,
  settings: WebhookSettings,
  notice: Notice,
): Promise<SendResult> {
  const { id, type, at, sentAt, body } = notice;
  const text = asciiJson({ type, timestamp: new Date(at).toISOString(), data: body });
  return post(fetch, settings, { id, at: sentAt, body: text });
}

async function post(
  fetch: HttpFetch,
  settings: WebhookSettings,
  given: { readonly id: string; readonly at: number; readonly body: string; readonly signal?: AbortSignal },
): Promise<SendResult> {
  const { id, at, body, signal } = given;
  const result = await fetch({
    url: settings.url,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'foldback',
      ...signedHeaders(id, at, body, settings.secrets),
    },
    body,
    timeoutMs: settings.timeoutMs,
    responseBytesMax: answerBytesMax,
    oversize: 'cut',
    ...(signal === undefined ? {} : { signal }),
  });
  return outcomeOf(result, at);
}

// Not final although below 500: the request came too slowly, too early or too often (RFC 9110, RFC 8470, RFC 6585).
const retriedStatuses = [408, 425, 429];

/** @param at epoch milliseconds, the time that a date in Retry-After counts from */
export function outcomeOf(result: HttpResult, at: number): SendResult {
  // Blocked is about the set-up or a name that moved, not about the message: it goes out once that is mended.
  if (result.kind === 'blocked') return { kind: 'retry', reason: `not called: ${result.reason}` };
  if (result.kind === 'failed') {
    const reason = `${result.phase === 'sent' ? 'after sending' : 'before sending'}: ${result.reason}`;
    return result.phase === 'sent' ? { kind: 'uncertain', reason } : { kind: 'retry', reason };
  }
  const { status } = result;
  if (status >= 200 && status <= 299) return { kind: 'accepted' };
  const reason = `the receiver answered ${status}`;
  if (status === 410)
    return { kind: 'refused', reason: `${reason}: it wants no more messages`, isGone: true };
  if (status >= 500 || retriedStatuses.includes(status)) {
    const afterSeconds = retryAfterSeconds(result.headers['retry-after'], at);
    return afterSeconds === undefined ? { kind: 'retry', reason } : { kind: 'retry', reason, afterSeconds };
  }
  return { kind: 'refused', reason };
}
