import type { HttpFetch } from '../../../lib/http-fetch.ts';
import { openWebSocket } from '../../../lib/web-socket.ts';
import { createSlackApi, textAt } from './api.ts';
import { reasonOf } from './send.ts';
import type { SlackSettings } from './settings.ts';
import type { OpenSocket } from './socket.ts';

/** An envelope holds a whole message with its blocks. */
const bytesMax = 1_048_576;
/** A connection that died in silence is found within twice this. */
const aliveMs = 20_000;

/** Asks Slack where to connect, and connects there: to Slack's own hosts only, whatever the answer says. */
export function socketOpener(
  fetch: HttpFetch,
  settings: SlackSettings,
  appToken: string,
  now: () => number,
): OpenSocket {
  const api = createSlackApi(fetch, { ...settings, token: appToken });
  const ownHost = new URL(settings.apiUrl).host;
  return async (events) => {
    const answer = await api('apps.connections.open', { form: {} }, now());
    if (answer.kind !== 'ok') {
      const wait = answer.kind === 'later' ? answer.afterSeconds : undefined;
      return {
        kind: 'failed',
        reason: reasonOf(answer),
        ...(wait === undefined ? {} : { afterSeconds: wait }),
      };
    }
    const url = textAt(answer.body, 'url') ?? '';
    const target = URL.canParse(url) ? new URL(url) : undefined;
    const isRelay = settings.allowPrivateNetwork && target?.host === ownHost;
    if (target === undefined || !(isRelay || /^wss:\/\/[a-z0-9.-]+\.slack\.com$/u.test(originOf(target))))
      return { kind: 'failed', reason: 'Slack names no address of its own' };
    return openWebSocket(
      url,
      {
        allowOrigins: isRelay ? [new URL(settings.apiUrl).origin] : [],
        bytesMax,
        openTimeoutMs: settings.timeoutMs,
        aliveMs,
        ...(settings.ca === undefined ? {} : { ca: settings.ca }),
      },
      events,
    );
  };
}

function originOf({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}
