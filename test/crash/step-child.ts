import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import type { Event } from '../../src/core/event.ts';
import { checkStoredChain } from '../../src/ledger/check-store.ts';
import { entriesOfRows } from '../../src/ledger/rows.ts';
import { release } from '../../src/loop/decide.ts';
import { deliver, settleAbandoned } from '../../src/loop/deliver.ts';
import { importReport } from '../../src/loop/import-report.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { replyByLink } from '../../src/loop/listen.ts';
import { type LoopParts, loopPrincipal } from '../../src/loop/parts.ts';
import { plan } from '../../src/loop/plan.ts';
import { mendCopy, type Sealer, sealLedger } from '../../src/loop/seal.ts';
import { sweep } from '../../src/loop/sweep.ts';
import type { LoopStory, Store } from '../../src/ports/store.ts';
import { day, fakeSecret, hour, leak, monday } from '../support/house.ts';
import { openCrashApp } from './crash-app.ts';
import { peopleCount, personOf, type Step, type StepReport, stepSettings } from './step-settings.ts';

/** Two chunks, so that a kill may fall between them. */
const importedCount = 1_150;
const releasedCount = 2 * peopleCount;
const liveCount = 4;

const settings = stepSettings.parse(JSON.parse(process.argv[2] ?? ''));
const { app, close } = await openCrashApp({ ...settings, round: settings.start, next: 0, toAnswer: [] });
let kill: { readonly step: Step; nth: number } | undefined;
const parts = withSteps(app.parts);
const sealer: Sealer = {
  ...app.sealer,
  keep: (row) => around('before copy', 'after copy', () => app.sealer.keep(row)),
};

const { finish, begin } = settings;
await mendCopy(parts, sealer);
await settleAbandoned(parts);
if (finish !== undefined) {
  await work(finish);
  writeSync(1, `${JSON.stringify(await report(finish))}\n`);
}
if (begin !== undefined) {
  kill = { ...begin };
  await work(begin.work);
}
await close();

function hit(step: Step): void {
  if (kill?.step !== step) return;
  kill.nth -= 1;
  if (kill.nth === 0) process.kill(process.pid, 'SIGKILL');
}

async function around<T>(before: Step, after: Step, run: () => Promise<T>): Promise<T> {
  hit(before);
  const result = await run();
  hit(after);
  return result;
}

function withSteps(real: LoopParts): LoopParts {
  const store: Store = {
    ...real.store,
    transaction: (run) =>
      around('before transaction', 'after commit', () =>
        real.store.transaction(async (tx) => {
          const result = await run(tx);
          hit('before commit');
          return result;
        }),
      ),
  };
  const channel: LoopParts['channel'] = (id) => {
    const found = real.channel(id);
    return found === undefined
      ? undefined
      : { ...found, send: (delivery) => around('before send', 'after send', () => found.send(delivery)) };
  };
  return { ...real, store, channel };
}

function importedOf(n: number): readonly Event[] {
  return Array.from({ length: importedCount }, (_, at) =>
    leak({
      at: monday - 100 * day + at,
      receivedAt: monday,
      secret: fakeSecret(1_000_000 + n * 10_000 + at),
      author: personOf(n, at),
      file: `old/${n}-${at}.py`,
    }),
  );
}

function liveOf(n: number): readonly Event[] {
  return Array.from({ length: liveCount }, (_, at) =>
    leak({
      at: monday - hour + at,
      secret: fakeSecret(2_000_000 + n * 100 + at),
      author: personOf(n, at),
      validity: 'active',
      file: `live/${n}-${at}.py`,
    }),
  );
}

/** Import, release, live events, messages, answers, seal. Everything in it can be done again. */
async function work(n: number): Promise<void> {
  const imported = importedOf(n);
  async function* batches() {
    const items = imported.map((event, index) => ({ event, index, line: index + 1 }));
    yield { items, records: items.length, source: { id: 'scanner' } };
  }
  const id = createHash('sha256').update(`import ${n}`).digest('hex');
  for await (const _step of importReport(parts, { id, receivedAt: parts.clock.now(), batches: batches() }));
  const loops = await parts.store.loopsOfEvents(imported.slice(0, releasedCount).map((event) => event.id));
  await release(parts, loopPrincipal, { ids: [...loops.values()] });
  const live = liveOf(n);
  for (const event of live) {
    const batch = {
      source: 'scanner',
      receivedAt: parts.clock.now(),
      mode: 'live',
      events: [event],
    } as const;
    await ingest(parts, { ...batch, receipt: `live ${event.id}` });
  }
  await speak();
  for (const story of await storiesOf(live.slice(0, 2))) {
    const message = story.messages.find(({ state }) => state === 'accepted' || state === 'uncertain');
    if (message === undefined) continue;
    const { tokenHash } = parts.replyLink(message.id, message.to.id);
    await replyByLink(parts, tokenHash, { answer: 'done', loop: story.loop.id, nonce: `work ${n}` });
  }
  await speak();
  await sealLedger(parts, sealer);
}

async function speak(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    const planned = await plan(parts);
    const { sent, failed, uncertain } = await deliver(parts);
    if (planned + sent + failed + uncertain + (await sweep(parts)) === 0) return;
  }
}

async function storiesOf(events: readonly Event[]): Promise<readonly LoopStory[]> {
  const loops = await parts.store.loopsOfEvents(events.map((event) => event.id));
  const stories: LoopStory[] = [];
  for (const event of events) {
    const story = await parts.store.read.loop(loopPrincipal, loops.get(event.id) ?? '');
    if (story !== undefined) stories.push(story);
  }
  return stories;
}

async function report(n: number): Promise<StepReport> {
  const faults: string[] = [];
  const [imported, live] = [importedOf(n), liveOf(n)];
  const all = [...imported, ...live];
  const loops = await parts.store.loopsOfEvents(all.map((event) => event.id));
  if (loops.size !== all.length) faults.push(`lost ${all.length - loops.size} events`);
  if (new Set(loops.values()).size !== all.length) faults.push('events share a loop');
  const told = await storiesOf([...imported.slice(0, releasedCount), ...live]);
  const silent = await storiesOf(imported.slice(releasedCount).filter((_, at) => at % 25 === 0));
  for (const { loop, events, messages } of [...told, ...silent]) {
    if (loop.facts.sightings !== 1 || events.length !== 1)
      faults.push(`${loop.id} has ${loop.facts.sightings} sightings and ${events.length} events`);
    const ledger = await parts.store.read.ledger(loopPrincipal, loop.id);
    const findings = checkStoredChain(loop.id, entriesOfRows(ledger?.entries ?? []), loop, []);
    faults.push(...findings.map((finding) => `${loop.id}: ${finding.kind} ${finding.where}`));
    const waiting = messages.filter(({ state }) => !['accepted', 'uncertain', 'withdrawn'].includes(state));
    if (waiting.length > 0) faults.push(`${waiting.length} messages of ${loop.id} still wait`);
  }
  for (const { loop, messages } of told) {
    const first = loop.facts.messages.filter(({ occasion }) => occasion.startsWith('first:'));
    if (first.length !== 1) faults.push(`${loop.id} was told ${first.length} times`);
    if (messages.length === 0) faults.push(`${loop.id} has no message`);
  }
  for (const { loop, messages } of silent)
    if (loop.state !== 'backlog' || messages.length > 0)
      faults.push(`history spoke: ${loop.id} is ${loop.state}`);
  const answered = (await storiesOf(live.slice(0, 2))).filter(
    ({ loop, replies }) => replies.length === 1 && loop.facts.replies.length === 1,
  );
  if (answered.length !== 2) faults.push(`${answered.length} of 2 answers are there once`);
  const row = await parts.store.read.importRow(
    loopPrincipal,
    createHash('sha256').update(`import ${n}`).digest('hex'),
  );
  if (row?.finishedAt === undefined || row.position !== importedCount)
    faults.push('the import is not finished');
  const messages = [
    ...new Map(told.flatMap((story) => story.messages).map((message) => [message.id, message])).values(),
  ];
  const ids = (state: string) => messages.filter((message) => message.state === state).map(({ id }) => id);
  return { work: n, events: loops.size, mails: ids('accepted'), uncertain: ids('uncertain'), faults };
}
