import { z } from 'zod';

/** Shapes that several answers share. Members that are not known are left out, never null. */

export const instant = z.iso.datetime().describe('RFC 3339, UTC');
export const id32 = z.string().regex(/^[0-9a-f]{32}$/u);

/** Epoch milliseconds as the API writes it. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** A member that is left out when its value is not known. */
export function known<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  const made: { [P in K]?: V } = {};
  if (value !== undefined) made[name] = value;
  return made;
}

export function knownInstant<K extends string>(
  name: K,
  at: number | undefined,
): { readonly [P in K]?: string } {
  return known(name, at === undefined ? undefined : iso(at));
}

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z
    .string()
    .regex(/^\d{1,16}\.[0-9a-f]{32}$/u, 'not a cursor of an earlier page')
    .exactOptional(),
};
