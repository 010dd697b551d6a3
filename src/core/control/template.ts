import { z } from 'zod';
import { detectionBlock } from '../behaviour.ts';
import { controlKinds } from './control.ts';
import { identifierTypes } from './identifier.ts';

const slug = z.string().regex(/^[a-z][a-z0-9-]{1,63}$/u, 'use small letters, digits and hyphens');
const duration = z.string().regex(/^\d{1,4}d$/u, 'write a duration in days, as 90d');
const language = z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/u, 'write a language as en or pt-BR');
const sentence = z.string().trim().min(10).max(400);

/** Members of an event from which a name may be taken. */
export const identifierSources = [
  'repository',
  'organisation',
  'directory',
  'file',
  'branch',
  'actor',
  'identity',
  'resource',
  'action',
  'rule',
  'team',
] as const;
export type IdentifierSource = (typeof identifierSources)[number];

/** Members without which an event cannot be judged. */
export const neededMembers = [
  'actor.id',
  'actor.type',
  'identity.id',
  'resource.id',
  'resource.type',
  'action',
  'joins.rule',
  'secret.provider',
  'where.repository',
  'where.file',
  'where.branch',
] as const;

/** A fixed word, or the member of the event that stands there. */
const requestEntity = z.strictObject({ type: slug, id: z.enum(['actor', 'identity', 'resource']) });

/**
 * `packs/controls/<id>.yaml`: a kind of change that makes a mistake harder, as content. What an event names stands in it
 * as `<<placeholder>>` only, and every placeholder has a grammar.
 */
export const controlTemplateSchema = z.strictObject({
  id: slug,
  version: z.int().min(1),
  kind: z.enum(controlKinds),
  behaviours: z.array(slug).min(1),
  /** Whose relapses it answers to. */
  scopes: z.array(z.enum(['owner', 'team', 'everyone'])).min(1),
  /** Of several that fit, the lowest is proposed first. */
  rank: z.int().min(1).max(99),
  /** It stops something: a second person has to agree. */
  blocks: z.boolean(),
  decider: z.enum(['team', 'duty']),
  decideWithin: duration.default('30d'),
  applyWithin: duration.default('30d'),
  /** How long it stays in force before somebody decides anew. */
  expires: duration.default('180d'),
  /** After a no, or after nobody decided. */
  notAgainFor: duration.default('90d'),
  placeholders: z.record(
    slug,
    z.strictObject({
      type: z.enum(identifierTypes),
      from: z.enum(identifierSources),
      max: z.int().min(1).max(50).default(20),
    }),
  ),
  /** One set of files for every value of this placeholder. */
  each: slug.exactOptional(),
  files: z
    .array(
      z.strictObject({
        /** The repository or system that it goes to. */
        target: z.string().min(1).max(200),
        path: z.string().min(1).max(300),
        mode: z.enum(['create', 'append']).default('create'),
        format: z.enum(['yaml', 'json', 'cedar', 'shell', 'lines']),
        text: z.string().min(1).max(20_000),
      }),
    )
    .min(1)
    .max(10),
  /** What it would stop, over the normalised event. Without it, the Cedar policy itself is asked. */
  catches: detectionBlock.exactOptional(),
  /** Members without which nothing can be said of an event. */
  needs: z.array(z.enum(neededMembers)).default([]),
  /** The request that an event comes to, for a Cedar policy. */
  request: z
    .strictObject({ subject: requestEntity, action: slugOrName(), resource: requestEntity })
    .exactOptional(),
  /** Where good actions are looked for: in the sample of opportunities, of what matched nothing, or in the log of decisions. */
  good: z.enum(['opportunity', 'unmatched', 'decisions']),
  words: z.record(
    language,
    z.strictObject({
      title: z.string().trim().min(5).max(100),
      why: sentence,
      apply: sentence,
      rollback: sentence,
    }),
  ),
  reviewedBy: z.string().min(1),
  reviewedOn: z.iso.date(),
  /** Each is run by `foldback packs check`, with sample names in the placeholders. */
  examples: z
    .array(
      z.strictObject({
        name: z.string().min(3),
        event: z.record(z.string(), z.unknown()),
        expect: z.enum(['stops', 'passes', 'not-known']),
      }),
    )
    .default([]),
});
export type ControlTemplate = z.infer<typeof controlTemplateSchema>;

function slugOrName() {
  return z.string().regex(/^[a-z][a-z0-9_]{1,63}$/u, 'use small letters, digits and underscores');
}

/** `<<name>>`, or `<<name:list>>` for all of its values as a JSON list without brackets. */
export const placeholderPattern = /<<([a-z][a-z0-9-]{0,63})(:list)?>>/gu;

/** Names that are always there: the control's own id, 12 hex. */
export const ownPlaceholders = ['control'] as const;
