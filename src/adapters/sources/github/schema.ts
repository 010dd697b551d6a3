import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';

export type GithubKind = 'alert' | 'location' | 'push' | 'listed-alert' | 'other';

/**
 * What a payload is: by the `X-GitHub-Event` header, else by its shape, which saved bodies and answers of the REST
 * interface have.
 */
export function kindOf(payload: Dict, eventName: string | undefined): GithubKind {
  if (eventName !== undefined && eventName !== '') {
    if (eventName === 'secret_scanning_alert') return 'alert';
    if (eventName === 'secret_scanning_alert_location') return 'location';
    return eventName === 'push' ? 'push' : 'other';
  }
  const alert = dictOf(payload.alert);
  if (alert !== undefined && 'number' in alert && textOf(alert.secret_type) !== undefined) {
    return isDict(payload.location) ? 'location' : 'alert';
  }
  if (isListedAlert(payload)) return 'listed-alert';
  return isPush(payload) ? 'push' : 'other';
}

/** Whatever webhook it is of: it names an action or a repository, and stands in the frame that all have. */
export function isDelivery(payload: Dict): boolean {
  const isNamed = repositoryIn(payload) !== undefined || textOf(payload.action) !== undefined;
  const frames = ['sender', 'repository', 'organization', 'installation', 'security_advisory'];
  return isNamed && frames.some((name) => isDict(payload[name]));
}

/** A push as GitHub has it: with who pushed, or the repository under its full name, unlike that of other forges. */
function isPush(payload: Dict): boolean {
  const isOurs = isDict(payload.pusher) || repositoryIn(payload) !== undefined;
  const hasCommits = Array.isArray(payload.commits) || ('before' in payload && 'after' in payload);
  return textOf(payload.ref) !== undefined && hasCommits && isOurs && !('object_kind' in payload);
}

/** An alert of `GET /repos/{owner}/{repo}/secret-scanning/alerts`, or of an organisation or enterprise. */
export function isListedAlert(value: unknown): boolean {
  return (
    isDict(value) &&
    typeof value.number === 'number' &&
    textOf(value.secret_type) !== undefined &&
    'resolution' in value
  );
}

/** An alert as far as it is read; the old form has a number and a type and nothing more. */
export type GithubAlert = {
  readonly number: number;
  readonly type: string;
  readonly displayName: string | undefined;
  readonly state: string | undefined;
  readonly resolution: string | undefined;
  readonly resolvedAt: string | undefined;
  readonly createdAt: string | undefined;
  readonly updatedAt: string | undefined;
  readonly validity: string | undefined;
  readonly validityCheckedAt: string | undefined;
  readonly secret: string | undefined;
  readonly url: string | undefined;
  readonly bypassedBy: string | undefined;
  readonly bypassedAt: string | undefined;
  /** Somebody else granted the bypass: then it was the approved path. */
  readonly isBypassGranted: boolean;
  readonly assignedTo: string | undefined;
  readonly isPubliclyLeaked: boolean | undefined;
  readonly isInSeveralRepositories: boolean | undefined;
  readonly firstLocation: Dict | undefined;
};

export function readAlert(value: unknown): GithubAlert | undefined {
  if (!isDict(value)) return undefined;
  const number = value.number;
  const type = textOf(value.secret_type);
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 1 || type === undefined)
    return undefined;
  return {
    number,
    type,
    displayName: textOf(value.secret_type_display_name),
    state: textOf(value.state),
    resolution: textOf(value.resolution),
    resolvedAt: textOf(value.resolved_at),
    createdAt: textOf(value.created_at),
    updatedAt: textOf(value.updated_at),
    validity: textOf(value.validity),
    validityCheckedAt: textOf(value.validity_checked_at),
    secret: textOf(value.secret),
    url: textOf(value.html_url),
    bypassedBy: loginOf(value.push_protection_bypassed_by),
    bypassedAt: textOf(value.push_protection_bypassed_at),
    isBypassGranted: loginOf(value.push_protection_bypass_request_reviewer) !== undefined,
    assignedTo: loginOf(value.assigned_to),
    isPubliclyLeaked: flagOf(value.publicly_leaked),
    isInSeveralRepositories: flagOf(value.multi_repo),
    firstLocation: dictOf(value.first_location_detected),
  };
}

export function repositoryIn(payload: Dict): string | undefined {
  return textOf(dictOf(payload.repository)?.full_name);
}

export function loginOf(value: unknown): string | undefined {
  return textOf(dictOf(value)?.login);
}

export type GithubPerson = {
  readonly name: string | undefined;
  readonly email: string | undefined;
  readonly login: string | undefined;
};

/** `{name, email, username}` of a commit's author or committer; `username` is left out for strangers. */
export function personOf(value: unknown): GithubPerson {
  const person = dictOf(value);
  return {
    name: textOf(person?.name),
    email: textOf(person?.email),
    login: textOf(person?.username),
  };
}

export function commitsOf(payload: Dict): readonly Dict[] {
  return listOf(payload.commits).filter(isDict);
}

function flagOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
