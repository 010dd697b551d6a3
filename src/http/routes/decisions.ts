import { z } from 'zod';
import { can } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import { instantOf } from '../../lib/instant.ts';
import { type DecisionInput, decide } from '../../loop/decide.ts';
import type { People } from '../../ports/owner-directory.ts';
import { loopJson, loopSchema } from '../json/loop-json.ts';
import type { Room } from '../room.ts';
import { changing, type Operations, pathPart } from '../table/operation.ts';
import { findStory } from './loops.ts';

const reason = z.string().trim().min(1).max(500).exactOptional();

const decision = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('dismiss'), reason }),
  z.strictObject({ decision: z.literal('uphold'), reason }),
  z.strictObject({ decision: z.literal('reject-dispute'), reason }),
  z.strictObject({ decision: z.literal('hand-back'), reason }),
  z.strictObject({
    decision: z.literal('accept-risk'),
    until: z
      .string()
      .refine((text) => instantOf(text) !== undefined, 'write a date such as 2026-12-24')
      .describe('RFC 3339, or a date: then its end, UTC.'),
  }),
  z.strictObject({
    decision: z.literal('hand-over'),
    to: z.strictObject({ kind: z.enum(['person', 'team']), id: z.string().min(1).max(300) }),
  }),
  z.strictObject({
    decision: z.literal('attest'),
    reference: z.string().trim().min(3).max(200).describe('Where others can look it up.'),
  }),
]);

/** Decides what a recipient asked for, or in their place. */
export function decisionRoutes(room: Room): Pick<Operations, 'POST /v1/loops/{id}/replies'> {
  const { parts } = room.given;
  return {
    'POST /v1/loops/{id}/replies': changing({
      summary: 'Decides: a dispute, an accepted risk, who owns it, a second person’s word.',
      body: decision,
      answers: { 200: { description: 'The loop as it stands now.', schema: loopSchema } },
      handle: async ({ c, caller, body }) => {
        if (body.decision === 'hand-over' && !can(caller, 'owners:write'))
          throw new AppError('forbidden', 'To decide who owns it takes the scope owners:write.');
        const story = await findStory(room, caller, pathPart(c, 'id'));
        const decided = await decide(parts, caller, story.loop.id, inputOf(body, parts.people));
        if (decided.kind === 'not-found')
          throw new AppError('not-found', 'No loop has this id or case code.');
        if (decided.kind === 'refused') throw new AppError('conflict', sentence(decided.reason));
        return c.json(loopJson(parts, decided.loop));
      },
    }),
  };
}

function inputOf(body: z.infer<typeof decision>, people: People): DecisionInput {
  switch (body.decision) {
    case 'accept-risk':
      return { kind: 'accept-risk', until: endOf(body.until) };
    case 'hand-over':
      return { kind: 'hand-over', to: named(body.to, people) };
    case 'attest':
      return { kind: 'attest', reference: body.reference };
    default:
      return { kind: body.decision, ...(body.reason === undefined ? {} : { reason: body.reason }) };
  }
}

/** Whoever hands a case over knows the name or address of a person; the id only if the directory was looked into. */
function named(
  to: { readonly kind: 'person' | 'team'; readonly id: string },
  people: People,
): { readonly kind: 'person' | 'team'; readonly id: string } {
  if (to.kind !== 'person' || people.person(to.id) !== undefined) return to;
  return { kind: 'person', id: people.find(to.id.trim())?.id ?? to.id };
}

/** A date is meant to its end. */
function endOf(text: string): number {
  const at = instantOf(text) ?? 0;
  return /^\d{4}-\d{2}-\d{2}$/u.test(text.trim()) ? at + 86_400_000 - 1 : at;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
