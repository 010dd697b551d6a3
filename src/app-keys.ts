import { checksOf, compareKeys, type KeySet, parseKeyChecks } from './config/keys.ts';
import { AppError } from './core/errors.ts';
import type { Store } from './ports/store.ts';

/** Refuses keys that did not make the stored data, and notes new ones. One process at a time. */
export async function checkKeys(store: Store, keys: KeySet): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.lock('keys');
    const stored = parseKeyChecks(await tx.setting('keys'));
    const save = (checks: ReturnType<typeof checksOf>) => tx.saveSetting('keys', { ...checks });
    if (stored === undefined) return save(checksOf(keys));
    const compared = compareKeys(stored, keys);
    if (compared.kind === 'wrong') throw new AppError('wrong-key', compared.problems.join('\n'));
    if (compared.kind === 'rotated') await save(compared.checks);
  });
}
