import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, vi } from 'vitest';
import { chooseSource } from '../../src/adapters/choose-source.ts';
import { type ReadItem, readEvents } from '../../src/adapters/read-events.ts';
import type { Event } from '../../src/core/event.ts';
import { dictOf } from '../../src/lib/guards.ts';
import { fitsSample, peekRecords } from '../../src/lib/records/peek-records.ts';
import { isRejection, type MapContext, type Source } from '../../src/ports/source.ts';
import { eventProblems } from '../support/event-problems.ts';
import {
  asNextVersion,
  secretsIn,
  survivingParts,
  withBehind,
  withEvery,
  withoutAdded,
} from '../support/secret-survival.ts';
import { sourceContext } from '../support/source-context.ts';
import { contractTest, deepFreeze, hostileTexts, type Skip } from './contract-test.ts';

export type SourceSubject = {
  readonly source: Source;
  /** All sources, which must not take this one's files for theirs. */
  readonly sources: readonly Source[];
  /** For sources whose vendor signs: the headers of a genuine delivery. */
  readonly sign?: (body: Uint8Array, secret: string) => Readonly<Record<string, string>>;
  readonly skip?: readonly Skip[];
};

type Fixture = { readonly name: string; readonly bytes: Uint8Array; readonly expectedPath: string };
type Case = { readonly fixture: string; readonly record: unknown; readonly context: MapContext };

const { receivedAt } = sourceContext;

/** An object that throws where it is taken for a text. */
const textless = { toString: 0, valueOf: 0 };

/** What every source promises: `ports/source.ts`. Set FOLDBACK_WRITE_FIXTURES=1 to write what is expected anew. */
export function sourceContract(subject: SourceSubject): void {
  const { source } = subject;
  const folder = new URL(`../../src/adapters/sources/${source.id}/`, import.meta.url);
  const fixtures = fixturesIn(new URL('fixtures/', folder));

  describe(`source ${source.id}`, () => {
    const { check, checkSkips } = contractTest(subject.skip ?? []);
    afterEach(() => vi.restoreAllMocks());

    check('it is named after its folder, which explains it', () => {
      expect(source.id).toMatch(/^[a-z][a-z\d]*(?:-[a-z\d]+)*$/u);
      const readme = readFileSync(new URL('README.md', folder), 'utf8');
      for (const heading of ['## What it sends', '## Switch it on', '## What is kept', '## Sources'])
        expect(readme).toContain(heading);
      expect(source.title.trim()).not.toBe('');
    });

    check('its fixtures show what speaks and what stays silent', async () => {
      const counts = await Promise.all(fixtures.map(async (fixture) => (await read(fixture, source)).length));
      expect(counts.filter((count) => count > 0).length).toBeGreaterThan(0);
      expect(counts.filter((count) => count === 0).length).toBeGreaterThan(0);
    });

    check('its files are recognised without a name, and by no other source', async () => {
      for (const fixture of fixtures) {
        const { sample, isNothing } = await peekRecords([fixture.bytes]);
        if (isNothing) continue;
        expect([fixture.name, chooseSource(sample, subject.sources)?.id]).toEqual([fixture.name, source.id]);
        expect([fixture.name, chooseSource(sample, subject.sources.toReversed())?.id]).toEqual([
          fixture.name,
          source.id,
        ]);
      }
    });

    check('its fixtures give exactly what is written down', async () => {
      for (const fixture of fixtures) {
        const items = (await read(fixture, source)).map((item) => ('event' in item ? item.event : item));
        if (process.env.FOLDBACK_WRITE_FIXTURES === '1')
          writeFileSync(fixture.expectedPath, `${JSON.stringify(items, null, 2)}\n`);
        expect(items).toEqual(JSON.parse(readFileSync(fixture.expectedPath, 'utf8')));
      }
    });

    check('what is nothing is refused without a throw', () => {
      for (const nothing of [null, undefined, [], '', {}, 0, true, [null], [[]]]) {
        const result = source.map(nothing, sourceContext);
        expect(isRejection(result) ? [] : result).toEqual([]);
      }
      for (const sample of [null, undefined, [], '', {}, 0, [null]]) {
        for (const format of ['json', 'lines', 'csv', 'empty'] as const)
          expect(source.recognise({ format, first: sample })).toBe(0);
      }
    });

    check('every event is valid and comes from this source', async () => {
      for (const { fixture, event } of eventsOf(await cases(), source)) {
        expect([fixture, eventProblems(event)]).toEqual([fixture, []]);
        expect(event.source).toBe(source.id);
        expect(event.receivedAt).toBe(receivedAt);
      }
    });

    check('the record is left as it was', async () => {
      for (const { record, context } of await cases())
        source.map(deepFreeze(structuredClone(record)), { ...context });
    });

    check('the same record gives the same events, without clock, randomness or environment', async () => {
      const all = await cases();
      const first = all.map(({ record, context }) => source.map(record, context));
      const refuse = (): never => {
        throw new Error('a source has no clock and no randomness of its own');
      };
      vi.spyOn(Date, 'now').mockImplementation(refuse);
      vi.spyOn(Math, 'random').mockImplementation(refuse);
      expect(all.map(({ record, context }) => source.map(structuredClone(record), context))).toEqual(first);
    });

    check('a report that is sent again, later, gives the same ids', async () => {
      const all = await cases();
      const ids = (context: Partial<MapContext>) =>
        eventsOf(all, source, context).map(({ event }) => event.id);
      expect(ids({ receivedAt: receivedAt + 86_400_000 })).toEqual(ids({}));
      expect(eventsOf(all, source).map(({ event }) => event.fingerprints)).toEqual(
        eventsOf(all, source, { receivedAt: receivedAt + 86_400_000 }).map(({ event }) => event.fingerprints),
      );
    });

    check('added members and another order of members change nothing', async () => {
      for (const { fixture, record, context } of await cases()) {
        const document =
          context.document === undefined ? {} : { document: dictOf(asNextVersion(context.document)) ?? {} };
        const next = source.map(asNextVersion(record), { ...context, ...document });
        // What a vendor puts into its own request or answer is kept with it; a new member beside them is not.
        const kept = isRejection(next) ? next : next.map(withoutAddedBelow);
        expect([fixture, kept]).toEqual([fixture, source.map(record, context)]);
      }
    });

    check('no part of a secret survives, wherever it stood', async () => {
      for (const { fixture, record, context } of await cases()) {
        const secrets = secretsIn(record);
        for (const value of [
          record,
          ...secrets.map((secret) => withBehind(record, secret)),
          withBehind(record, secrets.join(' ')),
        ]) {
          const result = source.map(value, context);
          expect([fixture, survivingParts(JSON.stringify(result), secrets)]).toEqual([fixture, []]);
        }
      }
    });

    check('hostile text is taken as text', async () => {
      for (const { fixture, record, context } of await cases()) {
        for (const text of hostileTexts) {
          for (const value of [withEvery(record, text), withBehind(record, text)]) {
            const result = source.map(value, context);
            const problems = isRejection(result) ? [] : result.flatMap(eventProblems);
            expect([fixture, text.slice(0, 40), problems]).toEqual([fixture, text.slice(0, 40), []]);
          }
        }
      }
    });

    check('members of another kind than expected do not make it throw', async () => {
      for (const { record, context } of await cases()) {
        for (const other of [null, 0, -1, 1e308, true, [], {}, [[]], 'x', { a: { a: {} } }, textless]) {
          for (const value of withEachMember(record, other)) source.map(value, context);
        }
      }
    });

    if (source.webhook?.auth === 'signature') checkSignature(check, source, subject.sign);
    checkSkips();

    async function cases(): Promise<readonly Case[]> {
      return (await Promise.all(fixtures.map((fixture) => recordsOf(fixture, source)))).flat();
    }
  });
}

function checkSignature(
  check: (name: string, body: () => void) => void,
  source: Source,
  sign: SourceSubject['sign'],
): void {
  const body = Buffer.from('{"zen":"Keep it logically awesome.","umlaut":"ä < \\u003c"}');
  const secret = 'a shared secret of the test';
  const verify = (headers: Readonly<Record<string, string>>, bytes: Uint8Array, secrets: readonly string[]) =>
    source.webhook?.verify({ headers, body: bytes, receivedAt }, secrets);
  const signed = (): Readonly<Record<string, string>> => {
    if (sign === undefined) throw new Error('the test does not know how this vendor signs');
    return sign(body, secret);
  };

  check('a genuine delivery is taken, under any of the secrets', () => {
    expect(verify(signed(), body, [secret])).toMatchObject({ ok: true });
    expect(verify(signed(), body, ['an older one', secret])).toMatchObject({ ok: true });
  });

  check('one flipped bit, in the body or the signature, is refused', () => {
    for (const at of [0, 10, body.length - 1]) {
      const flipped = Uint8Array.from(body);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect(verify(signed(), flipped, [secret])).toEqual({ ok: false, reason: 'bad-signature' });
    }
    for (const [name, value] of Object.entries(signed()).filter(([header]) => header.includes('signature'))) {
      const last = value.endsWith('0') ? '1' : '0';
      expect(verify({ ...signed(), [name]: `${value.slice(0, -1)}${last}` }, body, [secret])).toMatchObject({
        ok: false,
      });
      expect(verify({ ...signed(), [name]: '' }, body, [secret])).toMatchObject({ ok: false });
      expect(verify({ ...signed(), [name]: 'sha256=' }, body, [secret])).toMatchObject({ ok: false });
    }
    expect(verify(signed(), body, ['another secret'])).toEqual({ ok: false, reason: 'bad-signature' });
    expect(verify({}, body, [secret])).toEqual({ ok: false, reason: 'missing-signature' });
  });

  check('an empty secret is refused, also one that signed', () => {
    const forged = sign?.(body, '') ?? {};
    expect(verify(forged, body, [])).toEqual({ ok: false, reason: 'no-secret' });
    expect(verify(forged, body, [''])).toEqual({ ok: false, reason: 'no-secret' });
    expect(verify(forged, body, ['', secret])).toEqual({ ok: false, reason: 'bad-signature' });
  });
}

/** The event without what a next version added below the first level of the vendor's record. */
function withoutAddedBelow(event: Event): unknown {
  const record = Object.entries(event.record).map(([key, value]) => [key, withoutAdded(value)]);
  return { ...event, record: Object.fromEntries(record) };
}

function fixturesIn(folder: URL): readonly Fixture[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.endsWith('.expected.json'))
    .map((name) => ({
      name,
      bytes: readFileSync(new URL(name, folder)),
      expectedPath: new URL(name.replace(/\.[^.]+$/u, '.expected.json'), folder).pathname,
    }));
}

async function read(fixture: Fixture, source: Source): Promise<readonly ReadItem[]> {
  const items: ReadItem[] = [];
  const options = { source, sources: [], context: sourceContext, fileName: fixture.name };
  for await (const item of readEvents([fixture.bytes], options)) items.push(item);
  return items;
}

async function recordsOf(fixture: Fixture, source: Source): Promise<readonly Case[]> {
  const peeked = await peekRecords([fixture.bytes]);
  const shape = source.shapes.find((candidate) => fitsSample(candidate, peeked.sample));
  const found: Case[] = [];
  if (shape === undefined) return found;
  for await (const batch of peeked.records(shape)) {
    for (const item of batch) {
      if (item.kind !== 'record') continue;
      const document = item.context === undefined ? {} : { document: item.context };
      found.push({ fixture: fixture.name, record: item.value, context: { ...sourceContext, ...document } });
    }
  }
  return found;
}

function eventsOf(
  cases: readonly Case[],
  source: Source,
  changed: Partial<MapContext> = {},
): readonly { readonly fixture: string; readonly event: Event }[] {
  return cases.flatMap(({ fixture, record, context }) => {
    const result = source.map(record, { ...context, ...changed });
    return isRejection(result) ? [] : result.map((event) => ({ fixture, event }));
  });
}

/** The record once for each member at any depth, with that member exchanged. */
function* withEachMember(value: unknown, other: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    const put = (changed: unknown): unknown =>
      Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
    yield put(other);
    for (const inner of withEachMember(member, other)) yield put(inner);
  }
}
