import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { keyToText } from '../../src/config/key-text.ts';
import { createLog } from '../../src/lib/log.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { MessageRow } from '../../src/ports/store.ts';
import { fakeSecret, hour, leak } from '../support/house.ts';
import { installationKinds, testKeySet } from '../support/installation.ts';
import { type RunningServer, startServer } from '../support/running-server.ts';
import { openSmtpSink } from '../support/smtp-sink.ts';
import { until } from '../support/until.ts';

export type WorkersOptions = {
  readonly name: string;
  readonly messages: number;
  /** How often one of the two workers is killed and another started. */
  readonly kills: number;
};

/** The test that two workers, processes of their own on one PostgreSQL, say everything once. */
export function workersShare(options: WorkersOptions): void {
  const { url, reason } = inject('postgres');
  const postgres = installationKinds().find(({ name }) => name === 'postgres');
  test.skipIf(url === undefined)(
    `${options.name}${url === undefined ? `: ${reason}` : ''}`,
    async () => {
      if (postgres === undefined) throw new Error('no PostgreSQL');
      const place = await postgres.make();
      const sink = await openSmtpSink();
      const workers: RunningServer[] = [];
      try {
        await play(options, place, sink, workers);
      } finally {
        for (const worker of workers) if (worker.process.exitCode === null) await worker.stop('SIGKILL');
        await sink.close();
        await place.remove();
      }
    },
    900_000,
  );
}

async function play(
  { messages: count, kills }: WorkersOptions,
  place: Awaited<ReturnType<ReturnType<typeof installationKinds>[number]['make']>>,
  sink: Awaited<ReturnType<typeof openSmtpSink>>,
  workers: RunningServer[],
): Promise<void> {
  const people = join(place.dir, 'people.yaml');
  writeFileSync(people, peopleFile(count));
  const keys = testKeySet('workers');
  const environment = {
    DATABASE_URL: place.databaseUrl ?? '',
    FOLDBACK__DATA__DIR: place.dir,
    FOLDBACK__PEOPLE: people,
    FOLDBACK__HTTP__PUBLICURL: 'http://127.0.0.1:4400',
    FOLDBACK__DELIVERY__MODE: 'live',
    FOLDBACK__DELIVERY__CHANNEL: 'email',
    FOLDBACK__CHANNELS__EMAIL__HOST: '127.0.0.1',
    FOLDBACK__CHANNELS__EMAIL__PORT: String(sink.port),
    FOLDBACK__CHANNELS__EMAIL__TLS: 'none',
    FOLDBACK__CHANNELS__EMAIL__FROM: 'foldback@corp.example',
    FOLDBACK__KEYS__FINGERPRINT: keyToText(keys.fingerprint[0].key),
    FOLDBACK__KEYS__TOKEN: keyToText(keys.token[0].key),
    FOLDBACK__KEYS__LEDGER: keyToText(keys.ledger[0].key),
    FOLDBACK__KEYS__ASSIGNMENT: keyToText(keys.assignment.key),
    FOLDBACK__KEYS__EVENT: keyToText(keys.event.key),
  };
  const config = place.config({ people, delivery: { mode: 'live', channel: 'outbox' } });
  const app = await openApp({ config, keys, log: createLog({ level: 'silent' }) });
  const { store } = app.parts;
  const begin = async () => {
    const worker = await startServer(place.dir, environment, ['--role', 'worker']);
    workers.push(worker);
    return worker;
  };
  try {
    await Promise.all([begin(), begin()]);
    const now = Date.now();
    const events = Array.from({ length: count }, (_, n) =>
      leak({
        at: now - hour,
        receivedAt: now,
        secret: fakeSecret(3_000_000 + n),
        author: `p${n}`,
        file: `${n}.py`,
        // A key that works is urgent: said at once, at whatever hour this test runs.
        validity: 'active',
      }),
    );
    for (let at = 0; at < count; at += 20) {
      const batch = events.slice(at, at + 20);
      await ingest(app.parts, { source: 'scanner', receivedAt: now, mode: 'live', events: batch });
      const killed = Math.floor(((at + 20) * (kills + 1)) / count) - (workers.length - 1);
      if (killed < 1 || workers.length - 2 >= kills) continue;
      await workers.at(-2)?.stop('SIGKILL');
      await begin();
    }
    const all = await until('all messages', async () => ended(await everyMessage(), count), 300_000);
    const ids = sink.mails.map(({ mail }) => (mail.messageId ?? '').replace(/^<|@.*$/gu, ''));
    const loops = await store.loopsOfEvents(events.map((event) => event.id));
    const lost = [];
    for (const loop of loops.values()) {
      const story = await store.read.loop(loopPrincipal, loop);
      if (story?.loop.facts.messages.length !== 1 || story.messages.length !== 1) lost.push(loop);
    }
    const accepted = all.filter(({ state }) => state === 'accepted').map(({ id }) => id);
    const figures = {
      events: loops.size,
      mails: ids.length,
      uncertain: all.length - accepted.length,
      lost: lost.length,
      doubled: ids.length - new Set(ids).size,
    };
    process.stdout.write(`${JSON.stringify({ workers: 2, kills, ...figures })}\n`);
    expect(figures).toMatchObject({ events: count, lost: 0, doubled: 0 });
    expect(accepted.filter((id) => !ids.includes(id))).toEqual([]);
    if (kills === 0) expect(figures).toMatchObject({ mails: count, uncertain: 0 });
  } finally {
    await app.close();
  }

  async function everyMessage(): Promise<readonly MessageRow[]> {
    const found: MessageRow[] = [];
    let after: string | undefined;
    do {
      const page = await store.read.messages(loopPrincipal, {
        limit: 500,
        ...(after === undefined ? {} : { after }),
      });
      found.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return found;
  }
}

function ended(messages: readonly MessageRow[], count: number): readonly MessageRow[] | undefined {
  const isOver = messages.every(({ state }) => state === 'accepted' || state === 'uncertain');
  return messages.length === count && isOver ? messages : undefined;
}

function peopleFile(count: number): string {
  const people = Array.from(
    { length: count },
    (_, n) => `  - { id: p${n}, name: Person ${n}, emails: [p${n}@example.com], team: blue }\n`,
  );
  return `people:\n${people.join('')}teams:\n  - { id: blue, name: Blue, handles: [] }\n`;
}
