import { afterAll, beforeAll, expect } from 'vitest';
import type { Scope } from '../../src/access/scope.ts';
import type { Store } from '../../src/ports/store.ts';
import { appliedControl } from '../support/applied-control.ts';
import { personOf } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { measuredLoop, newId } from '../support/measured-loops.ts';
import { type Doors, openDoors } from './doors.ts';

export const behaviour = 'secret-in-repository';
export const staff = { blue: 14, red: 11, green: 7, teal: 9, grey: 3, one: 1 } as const;
export const teams = [...Object.keys(staff), ''];
export const kinds = ['person', 'workload'];
export const months = ['2026-03', '2026-04', '2026-05'];
export const people = Object.entries(staff).flatMap(([team, size]) =>
  Array.from({ length: size }, (_, at) => personOf(`${team}${at}`, { team })),
);

/** Every team, kind and month, each a number that somebody may be after. */
export const cells = teams.flatMap((team) =>
  kinds.flatMap((kind) => months.map((month) => ({ team, kind, month }))),
);

/** Whoever has these can read figures, and not one case. */
export const figureScopes: readonly Scope[] = [
  'measures:read',
  'controls:read',
  'behaviours:read',
  'system:read',
];

/** A house of large and small teams, with doors at which their figures can be asked for. */
export type TeamFigures = {
  readonly store: Store;
  readonly doors: Doors;
  /** How many cases of these teams, kinds and months there are, by `team kind month`. */
  readonly truth: ReadonlyMap<string, number>;
  answer(token: string, path: string): Promise<unknown>;
};

export function figuresOfTeams(): TeamFigures {
  let store: Store;
  let doors: Doors;
  const truth = new Map<string, number>();
  beforeAll(async () => {
    store = await lendEmbedded();
    doors = openDoors({ store, people });
    const rows = cells.flatMap(({ team, kind, month }, at) => {
      // Some teams have nothing of a kind or in a month, so that nothing can be told from everybody.
      const isSmall = team === 'green' || team === 'teal';
      const count = isSmall ? (at % 3 === 0 ? 3 : 0) : (at * 7) % 5 === 0 ? 0 : 1 + ((at * 13) % 4);
      truth.set(`${team} ${kind} ${month}`, count);
      return Array.from({ length: count }, (_, n) =>
        measuredLoop({
          behaviour,
          team,
          kind: kind === 'person' ? 'person' : 'workload',
          unit: newId(),
          at: Date.parse(`${month}-0${1 + n}T00:00:00Z`),
        }),
      );
    });
    await store.transaction(async (tx) => {
      await tx.saveLoops(rows);
      const { appendLedger } = doors.house.parts;
      const told = rows.map(({ id, firstOccurredAt: at }) =>
        appendLedger({ id, seq: 0, head: '' }, [{ kind: 'told', at, body: {} }]),
      );
      await tx.appendLedger(
        told.flatMap(({ entries }) => entries),
        [],
      );
    });
    // Controls over every team and over everyone, from the first of April and of May on, until June.
    for (const scope of [
      { kind: 'everyone', id: '' } as const,
      ...Object.keys(staff).map((id) => ({ kind: 'team', id }) as const),
    ]) {
      for (const from of ['2026-04', '2026-05']) {
        const control = appliedControl({
          behaviour,
          scope,
          appliedAt: Date.parse(`${from}-01T08:00:00Z`),
          state: 'ended',
          closedAt: Date.parse('2026-06-01T00:00:00Z'),
        });
        await store.transaction((tx) => tx.insertControl(control));
      }
    }
  });
  afterAll(() => store?.close());
  return {
    get store() {
      return store;
    },
    get doors() {
      return doors;
    },
    truth,
    answer: async (token, path) => {
      const { status, json } = await doors.ask(path, { token });
      expect(status).toBe(200);
      return json;
    },
  };
}
