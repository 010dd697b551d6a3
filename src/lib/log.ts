import { type DestinationStream, destination, type Logger, pino } from 'pino';

export type Log = Pick<
  Logger,
  'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child' | 'isLevelEnabled'
>;
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export type LogOptions = {
  readonly level?: LogLevel;
  /** Values that must never appear, wherever they stand: keys and passwords from the configuration. */
  readonly secrets?: readonly string[];
  /** Where lines go; standard error unless told, because standard output is for data. */
  readonly stream?: DestinationStream;
};

export const removed = '[removed]';

/** Shorter values would be found inside ordinary words. */
const secretLengthMin = 6;

// Members and headers that are secret by their name, at any depth and in any case, also inside JSON inside a string.
const secretNames =
  'authorization|proxy-authorization|cookie|set-cookie|x-api-key|x-hub-signature(?:-256)?|webhook-signature|' +
  'password|passwd|secrets?|token|apikey|api_key|privatekey|private_key|seed|clientsecret|client_secret';
const secretMember = new RegExp(`(\\\\{0,15})"(?:${secretNames})\\1"\\s?:\\s?`, 'giu');
// Links whose path is the credential, as a path, inside an address, or percent-encoded in a query.
const tokenPaths = /((?:\/|%2f)(?:r|claim)(?:\/|%2f))[0-9a-z_~.%-]{6,}/giu;
// Our own tokens, `access/token.ts`.
const ownTokens = /\bfbl_[a-z]+_[0-9A-Za-z]+/gu;
const bearer = /\b(bearer\s)[0-9a-z+/_~.=-]{8,}/giu;
const authorization = /\b(authorization\W{1,4}(?:basic|digest|token)\s)[^\s"\\]+/giu;
const userInfo = /([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@"'\\]{0,256}:[^\s/@"'\\]{0,256}@/giu;
// What JSON leaves as it is but a terminal, a viewer or a line splitter obeys: C1 controls, DEL, line separators,
// bidirectional and invisible characters.
const loud = /[\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * A log that writes JSON lines. What is secret by its place (headers, links, our tokens, user:password@) or by its
 * value (`secrets`) is taken out of the finished line, so that no message, error or nested object escapes; controls
 * are written as `\u…`, so that a line is one line everywhere.
 */
export function createLog(options: LogOptions = {}): Log {
  const clean = cleaner(options.secrets ?? []);
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // An error has no members of its own: without this its message and cause would be lost.
      serializers: { error: pino.stdSerializers.err },
      hooks: { streamWrite: clean },
    },
    options.stream ?? destination({ fd: 2, sync: true }),
  );
}

/** What `createLog` does to a line, for text that goes elsewhere (a crash message on the screen). */
export function cleanText(text: string, secrets: readonly string[] = []): string {
  return cleaner(secrets)(text);
}

function cleaner(secrets: readonly string[]): (line: string) => string {
  const spelled = secrets
    .filter((secret) => secret.length >= secretLengthMin)
    // As it stands, as JSON spells it, and as a URL spells it.
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret.toWellFormed()),
    ])
    .toSorted((left, right) => right.length - left.length);
  return (line) => {
    let text = line;
    for (const secret of spelled) text = text.replaceAll(secret, removed);
    return withoutSecretMembers(text)
      .replace(tokenPaths, `$1${removed}`)
      .replace(ownTokens, `fbl_${removed}`)
      .replace(bearer, `$1${removed}`)
      .replace(authorization, `$1${removed}`)
      .replace(userInfo, `$1${removed}@`)
      .replace(loud, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  };
}

function withoutSecretMembers(text: string): string {
  let kept = '';
  let from = 0;
  secretMember.lastIndex = 0;
  for (let match = secretMember.exec(text); match !== null; match = secretMember.exec(text)) {
    const escapes = match[1] ?? '';
    const end = valueEnd(text, secretMember.lastIndex, escapes.length);
    if (end === undefined) continue;
    kept += `${text.slice(from, secretMember.lastIndex)}${escapes}"${removed}${escapes}"`;
    from = end;
    secretMember.lastIndex = end;
  }
  return kept + text.slice(from);
}

/**
 * Where a JSON string, or a list of strings, that begins here ends; undefined for other values. Inside JSON inside a
 * string every quotation mark carries `escapes` backslashes, and those of the value itself more.
 */
function valueEnd(text: string, start: number, escapes: number): number | undefined {
  const isList = text.charAt(start) === '[';
  if (!isList && text.charAt(start + escapes) !== '"') return undefined;
  let isInside = false;
  for (let at = start, run = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') {
      run += 1;
      continue;
    }
    // Fewer backslashes: the string around the inner JSON ends here, and the value was cut off.
    if (character === '"' && run < escapes) return at - run;
    if (character === '"' && (!isInside || run % (2 * (escapes + 1)) === escapes)) {
      isInside = !isInside;
      if (!isInside && !isList) return at + 1;
    } else if (character === ']' && isList && !isInside) return at + 1;
    run = 0;
  }
  return text.length;
}
