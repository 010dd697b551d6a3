import type { KnownServer } from './agent-settings.ts';

export type JsonAnswer = { readonly status: number; readonly body: unknown };

/** Answers are a few sentences, or a few rules. */
const answerBytesMax = 1024 * 1024;

/** Sends JSON to a server of ours and reads its answer. Undefined when nobody answered in time, in JSON. */
export async function askJson(
  { url, token }: KnownServer,
  method: 'GET' | 'POST',
  path: string,
  body: unknown,
  timeoutMs: number,
): Promise<JsonAnswer | undefined> {
  const target = new URL(`${url.replace(/\/+$/u, '')}${path}`);
  // Each takes a while to load, and `import` of it loads a whole HTTP client of the runtime beside it.
  const { request } =
    target.protocol === 'https:'
      ? process.getBuiltinModule('node:https')
      : process.getBuiltinModule('node:http');
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve) => {
    const sent = request(
      target,
      {
        method,
        headers: {
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          connection: 'close',
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > answerBytesMax) sent.destroy();
          else chunks.push(chunk);
        });
        response.on('error', () => resolve(undefined));
        response.on('close', () => resolve(undefined));
        response.on('end', () =>
          resolve(parsed(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'))),
        );
      },
    );
    sent.on('error', () => resolve(undefined));
    sent.end(text);
  });
}

function parsed(status: number, text: string): JsonAnswer | undefined {
  try {
    return { status, body: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
