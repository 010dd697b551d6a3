import { systemPrincipal } from '../../src/access/principal.ts';
import type { Scope } from '../../src/access/scope.ts';
import type { Event } from '../../src/core/event.ts';
import { followIdentities } from '../../src/loop/follow-identities.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { sweep } from '../../src/loop/sweep.ts';
import { openDoors } from '../http/doors.ts';
import { day, fakeSecret, hour, type Leak, leak, monday, status, testClock } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { builtConsole } from './built-console.ts';
import { listen } from './page-server.ts';

export type ConsoleServer = {
  readonly origin: string;
  /** A case that Ana was told of, with a message. */
  readonly told: string;
  /** An account or credential. */
  readonly identity: string;
  /** Takes what a source reports, with all that follows. */
  take(events: readonly Event[]): Promise<void>;
  token(scopes: readonly Scope[], teams?: readonly string[]): Promise<string>;
  close(): Promise<void>;
};

/** The product behind its own doors on a real port: real store, real console. The clock stands still. */
export async function startConsoleServer(
  options: { readonly isEmpty?: boolean } = {},
): Promise<ConsoleServer> {
  const store = await lendEmbedded();
  const clock = testClock(monday - 10 * day);
  const doors = openDoors({ store, clock, over: { consoleFolder: await builtConsole() } });
  const { parts } = doors.house;
  const take = async (mode: 'live' | 'history', ...leaks: readonly Leak[]): Promise<string> => {
    const { loops } = await ingest(parts, {
      source: 'gitleaks',
      receivedAt: clock.now(),
      mode,
      events: leaks.map((given) => leak({ receivedAt: clock.now(), source: 'gitleaks', ...given })),
    });
    return loops[0] ?? '';
  };
  let told = '';
  if (options.isEmpty !== true) {
    // One that was fixed, one whose source has not spoken for a while.
    const fixed = fakeSecret(90);
    await take('live', { at: clock.now() - hour, secret: fixed, author: 'bob', repository: 'acme/infra' });
    await doors.house.settleDown();
    clock.pass(day);
    await ingest(parts, {
      source: 'old-scanner',
      receivedAt: clock.now(),
      mode: 'live',
      events: [status({ at: clock.now(), secret: fixed, validity: 'inactive', source: 'old-scanner' })],
    });
    await sweep(parts);
    clock.set(monday);
    told = await take('live', {
      at: monday - hour,
      secret: fakeSecret(1),
      author: 'ana',
      provider: 'stripe',
      validity: 'active',
      commit: '4f2c1ab9'.repeat(5),
    });
    await take('live', {
      at: monday - 2 * hour,
      secret: fakeSecret(2),
      repository: 'acme/data',
      file: 'etl/load.sql',
    });
    for (let n = 0; n < 60; n += 1)
      await take('history', {
        at: monday - (30 + n) * day,
        secret: fakeSecret(100 + n),
        author: n % 2 === 0 ? 'ana' : 'bob',
        file: `src/old-${n}.py`,
      });
    await doors.house.settleDown();
    const disputed = await take('live', {
      at: monday - 3 * hour,
      secret: fakeSecret(3),
      author: 'bob',
      file: 'test/fixtures/keys.json',
    });
    await doors.house.settleDown();
    await dispute(doors, disputed);
    await doors.house.settleDown();
  }
  await followIdentities(parts);
  const { items } = await store.read.identities(loopPrincipal, { limit: 1 });
  // Whoever decides does it later than what they decide about.
  clock.pass(hour);
  const server = await listen(doors.app);
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the console’s server is not listening');
  return {
    origin: `http://127.0.0.1:${bound.port}`,
    told,
    identity: items[0]?.id ?? '',
    take: async (events) => {
      await ingest(parts, { source: 'directory', receivedAt: clock.now(), mode: 'live', events });
      await doors.house.settleDown();
      await followIdentities(parts);
    },
    token: async (scopes, teams) => {
      const issued = await doors.given.issueToken(
        { id: parts.randomId(), name: 'Mia', scopes, teams: teams ?? 'all', days: 30 },
        systemPrincipal('test'),
      );
      if (issued.kind === 'refused') throw new Error(issued.reason);
      return issued.token;
    },
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await store.close();
    },
  };
}

/** The recipient says on their page that it is wrong. */
async function dispute(doors: ReturnType<typeof openDoors>, loop: string): Promise<void> {
  const { parts } = doors.house;
  const story = await parts.store.read.loop(loopPrincipal, loop);
  const [message] = story?.messages ?? [];
  if (message === undefined) throw new Error('nobody was told');
  const { url } = parts.replyLink(message.id, message.to.id);
  if (url === undefined) throw new Error('the message asks nothing');
  const path = new URL(url).pathname;
  const page = await doors.ask(path, { headers: { Accept: 'text/html' } });
  const fields = Object.fromEntries(
    [...page.text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/gu)].map(
      ([, name = '', value = '']) => [name, value],
    ),
  );
  const answer = await doors.ask(path, {
    method: 'POST',
    type: 'application/x-www-form-urlencoded',
    body: new URLSearchParams({
      ...fields,
      answer: 'wrong',
      reason: 'test-value',
      note: 'A key of the sandbox.',
    }).toString(),
    headers: { Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin', Origin: 'null' },
  });
  if (answer.status !== 303)
    throw new Error(`the reply was answered ${answer.status}: ${answer.text.slice(0, 2000)}`);
}
