import { commitHash } from '../../../core/repository-name.ts';
import { dictOf, isDict, ordinalOf, textOf } from '../../../lib/guards.ts';
import type { Delivery, Recipient, SendResult } from '../../../ports/channel.ts';
import { type ApiFault, type GithubApi, reasonOf } from './api.ts';
import { checkNameOf, renderCheckRun } from './check-run.ts';
import {
  type Ask,
  asking,
  isMember,
  openRepository,
  outcomeOf,
  pullsOf,
  repositoryOf,
  type Thread,
  threadOf,
} from './place.ts';
import { markerOf, renderComment, titleOf } from './render.ts';

export const system = 'github';

// All attempts of one message lie within a day; the rest is for clocks and long pauses.
const lookBackMs = 36 * 3_600_000;
const pageSize = 100;
/** A list in which more was written since is not read to its end: then nobody knows. */
const pagesMax = 10;

export type GithubParts = {
  readonly api: GithubApi;
  /** Whether a message about an open pull request is a check run. */
  readonly writesChecks: boolean;
};

/** The account of a person, or of whoever has the duty. A team has none: an issue is given to people. */
export function loginOf(recipient: Recipient): string | undefined {
  if (recipient.kind === 'team') return undefined;
  return recipient.accounts.find(
    (account) =>
      account.system === system && /^[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}$/u.test(account.name),
  )?.name;
}

/**
 * Writes a message where the case is. An attempt after the first one looks whether an earlier one arrived, as GitHub
 * may act on a call and answer with a fault.
 */
export async function sendGithub(parts: GithubParts, delivery: Delivery): Promise<SendResult> {
  const { api } = parts;
  const login = loginOf(delivery.recipient);
  if (login === undefined) return { kind: 'refused', reason: 'the recipient has no account at GitHub' };
  const { place } = delivery.message;
  const name = repositoryOf(place);
  if (place === undefined || name === undefined)
    return { kind: 'refused', reason: 'the message is not about one repository' };
  const ask = asking(api, delivery);
  const repository = await openRepository(ask, name);
  if (repository.kind === 'ended') return repository.result;
  const member = await isMember(ask, repository.value, login);
  if (member.kind === 'ended') return member.result;
  if (!member.value)
    return { kind: 'refused', reason: 'the recipient cannot be given work in this repository' };
  if (delivery.attempt > 1) {
    const earlier = await find(parts, ask, repository.value, delivery);
    if (earlier.kind === 'arrived') return accepted(earlier.reference);
    if (earlier.kind === 'unknown')
      return { kind: 'retry', reason: 'an earlier attempt may have arrived, and that cannot be seen now' };
  }
  const thread = await threadOf(ask, repository.value, place);
  if (thread.kind === 'ended') return thread.result;
  const to = { repository: repository.value, login };
  const commit = commitHash(place.commit);
  return parts.writesChecks && thread.value.kind === 'pull' && commit !== undefined
    ? postCheck(parts, ask, delivery, { ...to, commit })
    : post(parts, ask, delivery, { ...to, thread: thread.value });
}

async function postCheck(
  parts: GithubParts,
  ask: Ask,
  delivery: Delivery,
  to: { readonly repository: string; readonly login: string; readonly commit: string },
): Promise<SendResult> {
  const { api } = parts;
  const { at, signal, messageId } = delivery;
  const { first, more } = renderCheckRun(delivery.message, { ...to, messageId });
  const path = `/repos/${to.repository}/check-runs`;
  const posted = await api({ method: 'POST', path, body: first, at, signal });
  if (posted.kind !== 'ok') return unsettled(parts, ask, delivery, to.repository, posted);
  const id = ordinalOf(dictOf(posted.body)?.['id']);
  if (id === undefined) return accepted(undefined);
  const reference = checkReference(to.repository, id);
  let shown = first.output.annotations.length;
  for (const body of more) {
    // Annotations are added, never replaced: a call that was not heard of may have added them, and is not repeated.
    const added = await api({ method: 'PATCH', path: `${path}/${id}`, body, at, signal });
    if (added.kind !== 'ok') {
      const all = [first, ...more].reduce((sum, { output }) => sum + output.annotations.length, 0);
      const note = `${shown} of ${all} places are annotated for certain: ${reasonOf(added)}`;
      return { kind: 'accepted', reference, note };
    }
    shown += body.output.annotations.length;
  }
  return accepted(reference);
}

/** Of a check run, as presses of its buttons name it. */
function checkReference(repository: string, id: number): string {
  return `${repository}!${id}`;
}

/** Behind a gateway that gave up it may have been written. */
async function unsettled(
  parts: GithubParts,
  ask: Ask,
  delivery: Delivery,
  repository: string,
  fault: ApiFault,
): Promise<SendResult> {
  if (fault.kind === 'later' && fault.isFault) {
    const found = await find(parts, ask, repository, delivery);
    if (found.kind === 'arrived') return accepted(found.reference);
    if (found.kind === 'unknown') return { kind: 'uncertain', reason: fault.reason };
  }
  return outcomeOf(fault, 'uncertain');
}

async function post(
  parts: GithubParts,
  ask: Ask,
  delivery: Delivery,
  to: { readonly repository: string; readonly login: string; readonly thread: Thread },
): Promise<SendResult> {
  const { api } = parts;
  const { repository, login, thread } = to;
  const text = renderComment(delivery.message, delivery.messageId, login);
  const base = `/repos/${repository}`;
  const { at, signal } = delivery;
  const [path, body] = ((): readonly [string, { readonly [member: string]: unknown }] => {
    switch (thread.kind) {
      case 'pull':
        return [`${base}/issues/${thread.number}/comments`, { body: text }];
      case 'commit': {
        const { path, position } = thread;
        return [`${base}/commits/${thread.commit}/comments`, { body: text, path, position }];
      }
      case 'issue':
        return [`${base}/issues`, { title: titleOf(delivery.message), body: text, assignees: [login] }];
    }
  })();
  const posted = await api({ method: 'POST', path, body, at, signal });
  if (posted.kind === 'ok') return accepted(referenceOf(repository, thread, posted.body));
  return unsettled(parts, ask, delivery, repository, posted);
}

function accepted(reference: string | undefined): SendResult {
  return reference === undefined ? { kind: 'accepted' } : { kind: 'accepted', reference };
}

/** The thread, as deliveries of comments name it: `acme/shop#12` or `acme/shop@<commit>`. */
function referenceOf(repository: string, thread: Thread, body: unknown): string | undefined {
  if (thread.kind === 'commit') return `${repository}@${thread.commit}`;
  const number = thread.kind === 'pull' ? thread.number : ordinalOf(dictOf(body)?.['number']);
  return number === undefined ? undefined : `${repository}#${number}`;
}

/** Asks for the marker. */
export async function lookupGithub(
  parts: GithubParts,
  delivery: Delivery,
): Promise<'arrived' | 'absent' | 'unknown'> {
  const name = repositoryOf(delivery.message.place);
  if (name === undefined) return 'unknown';
  const ask = asking(parts.api, delivery);
  const answer = await ask(`/repos/${name}`);
  const repository = answer.kind === 'ok' ? textOf(dictOf(answer.body)?.['full_name']) : undefined;
  if (repository === undefined || repositoryOf({ repository }) === undefined) return 'unknown';
  return (await find(parts, ask, repository, delivery)).kind;
}

type Sought =
  | { readonly kind: 'arrived'; readonly reference: string | undefined }
  | { readonly kind: 'absent' | 'unknown' };

/** Looks everywhere it may stand: a pull request may have been closed or opened between two attempts. */
async function find(parts: GithubParts, ask: Ask, repository: string, delivery: Delivery): Promise<Sought> {
  const { message, messageId, at } = delivery;
  const marker = markerOf(messageId);
  const since = new Date(at - lookBackMs).toISOString().replace(/\.\d+Z$/u, 'Z');
  const commit = commitHash(message.place?.commit);
  const places: { readonly list: string; readonly reference?: string }[] = [];
  if (commit !== undefined) {
    const pulls = await pullsOf(ask, repository, commit);
    if (pulls.kind === 'ended') return { kind: 'unknown' };
    for (const { number } of pulls.value)
      places.push({
        list: `/repos/${repository}/issues/${number}/comments?since=${since}`,
        reference: `${repository}#${number}`,
      });
    const list = `/repos/${repository}/commits/${commit}/comments?`;
    places.push({ list, reference: `${repository}@${commit}` });
  }
  places.push({ list: `/repos/${repository}/issues?state=all&since=${since}` });
  const check = await seekCheck(parts, ask, repository, commit, delivery);
  if (check.kind === 'arrived') return check;
  let isUnknown = check.kind === 'unknown';
  for (const { list, reference } of places) {
    const found = await seek(ask, list, marker);
    if (found === 'unknown') isUnknown = true;
    else if (found !== 'absent') {
      const number = ordinalOf(found['number']);
      const issue = number === undefined ? undefined : `${repository}#${number}`;
      return { kind: 'arrived', reference: reference ?? issue };
    }
  }
  return { kind: isUnknown ? 'unknown' : 'absent' };
}

/** A check run carries the id of its message, and stands on the commit. */
async function seekCheck(
  { writesChecks }: GithubParts,
  ask: Ask,
  repository: string,
  commit: string | undefined,
  { message, messageId }: Delivery,
): Promise<Sought> {
  if (!writesChecks || commit === undefined) return { kind: 'absent' };
  const query = `check_name=${encodeURIComponent(checkNameOf(message.caseCode))}&filter=all&per_page=${pageSize}`;
  const answer = await ask(`/repos/${repository}/commits/${commit}/check-runs?${query}`);
  if (answer.kind === 'no' && [404, 409, 410, 422].includes(answer.status)) return { kind: 'absent' };
  const runs = answer.kind === 'ok' ? dictOf(answer.body)?.['check_runs'] : undefined;
  if (!Array.isArray(runs)) return { kind: 'unknown' };
  const found = runs.filter(isDict).find((run) => run['external_id'] === messageId);
  if (found === undefined) return { kind: runs.length < pageSize ? 'absent' : 'unknown' };
  const id = ordinalOf(found['id']);
  return { kind: 'arrived', reference: id === undefined ? undefined : checkReference(repository, id) };
}

async function seek(
  ask: Ask,
  list: string,
  marker: string,
): Promise<{ readonly [member: string]: unknown } | 'absent' | 'unknown'> {
  for (let page = 1; page <= pagesMax; page += 1) {
    const answer = await ask(`${list}&per_page=${pageSize}&page=${page}`);
    // A commit that is not there, and a repository without issues, have no lists.
    if (answer.kind === 'no' && [404, 409, 410, 422].includes(answer.status)) return 'absent';
    if (answer.kind !== 'ok' || !Array.isArray(answer.body)) return 'unknown';
    const items = answer.body.filter(isDict);
    const found = items.find((item) => textOf(item['body'])?.startsWith(marker) === true);
    if (found !== undefined) return found;
    if (answer.body.length < pageSize) return 'absent';
  }
  return 'unknown';
}
