import { z } from 'zod';

/** What the doors tell of a loop, as far as commands show it. Whatever else is there goes through as it is. */
export const ownerSchema = z.looseObject({
  kind: z.string(),
  id: z.string().optional(),
  name: z.string().optional(),
  email: z.string().optional(),
  confidence: z.number(),
});
const whereSchema = z.looseObject({
  repository: z.string().optional(),
  commit: z.string().optional(),
  file: z.string().optional(),
  line: z.number().optional(),
});
export const loopSchema = z.looseObject({
  id: z.string(),
  caseCode: z.string(),
  behaviour: z.string(),
  state: z.string(),
  rung: z.string(),
  owner: ownerSchema,
  team: z.string().optional(),
  where: whereSchema,
  secret: z.looseObject({ mask: z.string(), validity: z.string() }).optional(),
  needs: z.string().optional(),
  sightings: z.number(),
  firstOccurredAt: z.string(),
});
export type Loop = z.infer<typeof loopSchema>;

export function whoOf(owner: Loop['owner']): string {
  if (owner.kind === 'unknown') return 'unknown';
  return owner.name ?? owner.email ?? owner.id ?? owner.kind;
}

export function placeOf(where: Loop['where']): string {
  const file =
    where.file === undefined ? '' : `${where.file}${where.line === undefined ? '' : `:${where.line}`}`;
  return [where.repository ?? '', file].filter((part) => part !== '').join(' ') || 'not said';
}
