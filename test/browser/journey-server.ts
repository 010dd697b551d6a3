import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from '../../src/access/scope.ts';
import { sealRows } from '../../src/ledger/rows.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { noteWords } from '../../src/loop/note-words.ts';
import { type Sealer, sealLedger } from '../../src/loop/seal.ts';
import { loadPacks } from '../../src/packs/load.ts';
import { shippedPacksDir } from '../../src/packs/pack-folder.ts';
import { wordingsOf } from '../../src/packs/wording.ts';
import { pageWordsSchema } from '../../src/pages/page-words.ts';
import { openDoors, signer } from '../http/doors.ts';
import { day, fakeSecret, hour, leak, monday, shippedPacks, status, testClock } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { builtConsole } from './built-console.ts';
import { listen } from './page-server.ts';

/** An installation in which nothing has happened, and what the world does to it meanwhile. */
export type JourneyServer = {
  readonly origin: string;
  /** What its author has written into the packs instead of the shipped words. */
  readonly sentence: string;
  token(scopes: readonly Scope[]): Promise<string>;
  /** Makes an account, and gives the path by which its owner chooses a password. */
  invite(login: string): Promise<string>;
  /** What the worker would do until nothing is due. */
  settle(): Promise<void>;
  /** Cases of long ago, of which nobody was told. */
  history(n: number): Promise<void>;
  /** A key of Bob's that was found just now; told. */
  live(n: number): Promise<string>;
  /** A case whose every text is as hostile as an event may make it; told. */
  hostile(): Promise<string>;
  /** A scanner says that the key works no more. */
  deadKey(n: number): Promise<void>;
  /** The hold window passes, with the scanners alive. */
  hold(): Promise<void>;
  close(): Promise<void>;
};

const sentence = 'goes into the safe called Harbour';
const pageFile = 'messages/secret-in-repository/phrases.en.yaml';
const holdDays = 60;

function changedPacks() {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-journey-'));
  try {
    cpSync(shippedPacksDir(), folder, { recursive: true });
    // The message says it, and the page behind it.
    for (const name of ['messages/secret-in-repository/told.en.md', pageFile]) {
      const file = join(folder, name);
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replaceAll('belongs in a vault', sentence));
    }
    const loaded = loadPacks(folder, { page: pageWordsSchema });
    if (loaded.kind === 'error') throw new Error(JSON.stringify(loaded.problems));
    return loaded.packs;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Words that a folder of packs once had, in which nothing may be alive. */
const hostileWords = {
  hash: 'e'.repeat(64),
  behaviour: 'secret-in-repository',
  moment: 'closed',
  variant: 'usual',
  language: 'en',
  version: 1,
  parts: [
    {
      name: 'subject',
      text: '<img src=x onerror=alert(1)> <script>alert(2)</script> ](javascript:alert(3))',
    },
    { name: '"><iframe src=//example.com>', text: '<a href="javascript:alert(4)">x</a>' },
  ],
} as const;

export async function startJourneyServer(): Promise<JourneyServer> {
  const [store, consoleFolder] = await Promise.all([lendEmbedded(), builtConsole()]);
  const clock = testClock(monday);
  const packs = changedPacks();
  const quietHours = { from: 0, to: 0 };
  const delivery = { perPersonPerDayMax: 100, releasedPerPersonPerDayMax: 100, quietHours };
  const doors = openDoors({ store, clock, packs, delivery, over: { consoleFolder, packs } });
  const { parts } = doors.house;
  // The server was there with the shipped words, a day before its author changed them.
  clock.set(monday - day);
  await noteWords(parts, [...wordingsOf(shippedPacks()), hostileWords]);
  clock.set(monday);
  await noteWords(parts, wordingsOf(packs));
  const take = (mode: 'live' | 'history', events: Parameters<typeof ingest>[1]['events']) =>
    ingest(parts, { source: 'gitleaks', receivedAt: clock.now(), mode, events });
  const server = await listen(doors.app);
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the console’s server is not listening');
  const sealer: Sealer = {
    seal: (heads, previous, at) => sealRows(heads, previous, at, signer),
    keep: async () => undefined,
    missing: async () => [],
  };
  const settle = async () => {
    await doors.house.settleDown();
    await sealLedger(parts, sealer);
  };
  const found = (n: number, at: number, author: string) =>
    leak({
      at,
      receivedAt: clock.now(),
      source: 'gitleaks',
      secret: fakeSecret(n),
      author,
      provider: 'stripe',
      file: `src/found-${n}.py`,
    });
  let past = 500;
  return {
    origin: `http://127.0.0.1:${bound.port}`,
    sentence,
    token: (scopes) => doors.token(scopes),
    invite: async (login) => {
      const made = await doors.ask('/v1/accounts', {
        token: await doors.token(['admin']),
        json: { login, name: 'Root', roles: ['admin'] },
      });
      return new URL(String(made.json.url)).pathname;
    },
    settle,
    history: async (n) => {
      const events = Array.from({ length: n }, (_, at) => found(past + at, clock.now() - 90 * day, 'bob'));
      past += n;
      await take('history', events);
      await settle();
    },
    live: async (n) => {
      const { loops } = await take('live', [found(n, clock.now() - hour, 'bob')]);
      await settle();
      return loops[0] ?? '';
    },
    hostile: async () => {
      const { loops } = await take('live', [
        leak({
          at: clock.now() - hour,
          receivedAt: clock.now(),
          source: 'gitleaks',
          secret: fakeSecret(90),
          author: 'eve"><img src=x onerror=alert(1)>',
          repository: 'acme/<script>alert(2)</script>',
          file: '[press](javascript:alert(3))/<img src=x onerror=alert(4)>\u202e.py',
        }),
      ]);
      await settle();
      return loops[0] ?? '';
    },
    deadKey: async (n) => {
      // Less than a session may be idle.
      clock.pass(hour / 6);
      const at = clock.now();
      await take('live', [status({ at, secret: fakeSecret(n), validity: 'inactive', source: 'gitleaks' })]);
      await settle();
    },
    hold: async () => {
      for (let passed = 0; passed < holdDays; passed += 1) {
        clock.pass(day);
        await store.transaction((tx) => tx.addSourceDay('gitleaks', clock.now()));
      }
      await settle();
    },
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await store.close();
    },
  };
}
