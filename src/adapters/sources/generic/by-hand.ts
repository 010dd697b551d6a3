import { z } from 'zod';
import { commitAuthor } from '../../../core/commit-author.ts';
import type { Event, OwnerLead } from '../../../core/event.ts';
import { type EventTools, makeEvent } from '../../../core/make-event.ts';
import { commitHash, repositoryName } from '../../../core/repository-name.ts';
import { providerOf } from '../../../core/secret-provider.ts';
import { compact } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';

/** What a person fills in to report a leaked secret. The secret itself has no field. */
export const byHandInput = z.strictObject({
  title: z.string().trim().min(3).max(200),
  repository: z.string().trim().min(1).max(300).optional(),
  file: z.string().trim().min(1).max(1024).optional(),
  line: z.int().min(1).max(10_000_000).optional(),
  commit: z
    .string()
    .trim()
    .refine((text) => commitHash(text) !== undefined, 'write all 40 or 64 hex digits of the commit')
    .optional(),
  provider: z.string().trim().min(1).max(64).optional(),
  /** ISO 8601 with or without zone (then UTC), or epoch milliseconds. */
  occurredAt: z
    .union([z.string(), z.number()])
    .refine((value) => instantOf(value) !== undefined, 'write a date such as 2026-11-23T10:40:00Z')
    .optional(),
  /** An e-mail address, a name, or both: `Ana Sol <ana@example.com>`. */
  owner: z.string().trim().min(1).max(300).optional(),
});
/** Under this name stands what a person reported. */
export const byHandSource = 'by-hand';
export type ByHandInput = z.infer<typeof byHandInput>;

/** The event of what a person reported. The same form sent twice is one event. */
export function byHand(input: ByHandInput, tools: EventTools & { readonly repository?: string }): Event {
  const repository = repositoryName(input.repository) ?? input.repository ?? tools.repository;
  const rule = 'reported-by-hand';
  return makeEvent(
    {
      source: byHandSource,
      kind: 'secret.committed',
      id: [input.title, input.provider, input.occurredAt, input.owner],
      placeAlso: [input.title],
      occurredAt: instantOf(input.occurredAt),
      leads: input.owner === undefined ? [] : ownerLead(input.owner),
      where: compact({ repository, commit: commitHash(input.commit), file: input.file, line: input.line }),
      secret: { provider: providerOf(input.provider ?? input.title), rule },
      record: { title: input.title, provider: input.provider },
    },
    tools,
  );
}

function ownerLead(owner: string): readonly OwnerLead[] {
  return commitAuthor(owner.includes('@') ? { email: owner } : { name: owner }, 'named-by-hand').leads;
}
