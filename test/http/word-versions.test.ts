import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ingest } from '../../src/loop/ingest.ts';
import { noteWords } from '../../src/loop/note-words.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { forgetDetail } from '../../src/loop/retention.ts';
import { type Wording, wordingsOf } from '../../src/packs/wording.ts';
import type { Store } from '../../src/ports/store.ts';
import { day, fakeSecret, hour, leak, monday, personOf, shippedPacks } from '../support/house.ts';
import { testStores } from '../support/stores.ts';
import { type Doors, openDoors } from './doors.ts';

const sent = z.union([
  z.object({ kind: z.literal('counted'), messages: z.int(), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal('few') }),
]);
const listShape = z.object({
  items: z.array(
    z.object({
      hash: z.string().optional(),
      moment: z.string(),
      variant: z.string(),
      language: z.string(),
      version: z.int(),
      isCurrent: z.boolean(),
      loadedAt: z.string().optional(),
      replacedAt: z.string().optional(),
      sent: sent.optional(),
      written: sent.optional(),
      experiments: z.array(z.object({ id: z.string(), arm: z.string(), state: z.string() })),
    }),
  ),
  isCut: z.boolean(),
});
const versionShape = z.object({
  against: z.object({ version: z.int() }).optional(),
  parts: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      text: z.array(z.object({ kind: z.string(), text: z.string() })),
    }),
  ),
});

const behaviour = 'secret-in-repository';
const hostile = '<script>alert(1)</script> {thing} ](javascript:x) ‮';
const current = wordingsOf(shippedPacks());
const told = current.find(
  (one) =>
    one.behaviour === behaviour && one.moment === 'told' && one.language === 'en' && one.variant === 'usual',
) as Wording;
/** What a server had before: another step, one part more, one fewer. */
const earlier: Wording = {
  ...told,
  hash: 'ab'.repeat(32),
  version: told.version,
  parts: [...told.parts.filter(({ name }) => name !== 'clue'), { name: 'old part', text: hostile }].map(
    (part) => (part.name === 'subject' ? { ...part, text: `Look: ${part.text}` } : part),
  ),
};

for (const { name, skip, open } of testStores()) {
  describe.skipIf(skip !== undefined)(`the versions of words, ${name}`, () => {
    let store: Store;
    let doors: Doors;
    let reader: string;
    const list = async (token: string) => {
      const { status, json } = await doors.ask(`/v1/behaviours/${behaviour}/versions`, { token });
      expect(status).toBe(200);
      return listShape.parse(json).items;
    };
    const find = (items: Awaited<ReturnType<typeof list>>, hash: string) =>
      items.find((item) => item.hash === hash);
    const version = (hash: string, query = '', token = reader) =>
      doors.ask(`/v1/behaviours/${behaviour}/versions/${hash}${query}`, { token });

    beforeAll(async () => {
      store = await open();
      const people = Array.from({ length: 6 }, (_, n) => personOf(`p${n}`));
      doors = openDoors({ store, people });
      const { parts, clock, settleDown } = doors.house;
      reader = await doors.token(['behaviours:read', 'measures:read']);
      await noteWords(parts, [...current.filter(({ hash }) => hash !== told.hash), earlier]);
      clock.pass(hour);
      await noteWords(parts, current);
      clock.pass(hour);
      await noteWords(parts, current);
      await ingest(parts, {
        source: 'scanner',
        receivedAt: clock.now(),
        mode: 'live',
        events: people.map(({ id }, n) =>
          leak({
            at: monday - hour,
            receivedAt: clock.now(),
            secret: fakeSecret(n),
            author: id,
            file: `${n}`,
          }),
        ),
      });
      await settleDown();
    });
    afterAll(() => store?.close());

    test('say since when a server had them, and when it had others; what is said now has no end', async () => {
      const items = await list(reader);
      expect(find(items, earlier.hash)).toMatchObject({
        isCurrent: false,
        loadedAt: new Date(monday).toISOString(),
        replacedAt: new Date(monday + hour).toISOString(),
      });
      const now = find(items, told.hash);
      expect(now).toMatchObject({ isCurrent: true, loadedAt: new Date(monday + hour).toISOString() });
      expect(now?.replacedAt).toBeUndefined();
      expect(items.filter(({ isCurrent }) => isCurrent)).toHaveLength(
        current.filter((one) => one.behaviour === behaviour).length,
      );
    });

    test('say how many messages had them, to whoever may read measures of all teams, and of five people or more', async () => {
      const { messages } = await store.read.messages(loopPrincipal, { limit: 100 }).then(({ items }) => ({
        messages: items.filter((one) => one.moment === 'told' || one.moment === 'asked'),
      }));
      const moment = messages[0]?.moment ?? '';
      expect(messages).toHaveLength(6);
      const said = (items: Awaited<ReturnType<typeof list>>) =>
        items
          .filter((item) => item.sent?.kind === 'counted')
          .map(({ sent: of, ...item }) => ({ ...item, of }));
      const [counted, ...others] = said(await list(reader)).filter(({ version: n }) => n === told.version);
      expect(others.every((item) => item.moment === moment && item.language === 'en')).toBe(true);
      expect(counted).toMatchObject({ moment, variant: 'usual', language: 'en' });
      expect(counted?.of).toEqual({ kind: 'counted', messages: 6, from: '2026-11-23', to: '2026-11-23' });

      // Two of them had other words: they are under five, and what is left of six are four.
      const [one, two] = messages;
      const other = (snapshot: unknown) => ({ ...(snapshot as object), version: `${behaviour}@77/usual` });
      await store.transaction((tx) =>
        tx.recordMessages(
          [one, two].flatMap((row) =>
            row === undefined
              ? []
              : [{ id: row.id, state: 'accepted' as const, snapshot: other(row.snapshot) }],
          ),
        ),
      );
      const after = await list(reader);
      expect(said(after)).toEqual([]);
      const unkept = after.find(({ version: n }) => n === 77);
      expect(unkept).toMatchObject({ moment, isCurrent: false, sent: { kind: 'few' } });
      expect(unkept?.hash).toBeUndefined();
      // That is how a version looks which nobody was told, too.
      expect(after.find(({ moment: at }) => at === 'closed')?.sent).toEqual({ kind: 'few' });
      await store.transaction((tx) =>
        tx.recordMessages(
          [one, two].flatMap((row) =>
            row?.snapshot === undefined
              ? []
              : [{ id: row.id, state: 'accepted' as const, snapshot: row.snapshot }],
          ),
        ),
      );
      expect(said(await list(reader))).not.toEqual([]);

      for (const [scopes, teams] of [
        [['behaviours:read'], undefined],
        [['behaviours:read', 'measures:read'], ['blue']],
      ] as const) {
        const token = await doors.token(scopes, teams === undefined ? {} : { teams });
        const items = await list(token);
        expect(items.length).toBeGreaterThan(10);
        expect(items.some((item) => item.sent !== undefined || item.written !== undefined)).toBe(false);
        expect(items.some(({ version: n }) => n === 77)).toBe(false);
      }
    });

    test('show what changed between two of them, part by part, as text', async () => {
      const { status, json } = await version(told.hash, `?against=${earlier.hash}`);
      expect(status).toBe(200);
      const { parts, against } = versionShape.parse(json);
      expect(against?.version).toBe(earlier.version);
      const part = (of: string) => parts.find((one) => one.name === of);
      expect(part('subject')).toMatchObject({
        kind: 'changed',
        text: [
          { kind: 'taken', text: expect.stringContaining('Look:') },
          { kind: 'added' },
          { kind: 'same' },
        ],
      });
      expect(part('clue')).toMatchObject({ kind: 'added' });
      expect(part('old part')).toEqual({
        name: 'old part',
        kind: 'taken',
        text: [{ kind: 'taken', text: hostile }],
      });
      expect(part('step')?.kind).toBe('same');
      const alone = versionShape.parse((await version(earlier.hash)).json);
      expect(alone.parts.every(({ kind }) => kind === 'same')).toBe(true);
      expect(alone.parts.map(({ name: of }) => of)).toContain('{found}');
    });

    test('of another behaviour, another moment, or with a name that is none are refused', async () => {
      const closed = current.find(
        (one) => one.behaviour === behaviour && one.moment === 'closed' && one.language === 'en',
      );
      const elsewhere = current.find((one) => one.behaviour !== behaviour);
      expect((await version(told.hash, `?against=${closed?.hash}`)).status).toBe(400);
      expect((await version(told.hash, `?against=${elsewhere?.hash}`)).status).toBe(404);
      expect((await version(elsewhere?.hash ?? '')).status).toBe(404);
      expect((await version(told.hash, '?against=x')).status).toBe(400);
      expect((await version(told.hash, `?against=${told.hash}&against=${earlier.hash}`)).status).toBe(400);
      for (const hash of [
        'x',
        '%00',
        '..%2f..',
        "'%20or%201=1",
        '%F0%9F',
        'ab'.repeat(5_000),
        `${told.hash}%0a`,
      ])
        expect((await version(hash)).status, hash).toBe(404);
      for (const of of ['no-such', '__proto__', 'constructor', '%2e%2e', 'a'.repeat(5_000)])
        expect((await doors.ask(`/v1/behaviours/${of}/versions`, { token: reader })).status, of).toBe(404);
      const stranger = await doors.token(['loops:read']);
      expect((await version(told.hash, '', stranger)).status).toBe(403);
    });

    test('are counted no longer when the messages are forgotten; the words stay', async () => {
      doors.house.clock.pass(500 * day);
      const retention = {
        eventDays: 90,
        outcomeDays: 396,
        messageDays: 396,
        refusedReplyDays: 90,
        auditDays: 1095,
      };
      const gone = await forgetDetail(doors.house.parts, retention);
      expect(gone.messages).toBeGreaterThanOrEqual(6);
      expect(await store.read.wordsSent(loopPrincipal, behaviour)).toEqual([]);
      const later = await doors.token(['behaviours:read', 'measures:read']);
      expect(find(await list(later), earlier.hash)?.sent).toEqual({ kind: 'few' });
    });
  });
}
