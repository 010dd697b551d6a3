import type { Identity } from './event.ts';
import { fold } from './people-index.ts';

/** Under what an identity is one and the same: whose it is and what it is called, however that is spelt. */
export function identityKey({ provider, id }: Pick<Identity, 'provider' | 'id'>): string {
  return `${fold(provider ?? '')} ${fold(id)}`;
}

/** The program that uses identities, told by what it is called; undefined for a person and for nobody. */
export function programKey(
  actor: { readonly type: string; readonly id?: string; readonly name?: string } | undefined,
): string | undefined {
  if (actor?.type !== 'workload' && actor?.type !== 'agent') return undefined;
  const name = fold(actor.id ?? actor.name ?? '');
  return name === '' ? undefined : `${actor.type} ${name}`;
}
