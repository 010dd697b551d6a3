import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ping, WebSocket } from 'undici';
import { isDict } from './guards.ts';
import { pinnedPool } from './http-fetch/exchange.ts';
import { checkAddresses, checkTarget, isLiteral, listedOrigin } from './http-fetch/target.ts';
import { systemAddresses } from './http-fetch.ts';

/**
 * A connection that stays, under the same rules as every call by HTTP: wss to public addresses, anything else where the
 * operator listed the origin; the name is resolved once and the connection goes to what was checked.
 */
export type Opened =
  | { readonly kind: 'open'; readonly socket: Socket }
  | { readonly kind: 'failed'; readonly reason: string };

export type Socket = {
  send(text: string): void;
  /** Ends it; `closed` follows. Safe to call again. */
  end(): void;
};

export type SocketEvents = {
  /** A text that came whole. Binary frames end the connection: nothing here speaks them. */
  readonly text: (text: string) => void;
  readonly closed: () => void;
};

export type SocketRules = {
  readonly allowOrigins: readonly string[];
  readonly ca?: string;
  readonly bytesMax: number;
  readonly openTimeoutMs: number;
  /** A sign of life is asked for this often; who gave none by the next time is gone, whatever the connection says. */
  readonly aliveMs: number;
};

/** Where undici tells of pings and pongs. */
const signsOfLife = ['undici:websocket:ping', 'undici:websocket:pong'];

/** Expected outcomes are values; nothing is repeated. Events come only after it was given as open. */
export async function openWebSocket(url: string, rules: SocketRules, events: SocketEvents): Promise<Opened> {
  if (!/^wss?:\/\//u.test(url)) return { kind: 'failed', reason: 'the address is not one of a web socket' };
  const listed = new Set(rules.allowOrigins.map(listedOrigin));
  const target = checkTarget(url.replace(/^ws/u, 'http'), listed);
  if ('kind' in target) return { kind: 'failed', reason: target.reason };
  const found = isLiteral(target.host) ? [target.host] : await systemAddresses(target.host).catch(() => []);
  const addresses = checkAddresses(found, target.isListed);
  if ('kind' in addresses) return { kind: 'failed', reason: addresses.reason };
  const dispatcher = pinnedPool(target.url.origin, addresses, {
    connectTimeoutMs: rules.openTimeoutMs,
    frameBytesMax: rules.bytesMax,
    ...(rules.ca === undefined ? {} : { ca: rules.ca }),
  });
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { dispatcher });
    let isOpen = false;
    let isOver = false;
    let isAlive = true;
    const noteSign = (sign: unknown): void => {
      if (isDict(sign) && sign['websocket'] === socket) isAlive = true;
    };
    const end = (): void => {
      clearTimeout(timer);
      socket.close();
    };
    const timer = setTimeout(end, rules.openTimeoutMs);
    let watch: NodeJS.Timeout | undefined;
    socket.addEventListener('open', () => {
      isOpen = true;
      clearTimeout(timer);
      for (const name of signsOfLife) subscribe(name, noteSign);
      watch = setInterval(() => {
        if (!isAlive) return over();
        isAlive = false;
        ping(socket);
      }, rules.aliveMs).unref();
      const send = (text: string): void => {
        // What was closed meanwhile takes nothing any more, and says so by `closed`.
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      };
      resolve({ kind: 'open', socket: { send, end } });
    });
    socket.addEventListener('message', ({ data }: { readonly data: unknown }) => {
      isAlive = true;
      if (typeof data === 'string') events.text(data);
      else end();
    });
    // An error is followed by this; its words may quote the address, which is a secret.
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      clearInterval(watch);
      for (const name of signsOfLife) unsubscribe(name, noteSign);
      socket.close();
      void dispatcher.destroy();
      if (isOpen) events.closed();
      else resolve({ kind: 'failed', reason: 'the connection was not taken' });
    };
    socket.addEventListener('close', over);
    socket.addEventListener('error', () => undefined);
  });
}
