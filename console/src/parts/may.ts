import type { CallerJson } from '../api/shapes.ts';

/** What is offered to whom. The API judges; this only hides what it would refuse. */
export function may(me: CallerJson | undefined, scope: string): boolean {
  return me !== undefined && (me.scopes.includes('admin') || me.scopes.includes(scope));
}
