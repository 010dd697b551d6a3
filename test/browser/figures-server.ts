import { systemPrincipal } from '../../src/access/principal.ts';
import type { Scope } from '../../src/access/scope.ts';
import { proposeControls } from '../../src/loop/controls/propose.ts';
import { lookAtExperiments } from '../../src/loop/experiments/look.ts';
import { registerExperiment, startExperiment } from '../../src/loop/experiments/register.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { crowd, trialDocument } from '../experiments/trial.ts';
import { openDoors } from '../http/doors.ts';
import {
  day,
  fakeSecret,
  hour,
  leak,
  monday,
  personOf,
  status,
  testClock,
  testPeople,
} from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { builtConsole } from './built-console.ts';
import { listen } from './page-server.ts';

export type FiguresServer = {
  readonly origin: string;
  readonly paths: readonly string[];
  token(scopes: readonly Scope[]): Promise<string>;
  close(): Promise<void>;
};

const staff = (team: string, n: number) =>
  Array.from({ length: n }, (_, at) => personOf(`${team}${at}`, { team }));
const blue = crowd(40);
const people = [...testPeople, ...blue, ...staff('red', 12), ...staff('grey', 3)];

/** A company in which secrets were fixed and came back, with an experiment that runs and a control that is proposed. */
export async function startFiguresServer(): Promise<FiguresServer> {
  const store = await lendEmbedded();
  const clock = testClock(monday - 70 * day);
  const quietHours = { from: 0, to: 0 };
  const doors = openDoors({
    store,
    clock,
    people,
    delivery: { perPersonPerDayMax: 50, quietHours },
    over: { consoleFolder: await builtConsole() },
  });
  const { parts } = doors.house;
  let secrets = 500;
  const leaks = async (authors: readonly string[], secretOf: (at: number) => string) => {
    const events = authors.map((author, at) =>
      leak({
        at: clock.now() - hour,
        receivedAt: clock.now(),
        secret: secretOf(at),
        author,
        file: `src/${author}.py`,
      }),
    );
    await ingest(parts, { source: 'scanner', receivedAt: clock.now(), mode: 'live', events });
    await doors.house.settleDown();
  };
  const next = () => {
    secrets += 1;
    return fakeSecret(secrets);
  };
  await registerExperiment(parts, trialDocument(), { id: 'p1', name: 'Ana' });
  await startExperiment(parts, 'check-first', { id: 'p2', name: 'Ben' }, true);

  const everybody = people.filter(({ isActive, isDuty }) => isActive && isDuty !== true).map(({ id }) => id);
  const first = everybody.map(next);
  await leaks(everybody, (at) => first[at] ?? '');
  clock.pass(2 * day);
  const dead = first.slice(0, 45).map((secret) => status({ at: clock.now(), secret, validity: 'inactive' }));
  await ingest(parts, { source: 'scanner', receivedAt: clock.now(), mode: 'live', events: dead });
  await doors.house.settleDown();
  for (const from of [0, 8, 16]) {
    clock.pass(15 * day);
    await leaks(everybody.slice(from, from + 8), next);
  }
  clock.set(monday);
  await doors.house.settleDown();
  await proposeControls(parts);
  // The worker looks each minute; the read-out of its last look is what is shown.
  await lookAtExperiments(parts);
  const [control] = await store.read.controls(loopPrincipal, { limit: 1 });
  if (control === undefined) throw new Error('what came back asks for no control');
  const server = await listen(doors.app);
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the console’s server is not listening');
  return {
    origin: `http://127.0.0.1:${bound.port}`,
    paths: [
      '/measures',
      '/measures/secret-in-repository?by=team',
      '/measures/secret-in-repository?by=control',
      '/experiments',
      '/experiments/check-first',
      '/controls',
      `/controls/${control.id}`,
      '/coverage',
    ],
    token: async (scopes) => {
      const issued = await doors.given.issueToken(
        { id: parts.randomId(), name: 'Mia', scopes, teams: 'all', days: 30 },
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
