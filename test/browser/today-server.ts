import { systemPrincipal } from '../../src/access/principal.ts';
import type { Scope } from '../../src/access/scope.ts';
import { source as gophish } from '../../src/adapters/sources/gophish/index.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { type ReplyInput, replyByLink } from '../../src/loop/listen.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Channel, SendResult } from '../../src/ports/channel.ts';
import { isRejection } from '../../src/ports/source.ts';
import { openDoors } from '../http/doors.ts';
import { day, fakeSecret, hour, leak, monday, personOf, testClock, testPeople } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { builtConsole } from './built-console.ts';
import { listen } from './page-server.ts';

export type TodayServer = {
  readonly origin: string;
  /** Ids of the loops by the section of Today in which they stand. */
  readonly loops: Readonly<Record<string, string>>;
  token(scopes: readonly Scope[], teams?: readonly string[]): Promise<string>;
  stateOf(loop: string): Promise<string | undefined>;
  /** The receiver of everything wants nothing any more. */
  leave(): Promise<void>;
  close(): Promise<void>;
};

export const hostileReason = '<img src=x onerror=alert(1)> [press](javascript:alert(2)) \u202e=1+1';
/** To whom the channel does not bring what it takes. */
const answers = new Map<string, SendResult>([
  ['uma', { kind: 'uncertain', reason: 'the far side broke off' }],
  ['rita', { kind: 'refused', reason: 'nobody has this address' }],
  ['dan', { kind: 'retry', reason: 'the far side is away' }],
]);

/** An installation in which something of everything waits for a person. */
export async function startTodayServer(): Promise<TodayServer> {
  const [store, consoleFolder] = await Promise.all([lendEmbedded(), builtConsole()]);
  const clock = testClock(monday - 24 * day);
  let isGone = false;
  const chat: Channel = {
    id: 'chat',
    title: 'Chat',
    leavesMachine: true,
    reconcile: 'none',
    receivers: { messages: 'the receiver of a test' },
    address: ({ id }) => id,
    send: async ({ recipient }) =>
      isGone
        ? { kind: 'refused', reason: 'it wants nothing any more', isGone: true }
        : (answers.get(recipient.id) ?? { kind: 'accepted' }),
    checkSetup: async () => [],
  };
  const doors = openDoors({
    store,
    clock,
    channels: [chat],
    people: [...testPeople, ...[...answers.keys()].map((id) => personOf(id))],
    delivery: {
      channel: 'chat',
      perPersonPerDayMax: 50,
      quietHours: { from: 0, to: 0 },
      attemptsMax: 1,
    },
    over: { consoleFolder },
  });
  const { parts } = doors.house;
  let serial = 0;
  const found = async (author?: string, mode: 'live' | 'history' = 'live', source = 'gitleaks') => {
    serial += 1;
    const event = leak({
      at: clock.now() - hour,
      receivedAt: clock.now(),
      source,
      secret: fakeSecret(serial),
      file: `src/found-${serial}.py`,
      ...(author === undefined ? {} : { author }),
    });
    const taken = await ingest(parts, { source, receivedAt: clock.now(), mode, events: [event] });
    await doors.house.settleDown();
    return taken.loops[0] ?? '';
  };
  const says = async (loop: string, input: ReplyInput) => {
    clock.pass(1000);
    const message = (await store.read.loop(loopPrincipal, loop))?.messages[0];
    const { tokenHash } = parts.replyLink(message?.id ?? '', message?.to.id ?? '');
    const { kind } = await replyByLink(parts, tokenHash, input);
    if (kind !== 'recorded') throw new Error(`the answer was ${kind}`);
    await doors.house.settleDown();
    return loop;
  };

  // One that nobody answered to the end, from a source that has said nothing since.
  const silent = await found('ana', 'live', 'old-scanner');
  for (let passed = 0; passed < 14; passed += 1) {
    clock.pass(day);
    await doors.house.settleDown();
  }
  clock.set(monday);
  const until = monday + 20 * day;
  const loops = {
    escalated: silent,
    risk: await says(await found('ana'), { answer: 'accept-risk', until, reason: hostileReason }),
    refusable: await says(await found('bob'), { answer: 'accept-risk', until }),
    help: await says(await found('ana'), { answer: 'need-help' }),
    incident: await says(await found('bob'), { answer: 'not-me' }),
    disputed: await says(await found('bob'), { answer: 'wrong', reason: 'test-value' }),
    owner: await found(),
    backlog: await found('bob', 'history'),
    triage: '',
    uncertain: await found('uma'),
    refused: await found('rita'),
    dead: await found('dan'),
  };
  await found('dan');
  loops.triage = await clickOfAProgram();
  await askExceptions();
  await proposeReviews();
  clock.pass(hour);

  async function clickOfAProgram(): Promise<string> {
    const details = JSON.stringify({ browser: { address: '192.0.2.9', 'user-agent': 'curl/8.5' } });
    const time = new Date(clock.now() - hour).toISOString();
    const record = { campaign_id: 3, email: 'ana@example.com', time, message: 'Clicked Link', details };
    const events = gophish.map(record, doors.given.mapContext(clock.now()));
    if (isRejection(events)) throw new Error(events.rejected);
    const taken = await ingest(parts, { source: 'gophish', receivedAt: clock.now(), mode: 'live', events });
    return taken.loops[0] ?? '';
  }
  async function askExceptions(): Promise<void> {
    for (let n = 0; n < 6; n += 1) {
      const asked = await doors.ask('/v1/policy/exceptions', {
        token: await doors.token(['policy:evaluate']),
        json: {
          rule: 'production-token-unapproved',
          subject: { type: 'workload', id: `pipeline-${n}` },
          action: 'issue_token',
          resource: { type: 'environment', id: 'production' },
          reason: `${hostileReason} ${n}`,
          minutes: 60,
        },
      });
      if (asked.status !== 201) throw new Error(asked.text);
    }
  }
  /** As a weekly look leaves them. */
  async function proposeReviews(): Promise<void> {
    const at = clock.now();
    for (let n = 0; n < 6; n += 1)
      await store.transaction((tx) =>
        tx.saveReview({
          id: parts.randomId(),
          behaviour: 'clicked-simulated-phish',
          kind: 'reword',
          subject: `told ${n}`,
          round: 1,
          state: 'proposed',
          messageVersion: 1,
          firstAt: at,
          lastAt: at,
          seq: 0,
          head: '',
          body: { evidence: [], words: [], patch: { kind: 'left', gap: 'no-field' } },
        }),
      );
  }

  const server = await listen(doors.app);
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the console’s server is not listening');
  return {
    origin: `http://127.0.0.1:${bound.port}`,
    loops,
    token: async (scopes, teams) => {
      const issued = await doors.given.issueToken(
        { id: parts.randomId(), name: 'Mia', scopes, teams: teams ?? 'all', days: 30 },
        systemPrincipal('test'),
      );
      if (issued.kind === 'refused') throw new Error(issued.reason);
      return issued.token;
    },
    stateOf: async (loop) => (await store.read.loop(loopPrincipal, loop))?.loop.state,
    leave: async () => {
      isGone = true;
      await found('ana');
    },
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await store.close();
    },
  };
}
