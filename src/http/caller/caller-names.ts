import { loopPrincipal } from '../../loop/parts.ts';
import type { StoreRead } from '../../ports/store.ts';

/** What tokens and accounts are called now, by the id of their principal. */
export async function callerNames(read: StoreRead): Promise<ReadonlyMap<string, string>> {
  const [tokens, accounts] = await Promise.all([read.tokens(loopPrincipal), read.accounts(loopPrincipal)]);
  return new Map<string, string>([
    ...tokens.flatMap(({ id, name }) => ['token', 'agent'].map((kind) => [`${kind}:${id}`, name] as const)),
    ...accounts.map(({ id, name }) => [`person:${id}`, name] as const),
  ]);
}
