import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type App, openApp } from '../../src/app.ts';
import { createLog } from '../../src/lib/log.ts';
import { ingest } from '../../src/loop/ingest.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { fakeSecret, hour, leak, status } from '../support/house.ts';
import { type TestInstallation, testKeySet } from '../support/installation.ts';
import type { FarSide, FarSideOptions } from './far-sides.ts';

/** What one case says, in this order: told, verified, told again, verified again. */
const steps = [undefined, 'inactive', 'active', 'inactive'] as const;
export const deliveriesPerCase = steps.length;
const cohorts = 8;
const batchSize = 25;

export type SoakWorker = { kill(): Promise<void>; stop(): Promise<void> };

export type SoakOptions = {
  readonly place: TestInstallation;
  readonly openSide: (options: FarSideOptions) => Promise<FarSide>;
  readonly cases: number;
  readonly seed: number;
  readonly share: number;
  readonly clock: Clock;
  /** Starts a worker on the installation. */
  readonly begin: (world: SoakWorld) => Promise<SoakWorker>;
  /** How often one of the two workers is killed and another started. */
  readonly kills: number;
  readonly minutesMax: number;
  /** How often it is looked how far everything is. */
  readonly lookEveryMs: number;
};

export type SoakWorld = {
  readonly side: FarSide;
  /** Settings, as `foldback.yaml` would have them. */
  readonly settings: Readonly<Record<string, unknown>>;
};

export type SoakFigures = {
  readonly channel: string;
  readonly deliveries: number;
  readonly faults: number;
  readonly kills: number;
  /** Different messages that arrived. */
  readonly arrived: number;
  /** Arrivals under an id that had arrived: only where a receiver knows an id again. */
  readonly repeated: number;
  readonly doubled: number;
  readonly uncertain: number;
  /** Said to be accepted, and never arrived; or never said at all. */
  readonly lost: number;
  readonly misordered: number;
};

/** Says many things over one channel that fails in every way, with two workers of which some are killed. */
export async function soak(options: SoakOptions): Promise<SoakFigures> {
  const { place, cases, clock } = options;
  const emails = Array.from({ length: cases }, (_, n) => `p${n}@example.com`);
  const side = await options.openSide({ emails, random: seeded(options.seed), share: options.share });
  const people = join(place.dir, 'people.yaml');
  writeFileSync(people, peopleFile(cases));
  const settings = {
    people,
    http: { publicUrl: 'http://127.0.0.1:4400' },
    delivery: {
      mode: 'live',
      channel: side.channel,
      perPersonPerDayMax: 50,
      attemptsMax: 50,
      quietHours: { from: '00:00', to: '00:00' },
    },
    channels: { [side.channel]: side.settings },
  };
  const app = await openApp({
    config: place.config({ ...settings, delivery: { ...settings.delivery, channel: 'outbox' } }),
    keys: testKeySet('soak'),
    log: createLog({ level: 'silent' }),
    clock,
  });
  const world = { side, settings };
  const workers = [await options.begin(world), await options.begin(world)];
  let isOver = false;
  let killed = 0;
  const killing = (async () => {
    const total = cases * deliveriesPerCase;
    for (; killed < options.kills && !isOver; killed += 1) {
      const wanted = ((killed + 1) * total) / (options.kills + 1);
      await reached(options, 'arrivals', async () => isOver || new Set(side.arrived()).size >= wanted);
      if (isOver) return;
      await workers.shift()?.kill();
      workers.push(await options.begin(world));
    }
  })();
  try {
    await Promise.all(Array.from({ length: cohorts }, (_, cohort) => playCohort(options, app, cohort)));
    return await figuresOf(place, side, cases, killed);
  } finally {
    isOver = true;
    await killing;
    for (const worker of workers) await worker.stop();
    await app.close();
    await side.close();
  }
}

/** Cases of one cohort take their steps together; cohorts go beside each other, so that all moments are mixed. */
async function playCohort(options: SoakOptions, app: App, cohort: number): Promise<void> {
  const { cases, clock } = options;
  const own = Array.from({ length: cases }, (_, n) => n).filter((n) => n % cohorts === cohort);
  for (const [at, validity] of steps.entries()) {
    for (let from = 0; from < own.length; from += batchSize) {
      const now = clock.now();
      const events = own.slice(from, from + batchSize).map((n) => {
        const secret = fakeSecret(options.seed * 1_000_000 + n);
        return validity === undefined
          ? leak({
              at: now - hour,
              receivedAt: now,
              secret,
              author: `p${n}`,
              file: `${n}.py`,
              validity: 'active',
            })
          : status({ at: now, secret, validity });
      });
      await ingest(app.parts, { source: 'scanner', receivedAt: now, mode: 'live', events });
    }
    const wanted = own.length * (at + 1);
    await reached(
      options,
      `step ${at + 1} of cohort ${cohort}`,
      async () => (await endedOf(app, cohort)) >= wanted,
    );
  }
}

async function reached(
  { minutesMax, lookEveryMs }: SoakOptions,
  what: string,
  look: () => Promise<boolean>,
): Promise<void> {
  const giveUpAt = performance.now() + minutesMax * 60_000;
  while (!(await look())) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain for ${what}`);
    await pause(lookEveryMs);
  }
}

async function endedOf(app: App, cohort: number): Promise<number> {
  const who = { id: 'soak', kind: 'system' as const, name: 'soak', scopes: new Set<string>() };
  const { messages } = await app.parts.store.read.totals({ ...who, teams: [`c${cohort}`] });
  return messages.reduce(
    (sum, { state, n }) => (state === 'accepted' || state === 'uncertain' ? sum + n : sum),
    0,
  );
}

async function figuresOf(
  place: TestInstallation,
  side: FarSide,
  cases: number,
  kills: number,
): Promise<SoakFigures> {
  const rows = await place.sql(
    `select replace(id::text, '-', '') as id, recipient_id, state, created_at, sent_at from messages order by created_at`,
  );
  const messages = new Map(
    rows.map((row) => [
      String(row['id']),
      { to: String(row['recipient_id']), state: String(row['state']), at: Number(row['created_at']) },
    ]),
  );
  const deliveries = cases * deliveriesPerCase;
  const all = side.arrived();
  const first = [...new Set(all)];
  const latest = new Map<string, number>();
  let misordered = 0;
  for (const id of first) {
    const message = messages.get(id);
    if (message === undefined) continue;
    if ((latest.get(message.to) ?? 0) > message.at) misordered += 1;
    latest.set(message.to, Math.max(latest.get(message.to) ?? 0, message.at));
  }
  const there = new Set(first);
  const of = (state: string) => [...messages].filter(([, message]) => message.state === state);
  const unsaid = Math.max(0, deliveries - of('accepted').length - of('uncertain').length);
  const repeated = all.length - first.length;
  // A receiver of webhooks knows an id again (Standard Webhooks); nothing else may arrive twice.
  const isKnownAgain = side.channel === 'webhook';
  return {
    channel: side.channel,
    deliveries,
    faults: side.faults(),
    kills,
    arrived: first.length,
    repeated,
    doubled: (isKnownAgain ? 0 : repeated) + Math.max(0, first.length - deliveries),
    uncertain: of('uncertain').length,
    lost: unsaid + of('accepted').filter(([id]) => !there.has(id)).length,
    misordered,
  };
}

function peopleFile(count: number): string {
  const people = Array.from(
    { length: count },
    (_, n) => `  - { id: p${n}, name: Person ${n}, emails: [p${n}@example.com], team: c${n % cohorts} }\n`,
  );
  const teams = Array.from({ length: cohorts }, (_, n) => `  - { id: c${n}, name: Cohort ${n} }\n`);
  return `people:\n${people.join('')}teams:\n${teams.join('')}`;
}

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
