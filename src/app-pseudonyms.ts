import type { LoopParts } from './loop/parts.ts';

/** Set by the step of the schema that found units under the key of ids. */
const settingName = 'units-to-name';
const batchMax = 5_000;

/**
 * Gives units that stand under the key of ids the name that measures know them by, once and all of them: so what comes
 * back is still known as the same habit. One process at a time.
 */
export async function nameUnits({
  store,
  pseudonymOf,
}: Pick<LoopParts, 'store' | 'pseudonymOf'>): Promise<number> {
  return store.transaction(async (tx) => {
    await tx.lock(settingName);
    if ((await tx.setting(settingName)) !== true) return 0;
    const names = await tx.unitNames();
    for (let at = 0; at < names.length; at += batchMax)
      await tx.renameUnits(names.slice(at, at + batchMax).map((old) => ({ old, name: pseudonymOf(old) })));
    await tx.saveSetting(settingName, false);
    return names.length;
  });
}
