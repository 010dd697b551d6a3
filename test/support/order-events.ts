import fc from 'fast-check';
import type { Event, Validity } from '../../src/core/event.ts';
import { makeEvent } from '../../src/core/make-event.ts';
import { keyedHash } from '../../src/lib/hmac.ts';
import { day, fakeSecret, hour, monday, testFingerprinter, testKeys } from './house.ts';

/** What is chosen of an event; small pools, so that events often speak of the same thing in another way. */
export type Spec = {
  readonly kind: 'committed' | 'status' | 'location';
  readonly source: 'scanner' | 'github' | 'other';
  /** Undefined: the source hid it. */
  readonly secret?: number;
  readonly alert?: number;
  readonly commit?: number;
  readonly line: number;
  readonly columns?: readonly [number, number];
  readonly provider: 'aws' | 'stripe' | 'generic';
  readonly isTestData: boolean;
  readonly author?: 'ana' | 'bob' | 'leo';
  /** Hours before the Monday. */
  readonly hoursAgo: number;
  readonly seenHoursAgo: number;
  readonly validity: Validity;
  readonly isNotVerified: boolean;
  readonly state?: 'open' | 'resolved';
};

const perhaps = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const spec: fc.Arbitrary<Spec> = fc
  .record({
    kind: fc.constantFrom('committed', 'committed', 'committed', 'status', 'location'),
    source: fc.constantFrom('scanner', 'github', 'other'),
    secret: perhaps(fc.integer({ min: 0, max: 2 })),
    alert: perhaps(fc.integer({ min: 1, max: 2 })),
    commit: perhaps(fc.integer({ min: 1, max: 2 })),
    line: fc.integer({ min: 1, max: 2 }),
    columns: perhaps(fc.constantFrom<readonly [number, number]>([5, 40], [8, 44], [5, 12])),
    provider: fc.constantFrom('aws', 'stripe', 'generic'),
    isTestData: fc.boolean(),
    author: perhaps(fc.constantFrom('ana', 'bob', 'leo')),
    hoursAgo: fc.constantFrom(0, 1, 2, 30, 80, 900),
    seenHoursAgo: fc.constantFrom(0, 1, 20),
    validity: fc.constantFrom<Validity>('unknown', 'active', 'inactive'),
    isNotVerified: fc.boolean(),
    state: perhaps(fc.constantFrom('open', 'resolved')),
  })
  .map(({ secret, alert, commit, columns, author, state, ...rest }) => ({
    ...rest,
    ...(secret === undefined ? {} : { secret }),
    ...(alert === undefined ? {} : { alert }),
    ...(commit === undefined ? {} : { commit }),
    ...(columns === undefined ? {} : { columns }),
    ...(author === undefined ? {} : { author }),
    ...(state === undefined ? {} : { state }),
  }));

/** Everything on one line of one commit: what joins by its place and what does not. */
const oneLine = spec.map(
  (given): Spec => ({ ...given, commit: 1, line: 1, columns: given.columns ?? [5, 40] }),
);

/** Sets of events of which each stands once, whatever it is reported as. */
export function eventSpecs(most: number): fc.Arbitrary<readonly Spec[]> {
  return fc.oneof(setOf(spec, most), setOf(oneLine, most));
}

function setOf(one: fc.Arbitrary<Spec>, most: number): fc.Arbitrary<readonly Spec[]> {
  return fc.uniqueArray(one, { minLength: 1, maxLength: most, selector: (given) => eventOf(given, '').id });
}

/** Another report of one of the events, on another day or of another state: the same event, with news perhaps. */
export type Again = {
  readonly of: number;
  readonly validity: Validity;
  readonly isNotVerified: boolean;
  readonly seenHoursAgo: number;
};

export const again: fc.Arbitrary<Again> = fc.record({
  of: fc.nat(99),
  validity: fc.constantFrom<Validity>('unknown', 'active', 'inactive'),
  isNotVerified: fc.boolean(),
  seenHoursAgo: fc.constantFrom(0, 1, 20),
});

/** The events with their repetitions. What a status says is part of what it is, so it is repeated as it stands. */
export function reports(specs: readonly Spec[], repeated: readonly Again[]): readonly Spec[] {
  const more = repeated.flatMap(({ of, ...news }): readonly Spec[] => {
    const spec = specs[of % specs.length];
    if (spec === undefined) return [];
    return [spec.kind === 'committed' ? { ...spec, ...news } : spec];
  });
  return [...specs, ...more];
}

/** `salt` keeps the events, secrets and people of one run apart from those of another. */
export function eventOf(given: Spec, salt: string): Event {
  const occurredAt = monday - given.hoursAgo * hour;
  const receivedAt = Math.max(occurredAt, monday - given.seenHoursAgo * hour);
  const { secret, alert, commit, columns, author, state, validity } = given;
  const who = author === undefined ? undefined : `${author}${salt}`;
  const isAlert = given.source === 'github';
  return makeEvent(
    {
      source: given.source,
      kind: `secret.${given.kind}`,
      id: [given.kind === 'status' ? `${state} ${validity}` : '', alert, given.hoursAgo, author],
      occurredAt,
      where: {
        repository: `acme/shop${salt}`,
        file: given.isTestData ? 'test/data.py' : 'src/config.py',
        line: given.line,
        ...(commit === undefined ? {} : { commit: salted(commit, salt) }),
        ...(columns === undefined ? {} : { startColumn: columns[0], endColumn: columns[1] }),
      },
      leads: who === undefined ? [] : [{ kind: 'commit-author', name: who, email: `${who}@example.com` }],
      actor:
        who === undefined ? { type: 'unknown' } : { type: 'person', name: who, email: `${who}@example.com` },
      secret: {
        provider: given.provider,
        rule: given.provider,
        value: secret === undefined ? 'REDACTED' : fakeSecret(Number.parseInt(`${secret + 1}${salt}`, 10)),
        validity,
        ...(validity === 'unknown' && given.isNotVerified ? { validityNote: 'not verified' } : {}),
      },
      strong:
        isAlert && alert !== undefined
          ? [{ kind: 'provider-id', parts: ['github', `acme/shop${salt}`, String(alert)] }]
          : [],
      record: state === undefined ? {} : { state },
    },
    {
      receivedAt,
      fingerprint: testFingerprinter,
      eventId: (parts) => keyedHash(testKeys.event)([salt, ...parts]),
    },
  );
}

/** A commit of its own for each run: forty hex digits. */
function salted(commit: number, salt: string): string {
  return keyedHash(testKeys.event)(['commit', String(commit), salt], 160);
}

export const suppressionDays = 10 * day;
