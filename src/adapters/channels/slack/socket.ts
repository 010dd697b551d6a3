import { type Dict, dictOf, isDict, textOf } from '../../../lib/guards.ts';
import { pause } from '../../../lib/pause.ts';
import type { Opened, SocketEvents } from '../../../lib/web-socket.ts';
import type { Held, HoldLog, Press, PressVerdict } from '../../../ports/channel.ts';

export type OpenSocket = (
  events: SocketEvents,
) => Promise<Opened | { readonly kind: 'failed'; readonly reason: string; readonly afterSeconds?: number }>;

/** Waits before the next connection, milliseconds; afterwards the last one repeats. A connection that spoke starts anew. */
const backOffMs = [250, 1_000, 5_000, 15_000, 60_000];
/** Slack itself renews within some hours. */
const renewAfterMs = 1_800_000;
/** Presses that are decided at once. Above it they are not confirmed, and may be pressed again. */
const underWayMax = 50;

/**
 * Holds one connection of Socket Mode (docs.slack.dev, "Using Socket Mode"). Every envelope is acknowledged: a press
 * once it is decided and stored, as with HTTP, everything else at once. Slack waits three seconds; what was not
 * acknowledged by then failed for whoever pressed, and may be pressed again: a press counts once, however it comes.
 */
export function holdSocket(given: {
  readonly open: OpenSocket;
  readonly read: (payload: Dict) => PressVerdict;
  readonly take: (press: Press) => Promise<boolean>;
  readonly log: HoldLog;
}): Held {
  const { open, read, take, log } = given;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  /** One connection from its opening to its end: `spoke` when Slack greeted on it. */
  async function connect(): Promise<{ readonly spoke: boolean; readonly afterSeconds?: number }> {
    const ended = Promise.withResolvers<void>();
    let spoke = false;
    let send: (text: string) => void = () => undefined;
    let end: () => void = () => undefined;
    const early: string[] = [];
    let hear = (text: string): void => void early.push(text);
    const opened = await open({ text: (text) => hear(text), closed: ended.resolve });
    if (opened.kind === 'failed') {
      log('refused', opened.reason);
      return { spoke, ...('afterSeconds' in opened ? { afterSeconds: opened.afterSeconds } : {}) };
    }
    ({ send, end } = opened.socket);
    hear = (text) => {
      const envelope = readEnvelope(text);
      switch (envelope.kind) {
        case 'hello':
          spoke = true;
          return log('opened', 'Slack greeted');
        case 'disconnect':
          return moveOn();
        case 'unreadable':
          return log('unreadable', 'it is no envelope');
        case 'envelope':
          return receive(envelope, send);
      }
    };
    // The next one is opened at once; presses under way are still confirmed on this one.
    const moveOn = (): void => {
      ended.resolve();
      void Promise.allSettled([...underWay]).then(end);
    };
    for (const text of early) hear(text);
    const renewal = setTimeout(moveOn, renewAfterMs);
    stopping.signal.addEventListener('abort', end, { once: true });
    if (stopping.signal.aborted) end();
    await ended.promise;
    clearTimeout(renewal);
    stopping.signal.removeEventListener('abort', end);
    if (!stopping.signal.aborted)
      log('lost', spoke ? 'the next one is opened' : 'it ended before a greeting');
    return { spoke };
  }

  function receive(envelope: Envelope, send: (text: string) => void): void {
    const verdict = read(envelope.payload);
    const acknowledge = (): void => send(JSON.stringify({ envelope_id: envelope.id }));
    if (verdict.kind !== 'press') {
      if (verdict.kind !== 'nothing') log('unreadable', verdict.reason);
      acknowledge();
      return;
    }
    if (underWay.size >= underWayMax) return;
    const work = take(verdict.press)
      .then((isTaken) => {
        if (isTaken) acknowledge();
      })
      .catch(() => log('unreadable', 'a press could not be decided'))
      .finally(() => underWay.delete(work));
    underWay.add(work);
  }

  async function run(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      const { spoke, afterSeconds } = await connect();
      failures = spoke ? 0 : failures + 1;
      const usual = backOffMs[Math.min(failures, backOffMs.length - 1)] ?? 0;
      await pause(afterSeconds === undefined ? usual : afterSeconds * 1000, stopping.signal);
    }
  }

  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
      await Promise.allSettled([...underWay]);
    },
  };
}

type Envelope = { readonly kind: 'envelope'; readonly id: string; readonly payload: Dict };

function readEnvelope(text: string): Envelope | { readonly kind: 'hello' | 'disconnect' | 'unreadable' } {
  const value = readJson(text);
  const type = value?.['type'];
  if (type === 'hello' || type === 'disconnect') return { kind: type };
  const id = textOf(value?.['envelope_id']);
  // Anything else than interactions was not asked for: it is acknowledged, or Slack would send it again.
  const payload = type === 'interactive' ? dictOf(value?.['payload']) : {};
  if (id === undefined || payload === undefined || !/^[\x21-\x7e]{1,100}$/u.test(id))
    return { kind: 'unreadable' };
  return { kind: 'envelope', id, payload };
}

function readJson(text: string): Dict | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isDict(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
