import { isDict } from '../../src/lib/guards.ts';

/** Members in which scanners write a secret in clear. */
const secretMembers = new Set([
  'Secret',
  'Match',
  'offender',
  'Raw',
  'RawV2',
  'secret',
  'stringsFound',
  'password',
  'raw_source_code_extract',
  'match',
  'TOKEN',
  'KEY',
  'CREDENTIAL',
]);
const windowLength = 6;

/** Whether scanners write a secret in clear under this name, or a text that quotes one. */
export function isSecretMember(name: string): boolean {
  return secretMembers.has(name) || name === 'text';
}

/** Every string in a value, with the name of the member it stands under. */
function* strings(value: unknown, member = ''): Generator<readonly [string, string]> {
  if (typeof value === 'string') yield [member, value];
  else if (Array.isArray(value)) for (const item of value) yield* strings(item, member);
  else if (isDict(value)) for (const [key, item] of Object.entries(value)) yield* strings(item, key);
}

/** The secrets that a record shows: the snippet of a SARIF result too, and what base64 hides. */
export function secretsIn(record: unknown): readonly string[] {
  const found = new Set<string>();
  for (const [member, text] of strings(record)) {
    if (!secretMembers.has(member) && !(member === 'text' && isSnippet(record, text))) continue;
    found.add(text);
    const decoded = Buffer.from(text, 'base64').toString('utf8');
    if (/^[\x20-\x7e\n]{8,}$/u.test(decoded)) found.add(decoded);
  }
  return [...found].filter((text) => text.length >= 8 && !/^(?:redacted|\*+)$/iu.test(text));
}

function isSnippet(record: unknown, text: string): boolean {
  return JSON.stringify(record).includes(`"snippet":{"text":${JSON.stringify(text)}`);
}

/** What of a secret must not be seen anywhere: not the host of a connection, not the frame of a key block. */
function parts(secret: string): readonly string[] {
  if (secret.includes('-----BEGIN')) return secret.split('\n').filter((line) => !line.includes('-----'));
  const password = /^[a-z]+:\/\/[^:@/\s]*:([^@/\s]+)@/u.exec(secret)?.[1];
  return [password ?? secret];
}

/** Windows of six characters of the secrets that stand in a text. Plain words do not count. */
export function survivingParts(text: string, secrets: readonly string[]): readonly string[] {
  const surviving = new Set<string>();
  for (const part of secrets.flatMap(parts)) {
    for (let at = 0; at + windowLength <= part.length; at++) {
      const window = part.slice(at, at + windowLength);
      if (!/^(?:[^\p{L}\p{N}]*(?:\p{Lu}?\p{Ll}*|\p{Lu}*))+$/u.test(window) && text.includes(window))
        surviving.add(window);
    }
  }
  return [...surviving];
}

/** The record with a text put behind every string that is not itself a secret. */
export function withBehind(value: unknown, text: string, member = ''): unknown {
  if (typeof value === 'string') return secretMembers.has(member) ? value : `${value} ${text}`;
  if (Array.isArray(value)) return value.map((item) => withBehind(item, text, member));
  if (!isDict(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withBehind(item, text, key)]));
}

/** The record with every string exchanged for a text. */
export function withEvery(value: unknown, text: string): unknown {
  if (typeof value === 'string') return text;
  if (Array.isArray(value)) return value.map((item) => withEvery(item, text));
  if (!isDict(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withEvery(item, text)]));
}

/** The record as another version of the vendor may send it: members in another order, and more of them. */
export function asNextVersion(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asNextVersion);
  if (!isDict(value)) return value;
  const members = Object.entries(value).map(([key, item]): [string, unknown] => [key, asNextVersion(item)]);
  return Object.fromEntries([[addedMember, { deep: [1, 'text', null] }], ...members.reverse()]);
}

const addedMember = 'added_next_year';

/** The value without the members that `asNextVersion` added, at any depth. */
export function withoutAdded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAdded);
  if (!isDict(value)) return value;
  const members = Object.entries(value).filter(([key]) => key !== addedMember);
  return Object.fromEntries(members.map(([key, item]) => [key, withoutAdded(item)]));
}
