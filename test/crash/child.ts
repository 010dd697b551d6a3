import { writeSync } from 'node:fs';
import { replyToken, replyTokenHash } from '../../src/access/reply-token.ts';
import { deliver, settleAbandoned } from '../../src/loop/deliver.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { replyByLink } from '../../src/loop/listen.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { plan } from '../../src/loop/plan.ts';
import { mendCopy, sealLedger } from '../../src/loop/seal.ts';
import { sweep } from '../../src/loop/sweep.ts';
import { crashSettings, eventOf, isAnswered, openCrashApp } from './crash-app.ts';

// A program that is killed at any moment. It says what it was promised, after the promise and at once: what stands
// on stdout must be in the store.
const settings = crashSettings.parse(JSON.parse(process.argv[2] ?? ''));
const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};
const { app, tokenKey, close } = await openCrashApp(settings);
const { parts, sealer } = app;
const toAnswer = new Set(settings.toAnswer);

say('ready');
await mendCopy(parts, sealer);
await settleAbandoned(parts);
// A sender that heard no answer sends again, and one that heard it may.
for (let n = Math.max(0, settings.next - 1); settings.last === undefined || n <= settings.last; n += 1) {
  await take(n);
  await speak();
  for (const open of toAnswer) await answer(open);
  if (n % 4 === 0) await sealLedger(parts, sealer);
}
for (let turn = 0; turn < 200 && (await speak()) > 0; turn += 1) for (const n of toAnswer) await answer(n);
await sealLedger(parts, sealer);
await close();
say('done');

async function take(n: number): Promise<void> {
  await ingest(parts, {
    source: 'scanner',
    receivedAt: parts.clock.now(),
    events: [eventOf(n)],
    mode: 'live',
    // Half of the deliveries are known again by their receipt, the others by their event alone.
    ...(n % 2 === 0 ? { receipt: `delivery ${n}` } : {}),
  });
  if (n < settings.next) return;
  say(`accepted ${n}`);
  if (isAnswered(n)) toAnswer.add(n);
}

async function speak(): Promise<number> {
  const planned = await plan(parts);
  const { sent, failed, uncertain } = await deliver(parts);
  return planned + sent + failed + uncertain + (await sweep(parts));
}

/** The same page of the same message, sent again as long as nobody saw that it was taken. */
async function answer(n: number): Promise<void> {
  const id = eventOf(n).id;
  const loop = (await parts.store.loopsOfEvents([id])).get(id);
  const story = loop === undefined ? undefined : await parts.store.read.loop(loopPrincipal, loop);
  const message = story?.messages.find(({ state }) => state === 'accepted' || state === 'uncertain');
  if (loop === undefined || message === undefined) return;
  const hash = replyTokenHash(replyToken(tokenKey, message.id, message.to.id));
  if (hash === undefined) throw new Error('no token');
  const replied = await replyByLink(parts, hash, { answer: 'done', loop, nonce: `page ${n}` });
  if (replied.kind !== 'recorded') throw new Error(`the answer to event ${n} is ${replied.kind}`);
  toAnswer.delete(n);
  say(`replied ${n} ${loop}`);
}
