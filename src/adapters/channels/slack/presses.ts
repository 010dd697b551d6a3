import { answers } from '../../../core/message.ts';
import { clip, inertUrls, oneLine } from '../../../lib/escape.ts';
import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import type { HttpFetch } from '../../../lib/http-fetch.ts';
import type { Press, PressDelivery, Presses, PressVerdict } from '../../../ports/channel.ts';
import { isMemberId, system } from './address.ts';
import { type SlackApi, textAt } from './api.ts';
import { answerAction, answerBlock, snoozeAction } from './render.ts';
import type { SlackSettings } from './settings.ts';
import { judgeSlackSignature } from './signature.ts';
import { holdSocket } from './socket.ts';
import { socketOpener } from './socket-open.ts';

/** A payload holds the whole message with its blocks. */
const bytesMax = 262_144;
/** Slack waits three seconds for the answer to a press; who it was must be known well before. */
const addressTimeoutMs = 1_500;

/** Presses of buttons, as Slack posts them (docs.slack.dev, "block_actions payload"). */
export function slackPresses(given: {
  readonly api: SlackApi;
  readonly fetch: HttpFetch;
  readonly settings: SlackSettings;
  readonly now: () => number;
}): Presses {
  const { api, fetch, settings, now } = given;
  const { signingSecret = '', appToken } = settings;
  let team: string | undefined;
  const returnOrigins = returnOriginsOf(settings);
  return {
    bytesMax,
    read: (delivery) => readPress(delivery, signingSecret, returnOrigins),
    ...(appToken === undefined
      ? {}
      : {
          hold: (take, log) => {
            const open = socketOpener(fetch, settings, appToken, now);
            return holdSocket({ open, read: (payload) => pressOf(payload, returnOrigins), take, log });
          },
        }),
    async addressOf(press) {
      if (!isMemberId(press.account.name)) return { kind: 'none' };
      const signal = AbortSignal.timeout(addressTimeoutMs);
      if (team === undefined) {
        const own = await api('auth.test', { form: {} }, now(), signal);
        team = own.kind === 'ok' ? textOf(own.body['team_id']) : undefined;
        if (team === undefined) return { kind: 'unavailable' };
      }
      const answer = await api('users.info', { form: { user: press.account.name } }, now(), signal);
      if (answer.kind === 'error') return { kind: gone.has(answer.code) ? 'none' : 'unavailable' };
      if (answer.kind !== 'ok') return { kind: 'unavailable' };
      const user = dictOf(answer.body['user']) ?? {};
      // People of other houses share channels, and nobody here vouches for their addresses.
      const isOurs =
        user['team_id'] === team &&
        user['deleted'] !== true &&
        user['is_bot'] !== true &&
        user['is_stranger'] !== true &&
        user['is_email_confirmed'] !== false;
      const email = isOurs ? textAt(user, 'profile', 'email') : undefined;
      return email === undefined ? { kind: 'none' } : { kind: 'known', email };
    },
    async show(press, text) {
      if (press.returnTo === undefined) return;
      const body = {
        response_type: 'ephemeral',
        replace_original: false,
        text: escapeControls(clip(inertUrls(oneLine(text)), 1_000)),
      };
      // What comes of it changes nothing: the answer is recorded.
      await fetch({
        url: press.returnTo,
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'foldback' },
        body: JSON.stringify(body),
        timeoutMs: settings.timeoutMs,
        responseBytesMax: 4_096,
        oversize: 'cut',
      });
    },
  };
}

/** Slack's own, whatever a payload says: no address of an event is ever called. */
function returnOriginsOf(settings: SlackSettings): readonly string[] {
  return [
    'https://hooks.slack.com',
    ...(settings.allowPrivateNetwork ? [new URL(settings.apiUrl).origin] : []),
  ];
}

const gone: ReadonlySet<string> = new Set(['user_not_found', 'user_not_visible', 'users_not_found']);

/** What came by HTTP. Pure. Never throws. */
function readPress(
  delivery: PressDelivery,
  signingSecret: string,
  returnOrigins: readonly string[],
): PressVerdict {
  const judged = judgeSlackSignature(delivery.headers, delivery.body, signingSecret, delivery.receivedAt);
  if (judged !== 'good') return { kind: 'refused', reason: judged };
  const payload = readPayload(delivery.body);
  return payload === undefined
    ? { kind: 'unreadable', reason: 'there is no payload in it' }
    : pressOf(payload, returnOrigins);
}

/** A press in a payload whose sender is known. Pure. Never throws. */
export function pressOf(payload: Dict, returnOrigins: readonly string[]): PressVerdict {
  if (payload['type'] !== 'block_actions') return { kind: 'nothing' };
  const action = listOf(payload['actions'])
    .map(dictOf)
    .find((one) => one?.['block_id'] === answerBlock);
  const answer = answerOf(textOf(action?.['action_id']) ?? '');
  if (action === undefined || answer === undefined) return { kind: 'nothing' };
  const user = textAt(payload, 'user', 'id');
  const messageId = textOf(action['value']);
  const channel = textAt(payload, 'channel', 'id') ?? textAt(payload, 'container', 'channel_id');
  const ts = textAt(payload, 'message', 'ts') ?? textAt(payload, 'container', 'message_ts');
  const pressedAt = textOf(action['action_ts']);
  if (
    user === undefined ||
    !isMemberId(user) ||
    messageId === undefined ||
    !/^[0-9a-z-]{1,80}$/u.test(messageId) ||
    channel === undefined ||
    ts === undefined ||
    pressedAt === undefined
  )
    return { kind: 'unreadable', reason: 'it does not say who pressed what, and where' };
  const returnTo = textOf(payload['response_url']);
  const press: Press = {
    account: { system, name: isOfAnotherHouse(payload) ? `${user}@another` : user },
    messageId,
    reference: `${channel}/${ts}`,
    answer,
    nonce: `${user} ${pressedAt}`.slice(0, 80),
    ...(returnTo !== undefined && isBelow(returnTo, returnOrigins) ? { returnTo } : {}),
  };
  return { kind: 'press', press };
}

/**
 * Ids of accounts are sound within one workspace: in a shared channel somebody of another one may have the id that is
 * linked here to a person. Such an account is known to nobody.
 */
function isOfAnotherHouse(payload: Dict): boolean {
  const house = textAt(payload, 'team', 'id');
  const own = textAt(payload, 'user', 'team_id');
  return house !== undefined && own !== undefined && house !== own;
}

function readPayload(body: Uint8Array): Dict | undefined {
  const text = new URLSearchParams(new TextDecoder().decode(body)).get('payload');
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isDict(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function answerOf(action: string): Press['answer'] | undefined {
  if (action === snoozeAction) return 'snooze';
  const name = action.startsWith(answerAction) ? action.slice(answerAction.length) : '';
  return answers.find((answer) => answer === name);
}

function isBelow(url: string, origins: readonly string[]): boolean {
  return url.length <= 500 && URL.canParse(url) && origins.includes(new URL(url).origin);
}

function escapeControls(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
