import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { jsonOrUndefined } from '../lib/json-or-undefined.ts';
import { CliError, type ExitCode, exit } from './exit.ts';

/** A request to Foldback's own doors. */
export type Ask = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/v1/loops`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it comes, of any length. */
  readonly stream?: AsyncIterable<Uint8Array>;
  /** Media type of the stream; bytes unless given. */
  readonly type?: string;
  readonly accept?: string;
  /** Told of every line of a successful answer as it comes; then `text` stays empty. */
  readonly onLine?: (line: string) => void;
  /** Takes the bytes of a successful answer as they come, one after the other; then `text` stays empty. */
  readonly onBytes?: (bytes: Uint8Array) => Promise<void>;
  /** Ends the request: then nobody answered. */
  readonly signal?: AbortSignal;
};

export type Answered = { readonly status: number; readonly text: string };

/** Carries a request to the doors: over the network, or within this process. Throws only when nobody answers. */
export type Transport = (ask: Ask) => Promise<Answered>;

/** Answers of ours are far smaller; a stranger on the port must not fill the memory. */
const answerBytesMax = 256 * 1024 * 1024;

/** @param base `http://127.0.0.1:4400` */
export function networkTransport(base: string, token: string | undefined): Transport {
  return (ask) =>
    new Promise((resolve, reject) => {
      const url = addressOf(base, ask);
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const signal = ask.signal === undefined ? {} : { signal: ask.signal };
      const options = { method: ask.method, headers: headersOf(ask, token), ...signal };
      const request = send(url, options, (response) => {
        const status = response.statusCode ?? 0;
        readAnswer(response, status, ask).then((text) => resolve({ status, text }), reject);
      });
      request.on('error', (error: NodeJS.ErrnoException) => reject(unreachable(base, error)));
      if (ask.stream === undefined) {
        request.end(ask.body === undefined ? undefined : JSON.stringify(ask.body));
        return;
      }
      // The server may answer before it has read everything; then the rest is not sent.
      const source = Readable.from(ask.stream);
      source.on('error', (error) => {
        request.destroy();
        reject(error);
      });
      request.on('close', () => source.destroy());
      source.pipe(request);
    });
}

export function localTransport(doors: {
  readonly url: string;
  readonly token: string;
  readonly fetch: (request: Request) => Promise<Response>;
}): Transport {
  return async (ask) => {
    const body =
      ask.stream === undefined
        ? { body: ask.body === undefined ? null : JSON.stringify(ask.body) }
        : { body: ReadableStream.from(ask.stream), duplex: 'half' as const };
    const init = { method: ask.method, headers: headersOf(ask, doors.token), ...body };
    const response = await doors.fetch(new Request(addressOf(doors.url, ask), init));
    const chunks = response.body ?? [];
    return { status: response.status, text: await readAnswer(chunks, response.status, ask) };
  };
}

function addressOf(base: string, ask: Ask): URL {
  const url = new URL(`${base.replace(/\/+$/u, '')}${ask.path}`);
  for (const [name, value] of Object.entries(ask.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

function headersOf(ask: Ask, token: string | undefined): Record<string, string> {
  return {
    accept: ask.accept ?? 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(ask.stream === undefined ? {} : { 'content-type': ask.type ?? 'application/octet-stream' }),
    ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
  };
}

async function readAnswer(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  status: number,
  ask: Ask,
): Promise<string> {
  const decoder = new TextDecoder();
  const { onLine } = ask;
  const isLines = onLine !== undefined && status === 200;
  let text = '';
  let size = 0;
  for await (const chunk of chunks) {
    if (ask.onBytes !== undefined && status === 200) {
      await ask.onBytes(chunk);
      continue;
    }
    size += isLines ? 0 : chunk.length;
    if (size > answerBytesMax)
      throw new CliError('The answer is too large to be one of Foldback.', exit.failed);
    text += decoder.decode(chunk, { stream: true });
    if (!isLines) continue;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  }
  text += decoder.decode();
  if (!isLines) return text;
  if (text !== '') onLine(text);
  return '';
}

function unreachable(base: string, error: NodeJS.ErrnoException): CliError {
  const reason = error.code === 'ECONNREFUSED' ? 'nothing listens there' : (error.code ?? error.message);
  return new CliError(`No answer from ${base}: ${reason}. Start one with: npx foldback serve`, exit.failed);
}

const problemSchema = z.object({
  title: z.string(),
  detail: z.string().exactOptional(),
  instance: z.string().exactOptional(),
  errors: z
    .array(
      z.object({ pointer: z.string().exactOptional(), line: z.number().exactOptional(), detail: z.string() }),
    )
    .exactOptional(),
});

/** What the doors refused, in their own words (RFC 9457). */
export function refusal(answered: Answered): CliError {
  const problem = problemSchema.safeParse(jsonOrUndefined(answered.text));
  if (!problem.success) return new CliError(`The server answered ${answered.status}.`, exit.failed);
  const { title, detail, errors = [], instance } = problem.data;
  const places = errors.map(({ pointer, line, detail: what }) => {
    const where = [line === undefined ? '' : `line ${line}`, pointer ?? '']
      .filter((part) => part !== '')
      .join(' ');
    return `  ${where === '' ? '' : `${where}: `}${what}`;
  });
  const inside =
    answered.status >= 500 && instance !== undefined ? [`  The log has it under ${instance}.`] : [];
  const lines = [title, ...(detail === undefined ? [] : [`  ${detail}`]), ...places, ...inside];
  return new CliError(lines.join('\n'), exitOf(answered.status));
}

function exitOf(status: number): ExitCode {
  if (status === 404) return exit.notFound;
  if (status === 401 || status === 403) return exit.denied;
  return status === 400 || status === 413 || status === 415 || status === 422 ? exit.usage : exit.failed;
}
