import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { channels, sources } from '../../src/adapters/index.ts';
import { type App, openApp } from '../../src/app.ts';
import { keyToText } from '../../src/config/key-text.ts';
import { newKeySet } from '../../src/config/keys.ts';
import { loadConfigOrThrow } from '../../src/config/load.ts';
import type { Event } from '../../src/core/event.ts';
import type { Lock } from '../../src/lib/lock-file.ts';
import { createLog } from '../../src/lib/log.ts';
import { lockData } from '../../src/serve.ts';
import { fakeSecret, hour, leak, monday } from '../support/house.ts';

/** What a process needs to go on where a killed one ended. */
export const crashSettings = z.strictObject({
  folder: z.string(),
  /** With its `search_path`; the embedded store when left out. */
  database: z.string().optional(),
  smtpPort: z.int(),
  seed: z.int(),
  round: z.int(),
  /** The first event whose acceptance nobody has heard of. */
  next: z.int(),
  /** Accepted events that are to be answered, as far as nobody has heard that they were. */
  toAnswer: z.array(z.int()),
  /** After this event it ends by itself; otherwise it goes on until it is killed. */
  last: z.int().optional(),
});
export type CrashSettings = z.infer<typeof crashSettings>;

/** The clock of each process begins so much later that every lease of the killed one has run out. */
const roundMs = 120_000;
export const peopleCount = 12;
export const isAnswered = (n: number): boolean => n % 3 === 0;

export function peopleFile(): string {
  const people = Array.from(
    { length: peopleCount },
    (_, at) => `  - { id: p${at}, name: Person ${at}, emails: [p${at}@example.com], team: blue }\n`,
  );
  return `people:\n${people.join('')}teams:\n  - { id: blue, name: Blue, handles: [] }\n`;
}

/** A live leak with a secret that works: urgent, so that no cap and no quiet hour holds its message back. */
export function eventOf(n: number): Event {
  return leak({
    at: monday - hour + n,
    secret: fakeSecret(n),
    author: `p${n % peopleCount}`,
    validity: 'active',
    file: `src/file-${n}.py`,
  });
}

export type CrashApp = { readonly app: App; readonly tokenKey: Uint8Array; close(): Promise<void> };

/** The product as it is composed, live, over the store that a killed process left behind. */
export async function openCrashApp(settings: CrashSettings): Promise<CrashApp> {
  const { folder, database, smtpPort, seed, round } = settings;
  let count = 0;
  const keys = newKeySet(() => {
    count += 1;
    return createHash('sha256').update(`key ${seed} ${count}`).digest();
  });
  const texts = (ring: readonly { readonly key: Uint8Array }[]) => ring.map(({ key }) => keyToText(key));
  const lock: Lock | undefined = database === undefined ? await lockData(join(folder, 'data')) : undefined;
  const file = join(folder, 'foldback.yaml');
  writeFileSync(
    file,
    stringify({
      data: { dir: join(folder, 'data') },
      http: { publicUrl: 'http://127.0.0.1:4400' },
      people: join(folder, 'people.yaml'),
      delivery: { mode: 'live', channel: 'email' },
      channels: {
        email: { host: '127.0.0.1', port: smtpPort, tls: 'none', from: 'foldback@corp.example' },
      },
      log: { level: 'silent' },
      ...(database === undefined
        ? {}
        : {
            database: { url: database },
            keys: {
              fingerprint: texts(keys.fingerprint),
              token: texts(keys.token),
              ledger: texts(keys.ledger),
              assignment: keyToText(keys.assignment.key),
              event: keyToText(keys.event.key),
            },
          }),
    }),
  );
  const { config } = loadConfigOrThrow({
    environment: {},
    folder,
    file,
    adapters: { channels, sources: sources.map(({ id }) => ({ id })) },
  });
  const beganAt = performance.now();
  const clock = { now: () => Math.floor(monday + round * roundMs + performance.now() - beganAt) };
  const app = await openApp({ config, keys, log: createLog({ level: 'silent' }), clock });
  return {
    app,
    tokenKey: keys.token[0].key,
    close: async () => {
      await app.close();
      await lock?.release();
    },
  };
}
