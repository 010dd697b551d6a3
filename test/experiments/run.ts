import type { ExperimentDocument } from '../../src/core/experiments/document.ts';
import type { Comparison, Readout } from '../../src/core/experiments/evidence.ts';
import type { Person } from '../../src/core/owner.ts';
import { deliver } from '../../src/loop/deliver.ts';
import { gatherTrial, trialReadout } from '../../src/loop/experiments/gather.ts';
import { lookAtExperiments } from '../../src/loop/experiments/look.ts';
import { pseudonymsOf } from '../../src/loop/experiments/pseudonyms.ts';
import { registerExperiment, startExperiment, stopExperiment } from '../../src/loop/experiments/register.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { plan } from '../../src/loop/plan.ts';
import type { FollowedUnit } from '../../src/ports/store.ts';
import { day, type House, status } from '../support/house.ts';
import { type LeakMore, leakOf, trialDocument } from './trial.ts';

/** Weeks between two experiments of one store: whatever became of the first is no longer followed by then. */
const apartDays = 15 * 7;

export type Run = {
  readonly id: string;
  readonly house: House;
  /** Registers and starts, and a first case of each of these falls due. */
  begin(over?: Partial<ExperimentDocument>, more?: LeakMore): Promise<void>;
  /** By id of a person, team or repository: the arm that it was assigned to. */
  arms(): Promise<ReadonlyMap<string, string>>;
  /** So much of each arm does it again, now. */
  again(shares: Readonly<Record<string, number>>, more?: LeakMore): Promise<void>;
  /** So much of each arm has its first case fixed, and a machine says so. */
  fix(shares: Readonly<Record<string, number>>): Promise<void>;
  /** So much of each arm answers so. People only. */
  answer(shares: Readonly<Record<string, number>>, answer: string): Promise<void>;
  look(): Promise<Readout>;
  comparison(): Promise<Comparison>;
  units(): Promise<readonly FollowedUnit[]>;
  end(): Promise<void>;
};

let runs = 0;

/**
 * An experiment of its own in a store in which others ran: through ingestion, planning and delivery as the product
 * does it. Reminders are left out.
 */
export function openRun(
  house: House,
  everybody: readonly Person[] | ((id: string) => readonly Person[]),
  clusterOf: (person: Person) => string = ({ id }) => id,
): Run {
  runs += 1;
  const id = `run-${runs}`;
  const whom = typeof everybody === 'function' ? everybody(id) : everybody;
  let secrets: ReadonlyMap<string, string> = new Map();
  let kind: ExperimentDocument['unit'] = 'person';
  const settle = async () => {
    while ((await plan(house.parts)) > 0);
    for (let left = 1; left > 0; ) {
      const { sent, failed, uncertain } = await deliver(house.parts);
      left = sent + failed + uncertain;
    }
  };
  const part = async (shares: Readonly<Record<string, number>>): Promise<readonly string[]> => {
    const arms = await run.arms();
    const seen = new Map<string, number>();
    const chosen = whom.filter((person) => {
      const arm = arms.get(clusterOf(person)) ?? '';
      const [n, share] = [(seen.get(arm) ?? 0) + 1, shares[arm] ?? 0];
      seen.set(arm, n);
      return Math.floor(n * share) > Math.floor((n - 1) * share);
    });
    return chosen.map((person) => person.id);
  };
  const names = async (): Promise<(name: string) => string> => {
    const row = await house.parts.store.read.experiment(loopPrincipal, id);
    const nameOf = row === undefined ? undefined : pseudonymsOf(house.parts, row);
    return (name) => nameOf?.(kind, name) ?? '';
  };
  const run: Run = {
    id,
    house,
    begin: async (over = {}, more = {}) => {
      const { parts, clock } = house;
      kind = over.unit ?? 'person';
      const document = trialDocument({ id, endsOn: '2039-12-31', ...over });
      const registered = await registerExperiment(parts, document, { id: 'p1', name: 'Ana' });
      const started = await startExperiment(parts, id, { id: 'p2', name: 'Ben' }, true);
      if (started.kind !== 'started') throw new Error(JSON.stringify([registered, started]));
      secrets = await leakOf(
        house,
        whom.map((person) => person.id),
        clock.now(),
        more,
      );
      await settle();
    },
    units: () => house.parts.store.read.followedUnits(loopPrincipal, id),
    arms: async () => {
      const arms = new Map((await run.units()).map(({ unit, arm }) => [unit, arm]));
      const nameOf = await names();
      return new Map(
        whom.map((person) => {
          const name = clusterOf(person);
          return [name, arms.get(nameOf(name)) ?? ''];
        }),
      );
    },
    again: async (shares, more = {}) => {
      const chosen = await part(shares);
      await leakOf(house, chosen, house.clock.now(), more);
      await settle();
    },
    fix: async (shares) => {
      const at = house.clock.now();
      const events = (await part(shares)).map((person) =>
        status({ at, secret: secrets.get(person) ?? '', validity: 'inactive', action: 'revoked' }),
      );
      await ingest(house.parts, { source: 'scanner', receivedAt: at, mode: 'live', events });
    },
    answer: async (shares, answer) => {
      const chosen = new Set((await part(shares)).map(await names()));
      const loops = new Map((await run.units()).map(({ unit, loop }) => [unit, loop]));
      const messages = await house.parts.store.read.messages(loopPrincipal, { limit: 5000 });
      const replies = messages.items.flatMap(({ id: message, experiment, unit = '' }) => {
        const loop = loops.get(unit);
        if (experiment !== id || !chosen.has(unit) || loop === undefined) return [];
        const at = house.clock.now();
        return [{ id: house.parts.randomId(), loop, message, at, answer, body: { answer } }];
      });
      await house.parts.store.transaction((tx) => tx.insertReplies(replies));
    },
    look: async () => {
      await lookAtExperiments(house.parts);
      const row = await house.parts.store.read.experiment(loopPrincipal, id);
      const trial =
        row === undefined
          ? undefined
          : await gatherTrial(house.parts, house.parts.store.read, loopPrincipal, row);
      if (trial === undefined) throw new Error(`no ${id}`);
      return trialReadout(trial);
    },
    comparison: async () => {
      const [comparison] = (await run.look()).comparisons;
      if (comparison === undefined) throw new Error(`nothing is compared in ${id}`);
      return comparison;
    },
    end: async () => {
      await stopExperiment(house.parts, id, { id: 'p2', name: 'Ben' }, 'the next one');
      house.clock.pass(apartDays * day);
    },
  };
  return run;
}
