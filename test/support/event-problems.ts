import { type Event, eventKinds } from '../../src/core/event.ts';

const hex32 = /^[0-9a-f]{32}$/u;
/** A kept event of a record of any size stays small: a million of them are stored. */
const eventCharsMax = 32 * 1024;

/** What is wrong with an event, in words; nothing when it is as `core/event.ts` has it. */
export function eventProblems(event: Event): readonly string[] {
  const text = JSON.stringify(event);
  const { where, secret } = event;
  const rules: readonly (readonly [string, boolean])[] = [
    ['the id is not 32 hex digits', hex32.test(event.id)],
    ['the kind is unknown', eventKinds.includes(event.kind)],
    [
      'the times are not whole milliseconds',
      Number.isInteger(event.occurredAt) && Number.isInteger(event.receivedAt),
    ],
    ['it happened after it was received', event.occurredAt <= event.receivedAt + 24 * 3600 * 1000],
    [
      'the commit is not 40 or 64 hex digits',
      where.commit === undefined || /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(where.commit),
    ],
    [
      'the line is not a whole number from 1',
      where.line === undefined || (Number.isInteger(where.line) && where.line > 0),
    ],
    ['a fingerprint is not 32 hex digits', event.fingerprints.every(({ value }) => hex32.test(value))],
    [
      'a fingerprint stands twice',
      new Set(event.fingerprints.map((one) => JSON.stringify(one))).size === event.fingerprints.length,
    ],
    [
      'a secret has no place',
      secret === undefined || event.fingerprints.some(({ kind }) => kind === 'place'),
    ],
    [
      'a secret has content but no length',
      event.fingerprints.every(({ kind }) => kind !== 'content') || secret?.length !== undefined,
    ],
    [
      'more than four characters are shown',
      secret?.lastFour === undefined || (secret.lastFour.length === 4 && (secret.length ?? 0) >= 20),
    ],
    [
      'the mask has no type',
      secret === undefined || /^\[secret:[a-z\d-]+(?: ….{4})? #[0-9a-f]{6}\]$/u.test(secret.mask),
    ],
    [
      'it holds NUL or half a character',
      !text.includes('\\u0000') && text.isWellFormed() && !/\\ud[89a-f]/u.test(text),
    ],
    ['it is too large', text.length <= eventCharsMax],
    ['it does not survive JSON', JSON.stringify(JSON.parse(text)) === text],
  ];
  return rules.filter(([, isRight]) => !isRight).map(([problem]) => problem);
}
