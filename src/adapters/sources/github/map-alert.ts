import type { Event, OwnerLead, SecretFacts, Where } from '../../../core/event.ts';
import { type EventParts, makeEvent } from '../../../core/make-event.ts';
import { commitHash, repositoryName } from '../../../core/repository-name.ts';
import { providerOf } from '../../../core/secret-provider.ts';
import { compact, type Dict, dictOf, ordinalOf, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import type { MapContext, Rejection } from '../../../ports/source.ts';
import { type GithubAlert, readAlert, repositoryIn } from './schema.ts';
import { nobody, whoseLogin } from './who.ts';

/** Actions that say something about a known alert. Any other action, also one of tomorrow, says nothing to us. */
const statusActions: ReadonlySet<string> = new Set([
  'resolved',
  'reopened',
  'revoked',
  'validated',
  'publicly_leaked',
  'assigned',
  'unassigned',
]);

/** A `secret_scanning_alert` delivery. Its sender handled the alert and is not the author of the secret. */
export function mapAlert(payload: Dict, context: MapContext): readonly Event[] | Rejection {
  const alert = readAlert(payload.alert);
  if (alert === undefined)
    return { rejected: 'alert.number or alert.secret_type is missing', pointer: '/alert' };
  const repository = repositoryIn(payload) ?? context.repository;
  if (repository === undefined)
    return { rejected: 'repository.full_name is missing', pointer: '/repository/full_name' };
  const action = textOf(payload.action) ?? '';
  if (action === 'created')
    return [committed(alert, repository, context), ...bypassed(alert, repository, context)];
  return statusActions.has(action) ? [status(alert, repository, action, context)] : [];
}

/**
 * An alert out of a list of the REST interface: the finding and, where it has come to an end, that too. A list does not
 * say that an alert was reopened, so one that is open and was changed says that it is open.
 */
export function mapListedAlert(payload: Dict, context: MapContext): readonly Event[] | Rejection {
  const alert = readAlert(payload);
  if (alert === undefined) return { rejected: 'number or secret_type is missing', pointer: '/number' };
  const repository = repositoryIn(payload) ?? repositoryOfUrl(alert.url) ?? context.repository;
  if (repository === undefined)
    return { rejected: 'repository.full_name is missing', pointer: '/repository/full_name' };
  const first = committed(alert, repository, context);
  const hasEnded =
    alert.state === 'resolved' || alert.resolution !== undefined || alert.validity === 'inactive';
  const hasChanged = alert.updatedAt !== undefined && alert.updatedAt !== alert.createdAt;
  const isOpenAgain = alert.state === 'open' && hasChanged;
  const later = hasEnded || isOpenAgain ? [status(alert, repository, 'listed', context)] : [];
  return [first, ...bypassed(alert, repository, context), ...later];
}

/** A `secret_scanning_alert_location` delivery: where the secret of an alert stands. */
export function mapLocation(payload: Dict, context: MapContext): readonly Event[] | Rejection {
  const alert = readAlert(payload.alert);
  if (alert === undefined)
    return { rejected: 'alert.number or alert.secret_type is missing', pointer: '/alert' };
  const repository = repositoryIn(payload) ?? context.repository;
  if (repository === undefined)
    return { rejected: 'repository.full_name is missing', pointer: '/repository/full_name' };
  const location = dictOf(payload.location);
  const details = dictOf(location?.details);
  if (location === undefined || details === undefined)
    return { rejected: 'location is missing', pointer: '/location' };
  const type = textOf(location.type) ?? 'commit';
  return [
    makeEvent(
      {
        ...common(alert, repository, whereOf(details, repository, alert.url)),
        kind: 'secret.location',
        id: [alert.number, textOf(details.blob_sha)],
        occurredAt: instantOf(alert.createdAt),
        record: {
          alert: alert.number,
          secretType: alert.type,
          locationType: type,
          blob: commitHash(textOf(details.blob_sha)),
          endLine: endLineOf(details),
        },
      },
      context,
    ),
  ];
}

function committed(alert: GithubAlert, repository: string, context: MapContext): Event {
  const where = whereOf(alert.firstLocation ?? {}, repository, alert.url);
  return makeEvent(
    {
      ...common(alert, repository, where),
      kind: 'secret.committed',
      id: [alert.number],
      occurredAt: instantOf(alert.createdAt),
      leads: leadsOf(alert),
      record: { ...recordOf(alert), endLine: endLineOf(alert.firstLocation) },
    },
    context,
  );
}

function status(alert: GithubAlert, repository: string, action: string, context: MapContext): Event {
  // The old form has no time: then the delivery tells two reopenings from one that is sent again.
  const isListed = action === 'listed';
  const changedAt =
    isListed && alert.state === 'open'
      ? alert.updatedAt
      : (alert.validityCheckedAt ?? (isListed ? undefined : alert.updatedAt));
  const time = alert.resolvedAt ?? changedAt;
  const delivery = time === undefined && !isListed ? context.headers?.['x-github-delivery'] : undefined;
  return makeEvent(
    {
      ...common(alert, repository, { repository, ...(alert.url === undefined ? {} : { url: alert.url }) }),
      kind: 'secret.status',
      id: [alert.number, action, alert.state, alert.resolution, alert.validity, time, delivery],
      occurredAt: instantOf(action === 'reopened' ? alert.updatedAt : (alert.resolvedAt ?? alert.updatedAt)),
      leads: leadsOf(alert),
      record: { ...recordOf(alert), action },
    },
    context,
  );
}

/** Who was warned of the secret and pushed it in spite of that, without asking anybody. */
function bypassed(alert: GithubAlert, repository: string, context: MapContext): readonly Event[] {
  if (alert.bypassedAt === undefined || alert.isBypassGranted) return [];
  const who = alert.bypassedBy === undefined ? nobody : whoseLogin(alert.bypassedBy, 'person');
  return [
    makeEvent(
      {
        // With what is known of the secret, so that it is masked here too.
        ...common(alert, repository, { repository, ...(alert.url === undefined ? {} : { url: alert.url }) }),
        kind: 'control.bypassed',
        id: ['push-protection', alert.number, alert.bypassedAt],
        occurredAt: instantOf(alert.bypassedAt),
        actor: who.actor,
        leads: who.leads,
        ...(who.identity === undefined ? {} : { identity: who.identity }),
        resource: { type: 'repository', id: repository },
        action: 'secret_scanning_push_protection.bypass',
        outcome: 'success',
        joins: { rule: 'push protection' },
        record: {
          alert: alert.number,
          secretType: alert.type,
          secretTypeName: alert.displayName,
          pushProtectionBypassedAt: alert.bypassedAt,
        },
      },
      context,
    ),
  ];
}

function common(
  alert: GithubAlert,
  repository: string,
  where: Where,
): Pick<EventParts, 'source' | 'where' | 'secret' | 'strong' | 'detector'> {
  return { source: 'github', where, ...alertFacts(alert, repository) };
}

/** What is known of the secret itself: the number of its alert joins whatever tells of it. */
export function alertFacts(
  alert: GithubAlert,
  repository: string,
): Pick<EventParts, 'secret' | 'strong' | 'detector'> {
  return {
    detector: { name: 'github-secret-scanning' },
    strong: [{ kind: 'provider-id', parts: ['github', repository.toLowerCase(), String(alert.number)] }],
    secret: {
      provider: providerOf(`${alert.type} ${alert.displayName ?? ''}`),
      rule: alert.type,
      value: alert.secret,
      ...validityOf(alert),
    },
  };
}

/**
 * Closing an alert as revoked is a person's word, which GitHub passes on; `validity` is its own look, and a key that it
 * finds working is not dead because somebody says so.
 */
function validityOf(alert: GithubAlert): { validity: SecretFacts['validity']; validityNote?: string } {
  if (alert.validity === 'inactive') return { validity: 'inactive' };
  if (alert.resolution === 'revoked' && alert.validity !== 'active')
    return { validity: 'inactive', validityNote: 'resolved as revoked' };
  return { validity: alert.validity === 'active' ? 'active' : 'unknown' };
}

/** Who went past push protection pushed the secret. */
function leadsOf(alert: GithubAlert): readonly OwnerLead[] {
  const leads: OwnerLead[] = [];
  if (alert.bypassedBy !== undefined)
    leads.push({ kind: 'pusher', account: { system: 'github', name: alert.bypassedBy } });
  if (alert.assignedTo !== undefined)
    leads.push({ kind: 'assignee', account: { system: 'github', name: alert.assignedTo } });
  return leads;
}

function whereOf(details: Dict, repository: string, url: string | undefined): Where {
  return compact({
    repository,
    commit: commitHash(textOf(details.commit_sha)),
    file: textOf(details.path)?.replace(/^\/+/u, ''),
    line: ordinalOf(details.start_line),
    startColumn: ordinalOf(details.start_column),
    endColumn: ordinalOf(details.end_column),
    url: textOf(details.html_url) ?? url,
  });
}

/** Of a secret of several lines, such as a key block; its end column counts in that line. */
function endLineOf(details: Dict | undefined): number | undefined {
  const end = ordinalOf(details?.end_line);
  return end === undefined || end === ordinalOf(details?.start_line) ? undefined : end;
}

function recordOf(alert: GithubAlert): NonNullable<EventParts['record']> {
  return {
    alert: alert.number,
    secretType: alert.type,
    secretTypeName: alert.displayName,
    state: alert.state,
    resolution: alert.resolution,
    resolvedAt: alert.resolvedAt,
    validity: alert.validity,
    pushProtectionBypassedAt: alert.bypassedAt,
    publiclyLeaked: alert.isPubliclyLeaked,
    inSeveralRepositories: alert.isInSeveralRepositories,
  };
}

function repositoryOfUrl(url: string | undefined): string | undefined {
  const name = repositoryName(url);
  return name?.includes('/') === true ? name : undefined;
}
