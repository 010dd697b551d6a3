import { commitAuthor } from '../../../core/commit-author.ts';
import type { Actor, Event, OwnerLead } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { commitHash } from '../../../core/repository-name.ts';
import { compact, type Dict, dictOf, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import type { MapContext, Rejection } from '../../../ports/source.ts';
import { commitsOf, type GithubPerson, loginOf, personOf, repositoryIn } from './schema.ts';

/** A push names up to 2,048 commits; the authors of a few say who worked on it. */
const authorsMax = 20;

/**
 * A `push` delivery. One that brought commits is a chance to fail; a deleted branch or a tag on a known commit is none.
 * Whether a forced push was allowed is not told: rules look at `forced` and at what protects the branch.
 */
export function mapPush(payload: Dict, context: MapContext): readonly Event[] | Rejection {
  const repository = repositoryIn(payload) ?? context.repository;
  const ref = textOf(payload.ref);
  if (repository === undefined)
    return { rejected: 'repository.full_name is missing', pointer: '/repository/full_name' };
  if (ref === undefined) return { rejected: 'ref is missing', pointer: '/ref' };
  const after = commitHash(textOf(payload.after));
  const commits = commitsOf(payload);
  const isMade = commits.length > 0 && !isDeletion(payload);
  const pusher = pusherOf(payload);
  const head = dictOf(payload.head_commit);
  const branch = ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
  return [
    makeEvent(
      {
        source: 'github',
        kind: isMade ? 'push.made' : 'activity.recorded',
        id: [ref, textOf(payload.before), after ?? lastOf(commits) ?? textOf(payload.after)],
        occurredAt: instantOf(dictOf(payload.repository)?.pushed_at) ?? instantOf(head?.timestamp),
        actor: pusher.actor,
        ...(pusher.login === undefined
          ? {}
          : { identity: { type: 'account', id: pusher.login, provider: 'github' } }),
        action: 'push',
        resource: branch === undefined ? { type: 'ref', id: ref } : { type: 'branch', id: branch },
        joins: { commit: after },
        leads: [...pusher.leads, ...authorsOf(commits)],
        where: compact({
          repository,
          commit: after,
          branch,
          url: textOf(payload.compare),
        }),
        record: {
          ref,
          before: commitHash(textOf(payload.before)),
          commits: commits.length,
          forced: payload.forced === true,
          created: payload.created === true,
          ...(isDeletion(payload) ? { deleted: true } : {}),
        },
      },
      context,
    ),
  ];
}

/** For a push GitHub names the login as the pusher's name. The sender may be an app that pushed for someone. */
function pusherOf(payload: Dict): {
  readonly actor: Actor;
  readonly leads: readonly OwnerLead[];
  readonly login: string | undefined;
} {
  const pusher = personOf(payload.pusher);
  const sender = loginOf(payload.sender);
  const login = sender ?? pusher.name;
  const found = leadOf({ name: pusher.name, email: pusher.email, login }, 'pusher');
  const isBot = dictOf(payload.sender)?.type === 'Bot';
  const actor: Actor = isBot ? { ...found.actor, type: 'workload' } : found.actor;
  return { actor, leads: found.leads, login };
}

function isDeletion(payload: Dict): boolean {
  return payload.deleted === true;
}

function lastOf(commits: readonly Dict[]): string | undefined {
  return textOf(commits.at(-1)?.id)?.slice(0, 200);
}

function authorsOf(commits: readonly Dict[]): readonly OwnerLead[] {
  const leads = new Map<string, OwnerLead>();
  for (const commit of commits) {
    const author = personOf(commit.author);
    const key = `${author.login ?? ''} ${author.email ?? author.name ?? ''}`;
    if (leads.has(key) || leads.size >= authorsMax) continue;
    for (const lead of leadOf(author, 'commit-author').leads) leads.set(key, lead);
  }
  return [...leads.values()];
}

function leadOf(person: GithubPerson, kind: OwnerLead['kind']) {
  const account = person.login === undefined ? undefined : { system: 'github', name: person.login };
  return commitAuthor({ name: person.name, email: person.email, account }, kind);
}
