/** A refusal of the API (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  /** Of the catalogue of errors. */
  readonly code: string;
  constructor(status: number, message: string, code = '') {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Told whenever the API says that nobody is signed in. */
let onSignedOut: () => void = () => undefined;
export function whenSignedOut(told: () => void): void {
  onSignedOut = told;
}

/**
 * One request to our own API; the cookie goes along by itself. `shape` is what the route answers by its schema.
 *
 * @throws Problem with the API's own sentence
 */
export async function ask<T>(
  path: string,
  options: { readonly method?: string; readonly json?: unknown; readonly body?: Blob } = {},
): Promise<T> {
  const { json, body: file } = options;
  const sent = json === undefined ? file : JSON.stringify(json);
  const type = json === undefined ? 'application/octet-stream' : 'application/json';
  const response = await fetch(path, {
    method: options.method ?? (sent === undefined ? 'GET' : 'POST'),
    headers: {
      Accept: 'application/json',
      'X-Foldback-Console': '1',
      ...(sent === undefined ? {} : { 'Content-Type': type }),
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  if (response.status === 204) return undefined as T;
  const body = readBody(await response.text());
  if (response.ok) return body as T;
  if (response.status === 401) onSignedOut();
  throw new Problem(
    response.status,
    sentenceOf(body) ?? `The server answered ${response.status}.`,
    codeOf(body),
  );
}

function codeOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('type' in body)) return '';
  return typeof body.type === 'string' ? body.type.replace('/problems/', '') : '';
}

/** Marks that turn the direction of what follows: a name from an event would turn the rest of its line. */
const turning = /[\u202a-\u202e\u2066-\u2069]/gu;

/** What the API says; undefined where it is no JSON. Such marks are shown as what they are: nothing to read. */
function readBody(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) =>
      typeof value === 'string' ? value.replace(turning, '\ufffd') : value,
    );
  } catch {
    return undefined;
  }
}

function sentenceOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  if ('detail' in body && typeof body.detail === 'string') return [body.detail, ...placesIn(body)].join(' ');
  if ('title' in body && typeof body.title === 'string') return body.title;
  return undefined;
}

/** Which fields it is about, and why: a refusal of one in ten fields helps nobody else. */
function placesIn(body: object): readonly string[] {
  if (!('errors' in body) || !Array.isArray(body.errors)) return [];
  return body.errors.slice(0, 3).flatMap((error: unknown) => {
    if (typeof error !== 'object' || error === null) return [];
    if (!('pointer' in error) || !('detail' in error)) return [];
    const field = String(error.pointer).replace(/^\//u, '');
    return field === '' ? [] : [`${field}: ${String(error.detail)}.`];
  });
}
