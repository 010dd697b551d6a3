import { z } from 'zod';
import type { ByHandForm } from '../../../core/by-hand.ts';
import { commitAuthor } from '../../../core/commit-author.ts';
import type { Actor, Event, Identity, OwnerLead } from '../../../core/event.ts';
import { type EventParts, type EventTools, makeEvent } from '../../../core/make-event.ts';
import { commitHash, repositoryName } from '../../../core/repository-name.ts';
import { providerOf } from '../../../core/secret-provider.ts';
import { compact } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';

const text = (max: number) => z.string().trim().min(1).max(max).optional();

/**
 * What a person fills in to report a case; which of it is asked, the form says that a behaviour declares. A secret itself
 * has no field.
 */
export const byHandInput = z.strictObject({
  title: z.string().trim().min(3).max(200).describe('What was seen, in the words of whoever reports it.'),
  who: text(300).describe('Who did it: an address, a name, or the id of a program.'),
  identity: text(200).describe('The account or key that was used, by its name.'),
  resource: text(300).describe('What was reached for.'),
  campaign: text(100).describe('The exercise, as the simulation calls it.'),
  rule: text(100).describe('What was broken.'),
  run: text(100),
  session: text(200),
  subject: text(300),
  repository: text(300),
  branch: text(200),
  file: text(1024),
  line: z.int().min(1).max(10_000_000).optional(),
  commit: z
    .string()
    .trim()
    .refine((value) => commitHash(value) !== undefined, 'write all 40 or 64 hex digits of the commit')
    .optional(),
  provider: text(64),
  /** ISO 8601 with or without zone (then UTC), or epoch milliseconds. */
  occurredAt: z
    .union([z.string(), z.number()])
    .refine((value) => instantOf(value) !== undefined, 'write a date such as 2026-11-23T10:40:00Z')
    .optional(),
  /** An e-mail address, a name, or both: `Ana Sol <ana@example.com>`. */
  owner: text(300).describe('Who may answer for it: an address, a name, or both.'),
});
/** Under this name stands what a person reported. */
export const byHandSource = 'by-hand';
export type ByHandInput = z.infer<typeof byHandInput>;

type Tools = EventTools & { readonly repository?: string };

/** The event of what a person reported by a form. The same form sent twice is one event. */
export function byHand(input: ByHandInput, form: ByHandForm, tools: Tools): Event {
  const parts = form.event.kind === 'secret.committed' ? secretParts(input) : deedParts(input, form);
  const repository = repositoryName(input.repository) ?? input.repository ?? tools.repository;
  const { branch, file, line } = input;
  const { kind } = form.event;
  return makeEvent(
    {
      source: byHandSource,
      kind,
      occurredAt: instantOf(input.occurredAt),
      where: compact({ repository, commit: commitHash(input.commit), branch, file, line }),
      ...parts,
    },
    tools,
  );
}

type Parts = Omit<EventParts, 'source' | 'kind'>;

function secretParts({ title, provider, occurredAt, owner }: ByHandInput): Parts {
  return {
    id: [title, provider, occurredAt, owner],
    placeAlso: [title],
    leads: owner === undefined ? [] : leadTo(owner),
    secret: { provider: providerOf(provider ?? title), rule: 'reported-by-hand' },
    record: { title, provider },
  };
}

function deedParts(input: ByHandInput, form: ByHandForm): Parts {
  const { title, who, identity, resource, campaign, rule, run, session, subject, branch } = input;
  const { action, outcome, actor: type = 'person', identity: identityType } = form.event;
  const doer = who === undefined ? undefined : actorOf(who, type);
  // Whoever is named as answerable counts; else whoever did it, where that is a person.
  const named = input.owner ?? (type === 'person' ? who : undefined);
  const account = identity ?? (identityType === undefined ? undefined : (doer?.email ?? doer?.id ?? who));
  const used: Identity | undefined =
    account === undefined ? undefined : { type: identityType ?? 'account', id: account };
  const joins = { campaign, rule, run, session, subject };
  return {
    id: [
      form.id,
      title,
      who,
      identity,
      resource,
      ...Object.values(joins),
      branch,
      input.occurredAt,
      input.owner,
    ],
    ...(doer === undefined ? {} : { actor: doer }),
    ...(used === undefined ? {} : { identity: used }),
    resource: resource === undefined ? undefined : { type: form.event.resource ?? 'resource', id: resource },
    action,
    outcome,
    joins,
    leads: named === undefined ? [] : leadTo(named),
    record: { title, form: form.id },
  };
}

function actorOf(who: string, type: 'person' | 'workload' | 'agent'): Actor {
  if (type !== 'person') return { type, id: who };
  const { actor } = commitAuthor(whoOf(who), 'named-by-hand');
  return actor.type === 'unknown' ? { type, name: who } : { ...actor, type };
}

function leadTo(who: string): readonly OwnerLead[] {
  return commitAuthor(whoOf(who), 'named-by-hand').leads;
}

function whoOf(who: string): { readonly email: string } | { readonly name: string } {
  return who.includes('@') ? { email: who } : { name: who };
}
