import { afterAll, beforeAll, beforeEach } from 'vitest';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { LoopRow, Store } from '../../src/ports/store.ts';
import { fakeSecret, hour, type Leak, leak, monday, personOf, testPeople } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { type Answer, browser, type Doors, type DoorsOptions, form, nonceIn, openDoors } from './doors.ts';

export type Told = {
  readonly loop: string;
  readonly path: string;
  readonly secret: string;
  readonly file: string;
};

/** Links that people were sent, and the pages behind them. */
export type ReplyPages = {
  readonly store: Store;
  readonly doors: Doors;
  /** A leak that somebody was told of, and the link they got. */
  told(over?: Partial<Leak>): Promise<Told>;
  linkOf(loop: string): Promise<string>;
  open(path: string): Promise<Answer>;
  /** Opens the page, fills in a form of it and sends it. */
  answer(path: string, fields: Readonly<Record<string, string>>): Promise<Answer>;
  stateOf(loop: string): Promise<LoopRow | undefined>;
  /** Every row of every table that a reply could touch. */
  everything(): Promise<string>;
};

/** One store and its doors for the tests of a file; each test begins on Monday. */
export function replyPages(options: Omit<DoorsOptions, 'store'>): ReplyPages {
  let store: Store;
  let doors: Doors;
  let serial = 500;
  beforeAll(async () => {
    store = await lendEmbedded();
    doors = openDoors({ store, ...options });
  });
  afterAll(() => store?.close());
  beforeEach(() => doors.house.clock.set(monday));

  const linkOf = async (loop: string) => {
    const message = (await store.read.loop(loopPrincipal, loop))?.messages.at(-1);
    const { url } = doors.house.parts.replyLink(message?.id ?? '', message?.to.id ?? '');
    return new URL(url ?? '').pathname;
  };
  const open = (path: string) => doors.ask(path, browser);
  return {
    get store() {
      return store;
    },
    get doors() {
      return doors;
    },
    told: async (over = {}) => {
      serial += 1;
      const secret = fakeSecret(serial);
      const file = `f${serial}.py`;
      const event = leak({ at: monday - hour, receivedAt: monday, secret, author: 'ana', file, ...over });
      const taken = await ingest(doors.house.parts, {
        source: 'scanner',
        receivedAt: monday,
        mode: 'live',
        events: [event],
      });
      await doors.house.settleDown();
      const loop = taken.loops[0] ?? '';
      return { loop, secret, file, path: await linkOf(loop) };
    },
    linkOf,
    open,
    answer: async (path, fields) => {
      const page = await open(path);
      return doors.ask(path, form({ form: nonceIn(page.text), ...fields }));
    },
    stateOf: async (loop) => (await store.read.loop(loopPrincipal, loop))?.loop,
    everything: async () => {
      const { read } = store;
      const loops = await read.loops(loopPrincipal, { limit: 200 });
      const stories = await Promise.all(loops.items.map((row) => read.loop(loopPrincipal, row.id)));
      const ledgers = await Promise.all(loops.items.map((row) => read.ledger(loopPrincipal, row.id)));
      const messages = await read.messages(loopPrincipal, { limit: 200 });
      const totals = await read.totals(loopPrincipal);
      const settings = await read.setting(loopPrincipal, 'claim');
      return JSON.stringify({ stories, ledgers, messages, totals, settings: settings ?? null });
    },
  };
}

/** Readers of two languages, and room for every message of a file of tests in one day. */
export const manyReaders: Omit<DoorsOptions, 'store'> = {
  delivery: { perPersonPerDayMax: 500, releasedPerPersonPerDayMax: 500 },
  people: [...testPeople, personOf('eva', { language: 'es', timeZone: 'Europe/Madrid' })],
};
