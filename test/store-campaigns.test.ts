import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loopPrincipal } from '../src/loop/parts.ts';
import type { CampaignRow, Store } from '../src/ports/store.ts';
import { monday } from './support/house.ts';
import { testStores } from './support/stores.ts';

const row = (over: Partial<CampaignRow> = {}): CampaignRow => ({
  source: 'one',
  id: '7',
  name: 'May',
  reconstruction: { subject: 'ñ "\\ ‹', text: 'x' },
  cues: [{ kind: 'urgency' }],
  difficulty: {},
  updatedAt: monday,
  ...over,
});

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(
    `campaigns in ${kind.name}${kind.skip === undefined ? '' : ` (skipped: ${kind.skip})`}`,
    () => {
      let store: Store;
      beforeAll(async () => {
        store = await kind.open();
      });
      afterAll(() => store?.close());
      const read = (...keys: readonly { source: string; id: string }[]) =>
        store.read.campaigns(loopPrincipal, keys);

      test('are found by source and id, exactly as they were kept', async () => {
        await store.transaction((tx) => tx.saveCampaign(row()));
        await store.transaction((tx) => tx.saveCampaign(row({ source: 'two' })));
        expect(await read({ source: 'one', id: '7' }, { source: 'one', id: '7' })).toEqual([row()]);
        expect(await read({ source: 'one', id: '8' })).toEqual([]);
        expect(await read()).toEqual([]);
      });

      test('are replaced as a whole, but for a name that nobody gave anew', async () => {
        const { name: _name, ...later } = row({ cues: [], updatedAt: monday + 1 });
        await store.transaction((tx) => tx.saveCampaign(later));
        expect(await read({ source: 'one', id: '7' })).toEqual([{ ...later, name: 'May' }]);
      });
    },
  );
}
