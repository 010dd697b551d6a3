import pg from 'pg';
import { openPostgres } from '../src/adapters/stores/postgres/open.ts';
import { indexPeople } from '../src/core/people-index.ts';
import { measure } from '../src/loop/measure.ts';
import { measureAll } from '../src/loop/measure-all.ts';
import { measureControls } from '../src/loop/measure-controls.ts';
import { loopPrincipal } from '../src/loop/parts.ts';
import { appliedControl } from '../test/support/applied-control.ts';
import { personOf } from '../test/support/house.ts';
import { type Figure, figure, note, rssMb, size } from './support/figure.ts';
import { busiest, fillMeasures, measuredAt, teamIds } from './support/fill-measures.ts';
import { withPostgres } from './support/with-postgres.ts';

const rounds = 3;
const peopleATeam = 20;

/**
 * What an operator waits for: the list of all behaviours and the figures of the busiest one, against a bare sum of the
 * same counters and loops. The figures by team and around two controls
 * are told beside it.
 */
export async function bench(): Promise<Figure> {
  const counters = size('MEASURE_COUNTERS', 10_000_000);
  const loops = size('MEASURE_LOOPS', 100_000);
  return withPostgres(async (url) => {
    const store = await openPostgres(url);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const filledAt = performance.now();
      await fillMeasures(client, store, { counters, loops });
      note(
        `${counters} counters and ${loops} loops in ${Math.round((performance.now() - filledAt) / 1000)} s`,
      );
      for (const scope of [{ kind: 'everyone', id: '' } as const, { kind: 'team', id: 'team-1' } as const]) {
        const applied = { behaviour: busiest, scope, appliedAt: measuredAt - 60 * 86_400_000 };
        await store.transaction((tx) => tx.insertControl(appliedControl(applied)));
      }
      const people = indexPeople(
        teamIds.flatMap((team) =>
          Array.from({ length: peopleATeam }, (_, at) => personOf(`${team}-${at}`, { team })),
        ),
        teamIds.map((id) => ({ id, name: id, handles: [] })),
      );
      const parts = {
        store,
        people,
        clock: { now: () => measuredAt },
        taxonomy: { stamps: new Map(), remaps: [] },
      };
      const settings = { sensitiveTeams: [], minutesPerDecision: 5 };
      const ask = (by?: 'team') =>
        measure(parts, loopPrincipal, { behaviour: busiest, ...(by === undefined ? {} : { by }) }, settings);
      const seconds = { limit: [], all: [], one: [], byTeam: [], around: [] } as Record<string, number[]>;
      for (let round = 0; round < rounds; round += 1) {
        const timed = async (name: string, run: () => Promise<unknown>) => {
          const startedAt = performance.now();
          await run();
          seconds[name]?.push((performance.now() - startedAt) / 1000);
        };
        await timed('limit', () => bareSums(client));
        await timed('all', () => measureAll(parts, loopPrincipal, settings));
        await timed('one', () => ask());
        await timed('byTeam', () => ask('team'));
        await timed('around', () => measureControls(parts, loopPrincipal, { behaviour: busiest }, settings));
      }
      const least = (name: string) => Math.min(...(seconds[name] ?? []));
      const shown = await ask('team');
      note(`all behaviours ${least('all').toFixed(2)} s, one ${least('one').toFixed(2)} s,`);
      note(
        `one by ${shown.groups.length} teams ${least('byTeam').toFixed(2)} s, by control ${least('around').toFixed(2)} s; memory ${rssMb()} MB`,
      );
      return figure(least('limit'), least('all') + least('one'), 's');
    } finally {
      await client.end();
      await store.close();
    }
  });
}

/** Every counter and every loop read once, and summed up by behaviour. */
async function bareSums(client: pg.Client): Promise<void> {
  await client.query(`select behaviour, sum(n) from counters where name = 'opportunity' group by behaviour`);
  await client.query('select behaviour, count(*) from loops group by behaviour');
}
