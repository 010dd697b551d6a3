import { z } from 'zod';
import type { PolicyRequest } from '../../policy/request.ts';

const properties = z.record(z.string(), z.unknown());
const entity = z.object({
  type: z.string().min(1),
  id: z.string().min(1),
  properties: properties.optional(),
});
const action = z.object({ name: z.string().min(1), properties: properties.optional() });

/** One question (AuthZEN Authorization API 1.0, section 6). Members that are not known are ignored. */
export const evaluationBody = z.object({
  subject: entity,
  action,
  resource: entity,
  context: properties.optional(),
});

export const semantics = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;

/** Evaluations of one request; each is a decision of its own. */
export const evaluationsMax = 100;

/** Several questions (section 7): what stands above holds for every one that does not say it itself. */
export const evaluationsBody = z.object({
  subject: z.unknown().optional(),
  action: z.unknown().optional(),
  resource: z.unknown().optional(),
  context: z.unknown().optional(),
  evaluations: z.array(z.record(z.string(), z.unknown())).max(evaluationsMax).optional(),
  options: z.object({ evaluations_semantic: z.enum(semantics).optional() }).optional(),
});

export type Question =
  | { readonly kind: 'asked'; readonly request: PolicyRequest }
  | { readonly kind: 'bad'; readonly reason: string };

/** One question of several. An entity of its own takes the place of the whole one above. */
export function questionOf(
  above: z.infer<typeof evaluationsBody>,
  own: Readonly<Record<string, unknown>>,
): Question {
  const merged: Record<string, unknown> = {};
  for (const name of ['subject', 'action', 'resource', 'context'] as const) {
    const value = Object.hasOwn(own, name) ? own[name] : above[name];
    if (value !== undefined) merged[name] = value;
  }
  const parsed = evaluationBody.safeParse(merged);
  if (parsed.success) return { kind: 'asked', request: parsed.data };
  const [issue] = parsed.error.issues;
  return { kind: 'bad', reason: `/${issue?.path.map(String).join('/') ?? ''}: ${issue?.message ?? ''}` };
}
