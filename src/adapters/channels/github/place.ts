import type { CasePlace } from '../../../core/message.ts';
import { commitHash } from '../../../core/repository-name.ts';
import { dictOf, isDict, listOf, ordinalOf, textOf } from '../../../lib/guards.ts';
import type { SendResult } from '../../../ports/channel.ts';
import type { ApiFault, ApiResult, GithubApi } from './api.ts';

/** Where a message is written: the pull request that brings the commit, else its line, else an issue. */
export type Thread =
  | { readonly kind: 'pull'; readonly number: number }
  | { readonly kind: 'commit'; readonly commit: string; readonly path?: string; readonly position?: number }
  | { readonly kind: 'issue' };

export type Found<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'ended'; readonly result: SendResult };

export type Ask = (path: string) => Promise<ApiResult>;

/** Calls that read, on behalf of one delivery. */
export function asking(
  api: GithubApi,
  delivery: { readonly at: number; readonly signal?: AbortSignal },
): Ask {
  return (path) => api({ path, at: delivery.at, signal: delivery.signal });
}

/** `owner/name`, if the case is in a repository that can be on GitHub. */
export function repositoryOf(place: CasePlace | undefined): string | undefined {
  const name = place?.repository ?? '';
  const isName = /^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/u.test(name);
  return isName && !/(?:^|\/)\.{1,2}(?:\/|$)/u.test(name) ? name : undefined;
}

/**
 * The repository under its present name, if something may be written there: who can read it is asked every time, before
 * anything is written. In a public one nothing is ever said about a case.
 */
export async function openRepository(ask: Ask, name: string): Promise<Found<string>> {
  const answer = await ask(`/repos/${name}`);
  if (answer.kind === 'no' && answer.status !== 401)
    return refused(`the repository is not there, or the token may not read it (${answer.status})`);
  if (answer.kind !== 'ok') return ended(answer);
  const body = dictOf(answer.body);
  const repository = repositoryOf({ repository: textOf(body?.['full_name']) ?? '' });
  const isPrivate = body?.['private'];
  if (repository === undefined || typeof isPrivate !== 'boolean') return nonsense;
  if (!isPrivate || body?.['visibility'] === 'public')
    return refused('the repository is public: nothing about a case is written there');
  if (body?.['archived'] === true) return refused('the repository is archived: nothing can be written there');
  return { kind: 'found', value: repository };
}

/** Whether the recipient can be given work there, and so reads it. */
export async function isMember(ask: Ask, repository: string, login: string): Promise<Found<boolean>> {
  const answer = await ask(`/repos/${repository}/assignees/${login}`);
  if (answer.kind === 'ok') return { kind: 'found', value: true };
  return answer.kind === 'no' && answer.status === 404 ? { kind: 'found', value: false } : ended(answer);
}

/** Pull requests through which a commit came or comes. None where the commit is unknown. */
export async function pullsOf(
  ask: Ask,
  repository: string,
  commit: string,
): Promise<Found<readonly { readonly number: number; readonly isOpen: boolean }[]>> {
  const answer = await ask(`/repos/${repository}/commits/${commit}/pulls?per_page=100`);
  if (answer.kind === 'no' && isUnknown(answer.status)) return { kind: 'found', value: [] };
  if (answer.kind !== 'ok') return ended(answer);
  if (!Array.isArray(answer.body)) return nonsense;
  const pulls = answer.body.filter(isDict).flatMap((pull) => {
    const number = ordinalOf(pull['number']);
    // The same commit may be proposed to another repository, which others read.
    const base = textOf(dictOf(dictOf(pull['base'])?.['repo'])?.['full_name']);
    return number === undefined || base !== repository ? [] : [{ number, isOpen: pull['state'] === 'open' }];
  });
  return { kind: 'found', value: pulls };
}

export async function threadOf(ask: Ask, repository: string, place: CasePlace): Promise<Found<Thread>> {
  const commit = commitHash(place.commit);
  if (commit === undefined) return { kind: 'found', value: { kind: 'issue' } };
  const pulls = await pullsOf(ask, repository, commit);
  if (pulls.kind === 'ended') return pulls;
  const open = pulls.value.find(({ isOpen }) => isOpen);
  if (open !== undefined) return { kind: 'found', value: { kind: 'pull', number: open.number } };
  const answer = await ask(`/repos/${repository}/commits/${commit}`);
  if (answer.kind === 'no' && isUnknown(answer.status)) return { kind: 'found', value: { kind: 'issue' } };
  if (answer.kind !== 'ok') return ended(answer);
  const file = listOf(dictOf(answer.body)?.['files'])
    .filter(isDict)
    .find(({ filename }) => filename === place.file);
  const position =
    place.line === undefined ? undefined : positionOf(textOf(file?.['patch']) ?? '', place.line);
  const path = textOf(file?.['filename']);
  if (path === undefined || position === undefined)
    return { kind: 'found', value: { kind: 'commit', commit } };
  return { kind: 'found', value: { kind: 'commit', commit, path, position } };
}

/**
 * Where a line of the new file stands in a patch, as commit comments count it: lines below the first `@@`, further
 * headers counted too. Undefined when the patch does not show it.
 *
 * @param line 1-based
 */
export function positionOf(patch: string, line: number): number | undefined {
  let current = Number.NaN;
  for (const [position, text] of patch.split('\n').entries()) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@/u.exec(text);
    if (hunk !== null) {
      current = Number(hunk[1]);
      continue;
    }
    if (text.startsWith('-') || text.startsWith('\\')) continue;
    if (current === line) return position;
    current += 1;
  }
  return undefined;
}

/** What GitHub answers for a commit that it does not have. */
function isUnknown(status: number): boolean {
  return status === 404 || status === 409 || status === 422;
}

const nonsense = {
  kind: 'ended',
  result: { kind: 'retry', reason: 'the answer makes no sense' },
} as const;

function refused(reason: string): { readonly kind: 'ended'; readonly result: SendResult } {
  return { kind: 'ended', result: { kind: 'refused', reason } };
}

/** Nothing was written yet, so that whatever failed may be asked again. */
function ended(fault: ApiFault | { readonly kind: 'ok' }): {
  readonly kind: 'ended';
  readonly result: SendResult;
} {
  return fault.kind === 'ok' ? nonsense : { kind: 'ended', result: outcomeOf(fault, 'retry') };
}

/** @param unheard what it means when nobody knows whether the call was acted on */
export function outcomeOf(fault: ApiFault, unheard: 'retry' | 'uncertain'): SendResult {
  switch (fault.kind) {
    case 'no':
      // About the set-up, not about the message: it goes out once that is mended.
      return fault.status === 401
        ? { kind: 'retry', reason: 'GitHub refused the token (401)' }
        : { kind: 'refused', reason: `GitHub answered ${fault.status}` };
    case 'later':
      return fault.afterSeconds === undefined
        ? { kind: 'retry', reason: fault.reason }
        : { kind: 'retry', reason: fault.reason, afterSeconds: fault.afterSeconds };
    case 'unsent':
      return { kind: 'retry', reason: fault.reason };
    case 'unheard':
      return { kind: unheard, reason: fault.reason };
  }
}
