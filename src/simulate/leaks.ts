import type { Draws } from './draw.ts';
import type { Member, Repository } from './organisation.ts';
import { accessKeyRecord } from './payloads/cloudtrail.ts';
import {
  type Alert,
  alertDelivery,
  githubHeaders,
  listedAlert,
  locationDelivery,
} from './payloads/github.ts';
import { gitleaksFinding, type LeakPlace } from './payloads/gitleaks.ts';
import type { TrueOwner } from './truth.ts';
import { day, deliver, finding, hour, mend, openCase, type World } from './world.ts';

const behaviour = 'secret-in-repository';

/** How the author of a leak stands in its commit, with the share of each. */
const traces = [
  ['company address', 0.66],
  ['no-reply address of GitHub', 0.16],
  ['made-up host name', 0.07],
  ['bot', 0.03],
  ['address of a stranger', 0.03],
  ["colleague's commit", 0.02],
  ['somebody who left', 0.03],
] as const;
type Trace = (typeof traces)[number][0];

export type Leak = {
  readonly id: string;
  readonly by: Member;
  readonly repository: Repository;
  readonly at: number;
  readonly isHistory: boolean;
};

/** What the scans of a repository have found, for the reports that repeat it. */
export type Scans = Map<string, { readonly record: object; readonly finding: string }[]>;

/** A secret is committed: who really did it, how scanners see it, and what mending it looks like. */
export function leakSecret(world: World, scans: Scans, leak: Leak): void {
  const { draws } = world;
  const trace = traceOf(world, leak);
  const leaver = world.organisation.members.find(
    ({ leftOnDay, team }) => leftOnDay !== undefined && team === leak.by.team,
  );
  const author = authorOf(world, trace, leak, leaver);
  const isAws = draws.chance(0.35, 'provider', leak.id);
  const secret = isAws ? awsKeyId(draws, leak.id) : `${draws.letters(36, 'secret', leak.id)}`;
  const rule = isAws ? 'aws-access-token' : 'generic-api-key';
  openCase(world, {
    id: leak.id,
    behaviour,
    owner: ownerOf(trace, leak),
    isMistake: true,
    isHistory: leak.isHistory,
    at: leak.at,
    trace,
  });
  const place: LeakPlace = {
    repository: leak.repository.name,
    file: `${leak.repository.files[draws.whole(0, leak.repository.files.length - 1, 'file', leak.id)] ?? 'a'}`,
    line: draws.whole(2, 900, 'line', leak.id),
    startColumn: draws.whole(5, 30, 'column', leak.id),
    commit: draws.hex(40, 'commit', leak.id),
    author,
    at: leak.at,
  };
  const seenAt = leak.isHistory ? world.start + 2 * hour : scanAt(world, leak.at);
  const isRedacted = draws.chance(0.15, 'redacted', leak.id);
  const scan = (where: LeakPlace, name: string, at: number, hidden: boolean) => {
    const record = gitleaksFinding(rule, secret, where, hidden);
    const id = finding(world, { id: `${leak.id} ${name}`, case: leak.id, at });
    const known = scans.get(where.repository) ?? [];
    scans.set(where.repository, known);
    world.plan(at, `${id} known`, { kind: 'deed', run: () => known.push({ record, finding: id }) });
    deliver(world, {
      id: `gitleaks ${id}`,
      at,
      source: 'gitleaks',
      payload: [record],
      records: [{ record, finding: id }],
    });
  };
  scan(place, 'scan', seenAt, isRedacted);
  // GitHub sees it too, in half of the cases before the scan does.
  const hasAlert = isRedacted ? draws.chance(0.6, 'alert', leak.id) : draws.chance(0.35, 'alert', leak.id);
  let alert: Alert | undefined;
  if (hasAlert && !leak.isHistory) {
    alert = {
      number: draws.whole(1, 1_000_000, 'number', leak.id),
      repository: leak.repository.name,
      type: isAws ? 'aws_access_key_id' : 'generic_api_key',
      at: leak.at,
      // Whoever went past push protection had logged in.
      ...(draws.chance(0.3, 'bypassed', leak.id) ? { bypassedBy: leak.by.login } : {}),
    };
    raiseAlert(
      world,
      alert,
      place,
      secret,
      leak,
      draws.chance(0.5, 'alert first', leak.id) ? leak.at : seenAt,
    );
  }
  // The same value is copied into another file or repository, by somebody who does not own it.
  if (draws.chance(0.15, 'copied', leak.id)) {
    const copyist = draws.pick(
      world.organisation.members.filter(({ leftOnDay }) => leftOnDay === undefined),
      'copyist',
      leak.id,
    );
    const repository = draws.pick(world.organisation.repositories, 'copy', leak.id);
    const at = Math.max(leak.at, world.start) + draws.whole(1, 10, 'copy day', leak.id) * day;
    const copy = {
      ...place,
      repository: repository.name,
      file: `${repository.folder}/src/copied.py`,
      commit: draws.hex(40, 'copy', leak.id),
      at,
      author: { name: copyist.name, email: copyist.email },
    };
    if (at < world.start + world.days * day) scan(copy, 'copy', scanAt(world, at), false);
  }
  world.mends.set(leak.id, (at) =>
    mend(world, leak.id, at, () => {
      const told = at + draws.whole(1, 8, 'seen dead', leak.id) * hour;
      if (isAws && !isRedacted) deleteKey(world, leak, secret, at, told);
      else
        tellDead(
          world,
          alert ?? {
            number: draws.whole(1, 1_000_000, 'number', leak.id),
            repository: place.repository,
            type: 'generic_api_key',
            at: leak.at,
          },
          alert !== undefined,
          place,
          secret,
          leak,
          told,
        );
    }),
  );
}

function traceOf(world: World, leak: Leak): Trace {
  let left = world.draws.unit('trace', leak.id);
  for (const [trace, share] of traces) {
    left -= share;
    if (left < 0) return trace;
  }
  return 'company address';
}

function ownerOf(trace: Trace, { by, repository }: Leak): TrueOwner {
  const isTeams = trace === 'bot' || trace === 'address of a stranger' || trace === 'somebody who left';
  return isTeams
    ? { kind: 'team', id: trace === 'somebody who left' ? by.team : repository.team }
    : { kind: 'person', id: by.id };
}

function authorOf(
  world: World,
  trace: Trace,
  { by, id }: Leak,
  leaver: Member | undefined,
): LeakPlace['author'] {
  switch (trace) {
    case 'company address':
      return { name: by.name, email: by.email };
    case 'no-reply address of GitHub':
      return {
        name: by.name,
        email: `${world.draws.whole(1_000, 99_999, 'number of account', by.id)}+${by.login}@users.noreply.github.com`,
      };
    case 'made-up host name':
      return { name: by.name, email: by.laptop };
    case 'bot':
      return { name: 'dependabot[bot]', email: '49699333+dependabot[bot]@users.noreply.github.com' };
    case 'address of a stranger':
      return {
        name: 'Sam Contractor',
        email: `sam.${world.draws.letters(4, 'stranger', id).toLowerCase()}@example.net`,
      };
    case "colleague's commit": {
      const others = world.organisation.members.filter(
        (one) => one.team === by.team && one.id !== by.id && one.leftOnDay === undefined,
      );
      const colleague = others[0] ?? by;
      return { name: colleague.name, email: colleague.email };
    }
    case 'somebody who left':
      return leaver === undefined
        ? { name: 'Robin Gone', email: 'robin.gone@example.net' }
        : { name: leaver.name, email: leaver.email };
  }
}

/** Scanners run every few hours; in an outage they say nothing, and everything afterwards. */
function scanAt(world: World, at: number): number {
  const next = at + 2 * hour;
  const outage = world.start + 40 * day;
  return next >= outage && next < outage + 2 * day ? outage + 2 * day + hour : next;
}

function raiseAlert(
  world: World,
  alert: Alert,
  place: LeakPlace,
  secret: string,
  leak: Leak,
  at: number,
): void {
  const made = alertDelivery(alert, 'created');
  const whole = { ...place, endColumn: place.startColumn + secret.length - 1 };
  const where = locationDelivery(alert, whole);
  const id = finding(world, { id: `${leak.id} alert`, case: leak.id, at });
  deliver(world, {
    id: `github ${id}`,
    at,
    source: 'github',
    headers: githubHeaders('secret_scanning_alert'),
    payload: made,
    records: [{ record: made, finding: id }],
  });
  deliver(world, {
    id: `github ${id} location`,
    at: at + 1,
    source: 'github',
    headers: githubHeaders('secret_scanning_alert_location'),
    payload: where,
    records: [{ record: where }],
  });
  // Every night the alerts are asked for: the list has the secret, also where a scanner hid it.
  const listed = listedAlert(alert, secret, whole);
  const listedAt = at - (at % day) + day + 2 * hour;
  deliver(world, {
    id: `github ${id} listed`,
    at: listedAt,
    source: 'github',
    payload: [listed],
    records: [{ record: listed, finding: id }],
  });
  // Some close the alert as no leak; the secret lives on.
  if (!world.draws.chance(0.08, 'judged', leak.id)) return;
  const closedAt = at + 2 * day;
  const judged = alertDelivery(alert, 'resolved', {
    at: closedAt,
    resolution: 'false_positive',
    validity: 'unknown',
  });
  deliver(world, {
    id: `github ${id} judged`,
    at: closedAt,
    source: 'github',
    headers: githubHeaders('secret_scanning_alert'),
    payload: judged,
    records: [{ record: judged }],
  });
}

function deleteKey(world: World, leak: Leak, key: string, at: number, told: number): void {
  const record = accessKeyRecord(
    'DeleteAccessKey',
    { id: key, user: leak.by.login },
    { kind: 'sso', email: leak.by.email },
    at,
  );
  const payload = { Records: [record] };
  deliver(world, {
    id: `cloudtrail ${leak.id} gone`,
    at: told,
    source: 'cloudtrail',
    payload,
    records: [{ record }],
  });
}

/** The provider refuses it: GitHub tells so of its alert, else the next validated report does. */
function tellDead(
  world: World,
  alert: Alert,
  hasAlert: boolean,
  place: LeakPlace,
  secret: string,
  leak: Leak,
  at: number,
): void {
  if (hasAlert) {
    const payload = alertDelivery(alert, 'resolved', { at, resolution: 'revoked', validity: 'inactive' });
    deliver(world, {
      id: `github ${leak.id} dead`,
      at,
      source: 'github',
      headers: githubHeaders('secret_scanning_alert'),
      payload,
      records: [{ record: payload }],
    });
    return;
  }
  const record = {
    ...gitleaksFinding(
      secret.startsWith('AKIA') ? 'aws-access-token' : 'generic-api-key',
      secret,
      place,
      false,
    ),
    ValidationStatus: 'REVOKED',
  };
  const id = finding(world, { id: `${leak.id} checked`, case: leak.id, at });
  deliver(world, {
    id: `gitleaks ${id}`,
    at,
    source: 'gitleaks',
    payload: [record],
    records: [{ record, finding: id }],
  });
}

/** The form of an access key, made at run time; no provider issued it. */
export function awsKeyId(draws: Draws, ...words: readonly string[]): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const rest = Array.from({ length: 16 }, (_, at) => alphabet[draws.whole(0, 31, 'key', ...words, at)]);
  return ['AKIA', ...rest].join('');
}
