import { isIPv6, type LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import { type Dispatcher, Pool } from 'undici';
import { logLine } from '../escape.ts';

export type HttpResult =
  | {
      readonly kind: 'ok';
      readonly status: number;
      /** Lower-case names; several values are joined by `, `. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
      /** The answer was longer than the limit and the rest was not read. */
      readonly isCut: boolean;
    }
  /** Refused here: nothing was connected to. */
  | { readonly kind: 'blocked'; readonly reason: string }
  /** `connect`: nothing of the request has left. `sent`: the far side may have acted on it. */
  | { readonly kind: 'failed'; readonly phase: 'connect' | 'sent'; readonly reason: string };

export type Exchange = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly responseBytesMax: number;
  readonly oversize: 'fail' | 'cut';
  readonly signal: AbortSignal;
};

// A receiver is one host; more connections at once than this only queue there.
const connectionsMax = 8;
const headerBytesMax = 16_384;

/** A pool whose connections go to these addresses and nowhere else: the name is not resolved a second time. */
export function pinnedPool(
  origin: string,
  addresses: readonly string[],
  options: { readonly connectTimeoutMs: number; readonly ca?: string; readonly frameBytesMax?: number },
): Pool {
  const pinned = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  const lookup: LookupFunction = (_name, wanted, done) => {
    const first = pinned[0];
    if (first === undefined) return done(new Error('no address'), '', 4);
    return wanted.all === true ? done(null, pinned) : done(null, first.address, first.family);
  };
  return new Pool(origin, {
    connections: connectionsMax,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: headerBytesMax,
    // The exchange has one deadline of its own for everything.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 4_000,
    ...(options.frameBytesMax === undefined ? {} : { webSocket: { maxPayloadSize: options.frameBytesMax } }),
    connect: {
      lookup,
      timeout: options.connectTimeoutMs,
      ...(options.ca === undefined ? {} : { ca: [...rootCertificates, options.ca] }),
    },
  });
}

/** One request and its answer. Never throws; never repeats. */
export function exchange(pool: Pool, request: Exchange): Promise<HttpResult> {
  return new Promise((resolve) => {
    let phase: 'connect' | 'sent' = 'connect';
    let controller: Dispatcher.DispatchController | undefined;
    let isSettled = false;
    let status = 0;
    let headers: Readonly<Record<string, string>> = {};
    const chunks: Uint8Array[] = [];
    let size = 0;

    const settle = (result: HttpResult): void => {
      if (isSettled) return;
      isSettled = true;
      request.signal.removeEventListener('abort', stop);
      resolve(result);
    };
    const fail = (reason: string): void => settle({ kind: 'failed', phase, reason });
    const stop = (): void => {
      fail(stopReason(request.signal));
      controller?.abort(new Error('stopped'));
    };
    const answer = (isCut: boolean): void =>
      settle({
        kind: 'ok',
        status,
        headers,
        body: Buffer.concat(chunks, Math.min(size, request.responseBytesMax)),
        isCut,
      });

    request.signal.addEventListener('abort', stop, { once: true });
    if (request.signal.aborted) return stop();
    const { method, path, body } = request;
    pool.dispatch(
      { method, path, headers: { ...request.headers }, body: body ?? null },
      {
        onRequestStart(started) {
          controller = started;
          // Stopped while it was still connecting: what has not left must not leave later.
          if (isSettled) started.abort(new Error('stopped'));
          else phase = 'sent';
        },
        onResponseStart(_controller, code, fields) {
          status = code;
          headers = joined(fields);
        },
        onResponseData(current, chunk) {
          size += chunk.length;
          chunks.push(chunk);
          if (size <= request.responseBytesMax) return;
          if (request.oversize === 'cut') answer(true);
          else fail(`the answer is larger than ${request.responseBytesMax} bytes`);
          current.abort(new Error('stopped'));
        },
        onResponseEnd() {
          answer(false);
        },
        onResponseError(_controller, error) {
          fail(errorCode(error));
        },
      },
    );
  });
}

function joined(
  fields: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined)
      headers[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return headers;
}

export function stopReason(signal: AbortSignal): string {
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.name === 'TimeoutError'
    ? 'no answer in time'
    : 'stopped by the caller';
}

/** The code of an error, without its message: messages may quote what was sent. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return logLine(error.code);
  return error instanceof Error ? logLine(error.name) : 'unknown error';
}
