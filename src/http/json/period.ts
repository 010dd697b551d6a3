import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Period } from '../../ports/store.ts';

const dayMs = 86_400_000;

/** A UTC day, or an instant. */
const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

export const periodQuery = {
  from: moment.exactOptional().describe('First UTC day, or an instant.'),
  to: moment.exactOptional().describe('Last UTC day, which is part of it, or an instant, which is not.'),
};

/**
 * The time asked for: until now, and `usualDays` of it, unless the query says otherwise. Errors: `bad-request` for a
 * period that ends before it begins.
 */
export function periodOf(
  query: { readonly from?: string; readonly to?: string },
  now: number,
  usualDays: number,
): Period {
  const until = query.to === undefined ? now : Date.parse(query.to) + (query.to.includes('T') ? 0 : dayMs);
  const from = query.from === undefined ? until - usualDays * dayMs : Date.parse(query.from);
  if (from < until) return { from, until };
  throw new AppError('bad-request', 'The period ends before it begins.');
}
