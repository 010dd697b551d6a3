import fc from 'fast-check';
import { transitions } from '../../src/core/loop/states.ts';
import type { Answer } from '../../src/core/message.ts';
import { decide, pause, release } from '../../src/loop/decide.ts';
import { deliver, settleAbandoned } from '../../src/loop/deliver.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { replyByLink } from '../../src/loop/listen.ts';
import { type LoopParts, loopPrincipal } from '../../src/loop/parts.ts';
import { plan } from '../../src/loop/plan.ts';
import { standing } from '../../src/loop/settle.ts';
import { sweep } from '../../src/loop/sweep.ts';
import type { Channel, SendResult } from '../../src/ports/channel.ts';
import type { LoopRow, Store } from '../../src/ports/store.ts';
import { day, fakeSecret, type House, hour, leak, openHouse, personOf, status } from './house.ts';

const outcomes = ['accepted', 'retry', 'refused', 'uncertain', 'killed'] as const;
type Outcome = (typeof outcomes)[number];

/** One thing that happens. Numbers pick among what is there, so that any list of steps can be played. */
export type Step =
  | {
      readonly do: 'leak';
      readonly secret: number;
      readonly author: 'ana' | 'bob' | 'leo';
      readonly isHistory: boolean;
      readonly form: 'elsewhere' | 'hidden' | 'shown';
    }
  | { readonly do: 'status'; readonly secret: number; readonly validity: 'active' | 'inactive' }
  | { readonly do: 'work' | 'plan' | 'sweep' | 'recover' | 'release' }
  | { readonly do: 'pass'; readonly hours: number }
  | { readonly do: 'jump back'; readonly hours: number }
  | { readonly do: 'channel'; readonly next: readonly Outcome[] }
  | { readonly do: 'reply'; readonly message: number; readonly answer: Answer }
  | {
      readonly do: 'decide';
      readonly loop: number;
      readonly kind:
        | 'dismiss'
        | 'uphold'
        | 'reject-dispute'
        | 'hand-back'
        | 'attest'
        | 'accept-risk'
        | 'hand-over';
    }
  | { readonly do: 'pause'; readonly isOn: boolean };

const pick = fc.nat(20);

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('leak' as const),
        secret: fc.nat(3),
        author: fc.constantFrom('ana', 'bob', 'leo'),
        isHistory: fc.boolean(),
        form: fc.constantFrom('elsewhere', 'elsewhere', 'hidden', 'shown'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('status' as const),
        secret: fc.nat(3),
        validity: fc.constantFrom('active', 'inactive'),
      }),
    },
    { weight: 5, arbitrary: fc.constant({ do: 'work' as const }) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        { do: 'plan' as const },
        { do: 'sweep' as const },
        { do: 'recover' as const },
        { do: 'release' as const },
      ),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('pass' as const),
        hours: fc.constantFrom(0.1, 1, 10, 30, 24 * 8, 24 * 31),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('jump back' as const), hours: fc.constantFrom(1, 30) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('channel' as const),
        next: fc.array(fc.constantFrom(...outcomes), { maxLength: 3 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('reply' as const),
        message: pick,
        answer: fc.constantFrom<Answer[]>('done', 'need-help', 'not-me', 'not-mine', 'wrong', 'accept-risk'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('decide' as const),
        loop: pick,
        kind: fc.constantFrom(
          'dismiss',
          'uphold',
          'reject-dispute',
          'hand-back',
          'attest',
          'accept-risk',
          'hand-over',
        ),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const), isOn: fc.boolean() }) },
  ),
  { minLength: 2, maxLength: 30, size: 'max' },
);

class Killed extends Error {}

export type Walk = {
  readonly house: House;
  play(step: Step): Promise<void>;
  finish(): Promise<void>;
  readonly faults: readonly string[];
};

let run = 0;

/** A world in which steps are played, and which notes whatever must never happen. */
export function newWalk(store: Store): Walk {
  run += 1;
  const salt = String(1000 + run);
  const faults: string[] = [];
  const loops = new Set<string>();
  const handed = new Map<string, Outcome>();
  const order: string[] = [];
  let next: readonly Outcome[] = [];
  let isKilled = false;
  let turn: string[] = [];

  // A process that dies does nothing more: after `killed`, every transaction of that turn fails.
  const mortal: Store = {
    ...store,
    transaction: (work) => (isKilled ? Promise.reject(new Killed()) : store.transaction(work)),
  };
  const channel: Channel = {
    id: 'scripted',
    title: 'Scripted',
    leavesMachine: false,
    reconcile: 'none',
    address: ({ id }) => id,
    checkSetup: async () => [],
    send: async ({ messageId }): Promise<SendResult> => {
      const before = handed.get(messageId);
      if (before !== undefined && before !== 'retry')
        faults.push(`${messageId} was said again after ${before}`);
      await checkStates(messageId);
      const [outcome = 'accepted', ...rest] = next;
      next = rest;
      handed.set(messageId, outcome);
      turn.push(messageId);
      if (before === undefined) order.push(messageId);
      if (outcome === 'killed') {
        isKilled = true;
        return { kind: 'accepted' };
      }
      return outcome === 'accepted' ? { kind: 'accepted' } : { kind: outcome, reason: 'scripted' };
    },
  };
  const people = [
    personOf(`ana${salt}`, { manager: `mia${salt}`, team: `blue${salt}` }),
    personOf(`bob${salt}`, { team: `blue${salt}` }),
    personOf(`mia${salt}`, { team: `blue${salt}` }),
    personOf(`leo${salt}`, { isActive: false, team: `blue${salt}` }),
    personOf('dora', { isDuty: true, team: 'red' }),
  ];
  const house = openHouse({
    store: mortal,
    people,
    channels: [channel],
    delivery: { channel: 'scripted', attemptsMax: 3, perPersonPerDayMax: 3 },
  });
  const { parts, clock } = house;

  /** What may be said, judged when it is handed over. */
  async function checkStates(messageId: string): Promise<void> {
    const found = await store.read.message(loopPrincipal, messageId);
    const silent: string[] = [];
    for (const want of found?.wants ?? []) {
      const row = (await store.read.loop(loopPrincipal, want.loop))?.loop;
      if (row === undefined) continue;
      const { facts } = row;
      if (!facts.isLive && facts.releasedAt === undefined)
        faults.push(`history spoke: ${found?.message.moment}`);
      const isClosing = row.state === 'dismissed' && found?.message.moment === 'closed';
      if (['backlog', 'dismissed', 'merged', 'held'].includes(row.state) && !isClosing)
        silent.push(row.state);
    }
    // A retry keeps its words, also of the one loop of several that moved on meanwhile.
    if (silent.length === found?.wants.length)
      faults.push(`${found?.message.moment} was said of loops that are ${silent}`);
  }

  async function alive(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    } finally {
      isKilled = false;
    }
  }

  async function work(): Promise<void> {
    await plan(parts);
    turn = [];
    await alive(() => deliver(parts));
    // What was said together was to be written down together, and was not.
    if (turn.some((message) => handed.get(message) === 'killed'))
      for (const message of turn) handed.set(message, 'killed');
  }

  const nth = <T>(items: readonly T[], n: number): T | undefined => items[n % Math.max(1, items.length)];

  async function play(step: Step): Promise<void> {
    const now = clock.now();
    switch (step.do) {
      case 'leak': {
        const event = leak({
          at: step.isHistory ? now - 100 * day : now,
          receivedAt: now,
          // A report may hide the secret at first; shown in the same place later, it proves two cases to be one.
          secret: step.form === 'hidden' ? 'REDACTED' : fakeSecret(Number(`${step.secret + 1}${salt}`)),
          ...(step.form === 'elsewhere' ? {} : { commit: 'c'.repeat(40), columns: [5, 40], line: 40 }),
          author: `${step.author}${salt}`,
          file: `src/${step.secret}.py`,
          repository: `acme/shop${salt}`,
        });
        const taken = await ingest(parts, {
          source: 'scanner',
          receivedAt: now,
          mode: step.isHistory ? 'history' : 'live',
          events: [event],
        });
        for (const loop of taken.loops) loops.add(loop);
        return;
      }
      case 'status': {
        const event = status({
          at: now,
          secret: fakeSecret(Number(`${step.secret + 1}${salt}`)),
          validity: step.validity,
        });
        const taken = await ingest(parts, {
          source: 'scanner',
          receivedAt: now,
          mode: 'live',
          events: [event],
        });
        for (const loop of taken.loops) loops.add(loop);
        return;
      }
      case 'work':
        return work();
      case 'plan':
        await plan(parts);
        return;
      case 'sweep':
        await sweep(parts);
        return;
      case 'recover':
        await settleAbandoned(parts);
        return;
      case 'release':
        await release(parts, loopPrincipal, { ids: [...loops] });
        return;
      case 'pass':
        clock.pass(step.hours * hour);
        return;
      case 'jump back':
        clock.pass(-step.hours * hour);
        return;
      case 'channel':
        next = step.next;
        return;
      case 'reply': {
        const id = nth(order, step.message);
        const found = id === undefined ? undefined : await store.read.message(loopPrincipal, id);
        if (id === undefined || found === undefined) return;
        const { tokenHash } = parts.replyLink(id, found.message.to.id);
        await replyByLink(parts, tokenHash, {
          answer: step.answer,
          ...(step.answer === 'accept-risk' ? { until: now + 10 * day } : {}),
          ...(step.answer === 'not-mine' ? { owner: `bob${salt}` } : {}),
        });
        return;
      }
      case 'decide': {
        const loop = nth([...loops], step.loop);
        if (loop === undefined) return;
        const operator = { ...loopPrincipal, id: `olga${salt}` };
        const input =
          step.kind === 'attest'
            ? { kind: step.kind, reference: 'CHANGE-77' }
            : step.kind === 'accept-risk'
              ? { kind: step.kind, until: now + 10 * day }
              : step.kind === 'hand-over'
                ? { kind: step.kind, to: { kind: 'person' as const, id: `bob${salt}` } }
                : { kind: step.kind };
        await decide(parts, operator, loop, input);
        return;
      }
      case 'pause':
        return pause(parts, loopPrincipal, step.isOn);
    }
  }

  async function finish(): Promise<void> {
    next = [];
    await pause(parts, loopPrincipal, false);
    // Every day at ten: a look in quiet hours alone would put everything off for ever.
    clock.set(Math.ceil(clock.now() / day) * day + 10 * hour);
    for (let turn = 0; turn < 12; turn += 1) {
      clock.pass(day);
      await settleAbandoned(parts);
      await house.settleDown();
    }
    const rows: LoopRow[] = [];
    for (const loop of loops)
      rows.push(...[(await store.read.loop(loopPrincipal, loop))?.loop].filter((row) => row !== undefined));
    for (const row of rows.filter(({ isStub }) => !isStub)) {
      // Of cases that turned out to be one, each may have been spoken of before that was known.
      const cases = 1 + rows.filter((other) => other.facts.mergedInto === row.id).length;
      checkWords(parts, row, cases, clock.now(), faults);
      checkApproval(row, faults);
      await checkPath(store, row, faults);
    }
    for (const [message, outcome] of handed) {
      const state = (await store.read.message(loopPrincipal, message))?.message.state;
      const expected = {
        accepted: ['accepted'],
        killed: ['uncertain'],
        uncertain: ['uncertain'],
        refused: ['refused'],
        retry: ['accepted', 'dead', 'withdrawn'],
      };
      if (state === undefined || !expected[outcome].includes(state))
        faults.push(`${outcome} was recorded as ${state}`);
    }
    // The next walk begins in a quiet store.
    for (const loop of loops) await decide(parts, loopPrincipal, loop, { kind: 'dismiss' });
    await house.settleDown();
  }

  return { house, play, finish, faults };
}

/** First words once a case, and whatever fell due long ago was said. */
function checkWords(parts: LoopParts, row: LoopRow, cases: number, now: number, faults: string[]): void {
  const { facts } = row;
  const behaviour = parts.behaviours.get(row.behaviour);
  if (behaviour === undefined) return;
  const firsts = facts.messages.filter(
    (message) => message.occasion.startsWith('first:') && message.outcome !== 'refused',
  );
  if (firsts.length > cases) faults.push(`first words were said ${firsts.length} times`);
  const { wants } = standing(parts, behaviour, facts, row.owner, row.repository, now);
  for (const want of wants)
    if (want.dueAt < now - 5 * day)
      faults.push(`${want.moment} (${want.occasion}) was never said; the loop is ${row.state}`);
}

/** Silence never approves: whatever ends well was said or seen by someone. */
function checkApproval({ state, rung, facts }: LoopRow, faults: string[]): void {
  const decided = (kind: string) => facts.decisions.some((decision) => decision.kind === kind);
  if (state === 'accepted' && !decided('accept-risk')) faults.push('accepted without a decision');
  if (state === 'dismissed' && !decided('dismiss') && !decided('uphold'))
    faults.push('dismissed without a decision');
  const isSeen = [
    ...Object.values(facts.validity).map((seen) => seen.status),
    ...Object.values(facts.seen).map((seen) => seen.signal),
  ];
  if (
    (rung === 'verified' || rung === 'held') &&
    !isSeen.includes('inactive') &&
    !isSeen.includes('attested')
  )
    faults.push(`${rung} without a sign of the world`);
}

/** Every step of the story stands in the table. */
async function checkPath(store: Store, row: LoopRow, faults: string[]): Promise<void> {
  const ledger = await store.read.ledger(loopPrincipal, row.id);
  let from: string | undefined;
  for (const entry of ledger?.entries ?? []) {
    const body: { readonly story?: readonly { readonly kind: string; readonly path?: readonly string[] }[] } =
      JSON.parse(entry.body);
    for (const item of body.story ?? []) {
      for (const to of item.kind === 'state' ? (item.path ?? []) : []) {
        const isKnown =
          from === undefined ||
          to === 'merged' ||
          transitions.some((row) => row.from === from && row.to === to);
        if (!isKnown) faults.push(`no way from ${from} to ${to}`);
        from = to;
      }
    }
  }
  if (from !== undefined && from !== row.state)
    faults.push(`the story ends ${from}, the loop is ${row.state}`);
}
