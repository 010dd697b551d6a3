import { inject } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { lendEmbedded, lendPostgres } from './lent-stores.ts';

export type TestStore = { readonly name: string; readonly skip?: string; open(): Promise<Store> };

/** The stores that every suite runs over: the embedded one, and a real PostgreSQL in a schema of its own. */
export function testStores(): readonly TestStore[] {
  const { url, reason, schemas } = inject('postgres');
  return [
    { name: 'embedded', open: lendEmbedded },
    {
      name: 'postgres',
      ...(url === undefined ? { skip: reason ?? 'no PostgreSQL' } : {}),
      open: () => lendPostgres(url ?? '', schemas),
    },
  ];
}
