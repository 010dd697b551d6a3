import type { EventKind } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { namedSecrets } from '../../../core/named-secrets.ts';
import { dictOf, isDict, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { type KeepPlan, keepMembers } from '../../../lib/keep-members.ts';
import type { Source } from '../../../ports/source.ts';

/** The first that fits. https://docs.snyk.io/, "Retrieve audit logs" */
const kinds: readonly (readonly [RegExp, EventKind])[] = [
  [/\.service_account\.create$/u, 'credential.created'],
  [/\.service_account\.delete$/u, 'credential.removed'],
  [/^(?:org|group)\.user\.remove$/u, 'identity.disabled'],
];

const change: KeepPlan = { role: true, rolePublicId: true };
const plan: KeepPlan = {
  event: true,
  created: true,
  groupId: true,
  orgId: true,
  group_id: true,
  org_id: true,
  userId: true,
  user_id: true,
  projectId: true,
  project_id: true,
  content: {
    role: true,
    rolePublicId: true,
    userPublicId: true,
    serviceAccountPublicId: true,
    orgName: true,
    origin: true,
    type: true,
    before: change,
    after: change,
  },
};

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'an entry is an object' };
  const name = textOf(record.event);
  if (name === undefined) return { rejected: 'event is missing', pointer: '/event' };
  const kind = kinds.find(([pattern]) => pattern.test(name.slice(0, 200)))?.[1] ?? 'activity.recorded';
  const user = textOf(record.userId) ?? textOf(record.user_id);
  const content = dictOf(record.content);
  const other = textOf(content?.userPublicId);
  const account = textOf(content?.serviceAccountPublicId);
  const place = textOf(record.projectId) ?? textOf(record.project_id);
  const used = kind === 'identity.disabled' ? (other ?? user) : user;
  return [
    makeEvent(
      {
        source: 'snyk',
        kind,
        id: [
          name,
          textOf(record.created),
          textOf(record.groupId) ?? textOf(record.group_id),
          textOf(record.orgId) ?? textOf(record.org_id),
          user,
          account,
          place,
        ],
        occurredAt: instantOf(record.created),
        // An id and no name: it may be a person's or a service account's.
        actor: user === undefined ? { type: 'unknown' } : { type: 'unknown', id: user },
        ...(used === undefined ? {} : { identity: { type: 'user', id: used, provider: 'snyk' } }),
        resource:
          account !== undefined
            ? { type: 'api-key', id: account }
            : place === undefined
              ? undefined
              : { type: 'project', id: place },
        action: name,
        detector: { name: 'snyk' },
        alsoSecret: namedSecrets(record),
        record: keepMembers(record, plan),
      },
      context,
    ),
  ];
};
