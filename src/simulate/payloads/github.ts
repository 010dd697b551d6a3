const iso = (at: number): string => new Date(at).toISOString();

function repositoryOf(name: string) {
  const [owner = '', short = ''] = name.split('/');
  return {
    id: name.length,
    name: short,
    full_name: name,
    private: true,
    owner: { login: owner, id: 2, type: 'Organization' },
    html_url: `https://github.com/${name}`,
    default_branch: 'main',
  };
}

const sender = (login: string, type: 'User' | 'Bot' = 'User') => ({ login, id: 7, type });

/** Headers that tell which event a delivery is. */
export const githubHeaders = (event: string) => ({ 'x-github-event': event });

export type Alert = {
  readonly number: number;
  readonly repository: string;
  readonly type: string;
  readonly at: number;
  /** Who went past push protection. */
  readonly bypassedBy?: string;
};

export type AlertEnd = {
  readonly at: number;
  readonly resolution: 'revoked' | 'false_positive' | null;
  readonly validity: 'active' | 'inactive' | 'unknown';
};

export type AlertPlace = {
  readonly file: string;
  readonly line: number;
  readonly startColumn: number;
  readonly endColumn: number;
  readonly commit: string;
};

/** `secret_scanning_alert`: made, or with what became of it. The secret itself is never in a webhook. */
export function alertDelivery(alert: Alert, action: 'created' | 'resolved' | 'validated', end?: AlertEnd) {
  return {
    action,
    alert: alertBody(alert, end),
    repository: repositoryOf(alert.repository),
    sender: sender('github-secret-scanning', 'Bot'),
  };
}

/** `secret_scanning_alert_location`: where its secret stands. */
export function locationDelivery(alert: Alert, place: AlertPlace) {
  return {
    action: 'created',
    alert: alertBody(alert),
    location: {
      type: 'commit',
      details: locationOf(place),
    },
    repository: repositoryOf(alert.repository),
    sender: sender('github-secret-scanning', 'Bot'),
  };
}

/** An alert as the list of a repository has it: only there does GitHub tell the secret. */
export function listedAlert(alert: Alert, secret: string, place: AlertPlace) {
  return {
    ...alertBody(alert),
    secret,
    first_location_detected: locationOf(place),
    has_more_locations: false,
    repository: repositoryOf(alert.repository),
  };
}

function locationOf(place: AlertPlace) {
  return {
    path: `/${place.file}`,
    start_line: place.line,
    end_line: place.line,
    start_column: place.startColumn,
    end_column: place.endColumn,
    blob_sha: place.commit.split('').reverse().join(''),
    commit_sha: place.commit,
  };
}

function alertBody(alert: Alert, end?: AlertEnd) {
  const isResolved = end !== undefined && end.resolution !== null;
  return {
    number: alert.number,
    created_at: iso(alert.at),
    updated_at: iso(end?.at ?? alert.at),
    url: `https://api.github.com/repos/${alert.repository}/secret-scanning/alerts/${alert.number}`,
    html_url: `https://github.com/${alert.repository}/security/secret-scanning/${alert.number}`,
    state: isResolved ? 'resolved' : 'open',
    resolution: end?.resolution ?? null,
    resolved_at: isResolved ? iso(end.at) : null,
    secret_type: alert.type,
    secret_type_display_name: alert.type.replaceAll('_', ' '),
    validity: end?.validity ?? 'active',
    push_protection_bypassed: alert.bypassedBy !== undefined,
    push_protection_bypassed_by: alert.bypassedBy === undefined ? null : sender(alert.bypassedBy),
    push_protection_bypassed_at: alert.bypassedBy === undefined ? null : iso(alert.at - 60_000),
    publicly_leaked: false,
    multi_repo: false,
  };
}

/** `push`: commits reached a branch. */
export function pushDelivery(
  repository: string,
  by: { readonly name: string; readonly email: string; readonly login: string },
  commit: string,
  at: number,
) {
  const author = { name: by.name, email: by.email, username: by.login };
  const made = {
    id: commit,
    timestamp: iso(at),
    message: 'Make it work',
    author,
    committer: author,
    added: [],
    removed: [],
    modified: ['README.md'],
  };
  return {
    ref: 'refs/heads/main',
    before: commit.split('').reverse().join(''),
    after: commit,
    forced: false,
    commits: [made],
    head_commit: made,
    pusher: { name: by.login, email: by.email },
    repository: repositoryOf(repository),
    sender: sender(by.login),
  };
}

/** `branch_protection_rule`: a protection was taken away or put up. */
export function protectionDelivery(
  action: 'deleted' | 'created',
  rule: { readonly id: number; readonly name: string; readonly repository: string },
  by: { readonly login: string; readonly isApp: boolean },
  at: number,
) {
  return {
    action,
    rule: {
      id: rule.id,
      name: rule.name,
      required_approving_review_count: 2,
      created_at: iso(at),
      updated_at: iso(at),
    },
    repository: repositoryOf(rule.repository),
    sender: sender(by.login, by.isApp ? 'Bot' : 'User'),
  };
}
