import { AppError } from '../../core/errors.ts';
import type { SessionRow } from '../../ports/store.ts';

/** How long ago somebody may have proved who they are, for what asks for that anew. */
export const freshMinutes = 10;

/**
 * A session that somebody found open, or copied, does not put out those who could notice. Errors: `sign-in-again`.
 *
 * @param own the session that asks; undefined for a program, which shows its token with every request
 */
export function requireFreshSignIn(own: SessionRow | undefined, now: number): void {
  if (own === undefined) return;
  const { provedAt } = own;
  if (provedAt !== undefined && now - provedAt <= freshMinutes * 60_000) return;
  throw new AppError('sign-in-again', '');
}
