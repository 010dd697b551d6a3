import type { Event, Json } from '../../../../core/event.ts';
import { type EventParts, makeEvent } from '../../../../core/make-event.ts';
import { commitHash } from '../../../../core/repository-name.ts';
import { compact, type Dict, dictOf, textOf } from '../../../../lib/guards.ts';
import { instantOf } from '../../../../lib/instant.ts';
import type { MapContext } from '../../../../ports/source.ts';
import { keptDelivery } from '../kept.ts';
import { loginOf, repositoryIn } from '../schema.ts';
import { type Who, whoIs } from '../who.ts';

/** One delivery of a webhook, whichever. */
export type Delivery = {
  /** As `X-GitHub-Event` has it, or told by the shape of a saved body. */
  readonly name: string;
  readonly action: string;
  readonly payload: Dict;
  readonly context: MapContext;
  readonly repository: string | undefined;
};

/** The name of a delivery that nothing tells. */
export const unknownName = 'delivery';

/** What a reader tells of it; the rest is the same for all. */
export type Told = Pick<EventParts, 'kind'> &
  Partial<Pick<EventParts, 'outcome' | 'resource' | 'joins' | 'occurredAt' | 'id'>> & {
    readonly where?: EventParts['where'] | undefined;
    readonly who?: Who;
    /** Our own findings about it, beside the vendor's members. */
    readonly found?: { readonly [name: string]: Json | undefined };
  };

/** Undefined where the delivery does not have what it should: then it is an activity like any other. */
export type ReadDelivery = (delivery: Delivery) => readonly Told[] | undefined;

export function deliveryOf(name: string, payload: Dict, context: MapContext): Delivery {
  return {
    name,
    action: textOf(payload.action) ?? '',
    payload,
    context,
    repository: repositoryIn(payload) ?? context.repository,
  };
}

export function eventOf(delivery: Delivery, told: Told): Event {
  const { name, action, payload, context, repository } = delivery;
  const who = told.who ?? whoIs(payload.sender);
  const main = mainOf(delivery);
  const changedAt = textOf(main?.updated_at);
  const madeAt = textOf(main?.created_at);
  // Without the time of a change, the delivery tells two doings of one kind from one that is sent again.
  const guid = changedAt === undefined ? context.headers?.['x-github-delivery'] : undefined;
  return makeEvent(
    {
      source: 'github',
      kind: told.kind,
      id: [name, action, ...(told.id ?? [idOf(main?.id) ?? idOf(main?.number), changedAt ?? madeAt, guid])],
      // A reader that knows better says so, also that nothing tells when: then it is the time of receipt.
      occurredAt:
        'occurredAt' in told
          ? told.occurredAt
          : instantOf(changedAt ?? (beginnings.has(action) ? madeAt : undefined)),
      actor: who.actor,
      leads: who.leads,
      ...(who.identity === undefined ? {} : { identity: who.identity }),
      resource: told.resource ?? placeOf(delivery),
      action: labelOf(name, action),
      ...(told.outcome === undefined ? {} : { outcome: told.outcome }),
      ...(told.joins === undefined ? {} : { joins: told.joins }),
      where: compact({ repository, url: textOf(main?.html_url), ...told.where }),
      record: { ...keptDelivery(payload), ...told.found },
    },
    context,
  );
}

/** Actions at whose time the object that they are about was made. */
const beginnings = new Set(['', 'created', 'create', 'opened', 'requested', 'reported']);

/** The vendor's own name of it. A saved body that no shape tells has its action alone. */
function labelOf(name: string, action: string): string {
  if (name === unknownName) return action === '' ? name : action;
  return action === '' ? name : `${name}.${action}`;
}

/** What is not about something in particular is about its repository, else about its organisation. */
function placeOf({ repository, payload }: Delivery): EventParts['resource'] {
  if (repository !== undefined) return { type: 'repository', id: repository };
  const organization = loginOf(payload.organization);
  return organization === undefined ? undefined : { type: 'organization', id: organization };
}

/** The object that the delivery is about. */
function mainOf({ name, payload }: Delivery): Dict | undefined {
  const own: Readonly<Record<string, string>> = {
    issues: 'issue',
    issue_comment: 'comment',
    pull_request_review: 'review',
    pull_request_review_comment: 'comment',
    commit_comment: 'comment',
    branch_protection_rule: 'rule',
    deploy_key: 'key',
    code_scanning_alert: 'alert',
    dependabot_alert: 'alert',
    repository_vulnerability_alert: 'alert',
    deployment_review: 'workflow_run',
    deployment_protection_rule: 'deployment',
    bypass_request_secret_scanning: 'exemption_request',
    bypass_request_push_ruleset: 'exemption_request',
  };
  const member = Object.hasOwn(own, name) ? own[name] : name;
  // A repository's own time is that of its last change, whatever the delivery is about.
  return member === undefined || member === 'repository' ? undefined : dictOf(payload[member]);
}

/** A number or a text as an id. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return textOf(value)?.slice(0, 200);
}

/** How a run, a job or a check ended; undefined while it goes on, and for what is neither. */
export function outcomeOf(conclusion: unknown): 'success' | 'failure' | undefined {
  if (conclusion === 'success') return 'success';
  return conclusion === 'failure' || conclusion === 'timed_out' || conclusion === 'startup_failure'
    ? 'failure'
    : undefined;
}

/** The claim under which a workflow asks for tokens in an environment. GitHub escapes the colon in its name. */
export function environmentSubject(repository: string | undefined, environment: string): string | undefined {
  return repository === undefined
    ? undefined
    : `repo:${repository}:environment:${environment.replaceAll(':', '%3A')}`;
}

export function hashOf(value: unknown): string | undefined {
  return commitHash(textOf(value));
}
