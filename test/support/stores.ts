import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { openEmbedded, openPostgres } from '../../src/adapters/stores/postgres/open.ts';
import type { Store } from '../../src/ports/store.ts';

export type TestStore = { readonly name: string; readonly skip?: string; open(): Promise<Store> };

/** The stores that every suite runs over: the embedded one, and a real PostgreSQL in a schema of its own. */
export function testStores(): readonly TestStore[] {
  const { url, reason } = inject('postgres');
  return [
    { name: 'embedded', open: () => openEmbedded() },
    {
      name: 'postgres',
      ...(url === undefined ? { skip: reason ?? 'no PostgreSQL' } : {}),
      open: async () => {
        const schema = `t_${randomBytes(6).toString('hex')}`;
        const store = await openPostgres(url ?? '', { schema, connectionsMax: 6 });
        return {
          ...store,
          close: async () => {
            await store.close();
            const client = new pg.Client({ connectionString: url ?? '' });
            await client.connect();
            await client.query(`drop schema ${schema} cascade`);
            await client.end();
          },
        };
      },
    },
  ];
}
