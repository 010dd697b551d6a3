import pg from 'pg';
import { openPostgres } from '../src/adapters/stores/postgres/open.ts';
import { openDoors } from '../test/http/doors.ts';
import { fillStore } from '../test/support/fill-store.ts';
import { testClock } from '../test/support/house.ts';
import { type Figure, figure, note, rssMb, size } from './support/figure.ts';
import { withPostgres } from './support/with-postgres.ts';

/** When the stored history ends, and a little more. */
const after = 1_790_000_000_000 + 40_000_000_000;

/** The evidence of a period with many cases, read to its end, against a bare read of the same entries. */
export async function bench(): Promise<Figure> {
  const loops = size('EVIDENCE_LOOPS', 100_000);
  return withPostgres(async (url) => {
    const store = await openPostgres(url);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await fillStore(url, { events: 1, loops, habits: ['0'.repeat(32), '1'.repeat(32)] });
      const bareAt = performance.now();
      await client.query(
        'select * from ledger_entries e left join ledger_private p using (loop_id, seq) order by loop_id, seq',
      );
      const bare = (performance.now() - bareAt) / 1000;
      const doors = openDoors({ store, clock: testClock(after) });
      const token = await doors.token(['evidence:read']);
      const before = rssMb();
      const startedAt = performance.now();
      const response = await doors.app.request(
        'http://localhost/v1/evidence?from=2026-01-01&to=2027-12-31&purpose=a+measure',
        { headers: { Authorization: `Bearer ${token}` } },
      );
      let [bytes, most] = [0, before];
      for await (const chunk of response.body ?? []) {
        bytes += chunk.byteLength;
        most = Math.max(most, rssMb());
      }
      const seconds = (performance.now() - startedAt) / 1000;
      note(
        `${loops} cases, ${Math.round(bytes / 1_048_576)} MB in ${seconds.toFixed(1)} s; memory ${before} MB before, ${most} MB at most`,
      );
      return figure(bare, seconds, 's');
    } finally {
      await client.end();
      await store.close();
    }
  });
}
