import type { Answer } from '../../../core/message.ts';
import { commitHash } from '../../../core/repository-name.ts';
import { dictOf, isDict, ordinalOf, textOf } from '../../../lib/guards.ts';
import type { Source } from '../../../ports/source.ts';
import { loginOf, repositoryIn } from './schema.ts';

const answers: Readonly<Record<string, Answer | 'snooze'>> = {
  done: 'done',
  help: 'need-help',
  'not-mine': 'not-mine',
  wrong: 'wrong',
  snooze: 'snooze',
};

// A command stands at the beginning of a comment of people; what is longer is none.
const bodyCharsMax = 65_536;
const lineCharsMax = 2_000;

/**
 * An answer that somebody wrote as a comment: `/foldback done`, on a line of its own. Only what was just written and by a
 * person: whoever may edit a comment is not who wrote it.
 */
export const command: NonNullable<Source['command']> = (record, headers) => {
  if (!isDict(record)) return undefined;
  if (headers['x-github-event'] === 'check_run') return press(record, headers);
  if (record.action !== 'created') return undefined;
  const comment = dictOf(record.comment);
  const writer = dictOf(comment?.user);
  const login = loginOf(comment?.user);
  const id = ordinalOf(comment?.id);
  const reference = threadOf(headers['x-github-event'], record);
  if (login === undefined || writer?.type !== 'User' || loginOf(record.sender) !== login) return undefined;
  if (id === undefined || reference === undefined) return undefined;
  const asked = readCommand(textOf(comment?.body) ?? '');
  if (asked === undefined) return undefined;
  return { ...asked, account: { system: 'github', name: login }, reference, nonce: `comment ${id}` };
};

/**
 * A button of a check run (`requested_action`). Who pressed is who sent the delivery, whoever wrote the commit; a button
 * holds a word and no text.
 */
function press(
  record: { readonly [key: string]: unknown },
  headers: Readonly<Record<string, string | undefined>>,
): ReturnType<NonNullable<Source['command']>> {
  const word = textOf(dictOf(record.requested_action)?.identifier) ?? '';
  const answer = Object.hasOwn(answers, word) ? answers[word] : undefined;
  const login = loginOf(record.sender);
  const id = ordinalOf(dictOf(record.check_run)?.id);
  const repository = repositoryIn(record);
  const delivery = headers['x-github-delivery'] ?? '';
  if (record.action !== 'requested_action' || dictOf(record.sender)?.type !== 'User') return undefined;
  if (answer === undefined || login === undefined || id === undefined || repository === undefined)
    return undefined;
  if (!/^[\x21-\x7e]{1,80}$/u.test(delivery)) return undefined;
  const account = { system: 'github', name: login };
  return { answer, account, reference: `${repository}!${id}`, nonce: `press ${delivery}` };
}

/** The thread, as the channel notes it for a message: `acme/shop#12` or `acme/shop@<commit>`. */
function threadOf(
  name: string | undefined,
  payload: { readonly [key: string]: unknown },
): string | undefined {
  const repository = repositoryIn(payload);
  if (repository === undefined) return undefined;
  const numbered = (of: unknown): string | undefined => {
    const number = ordinalOf(dictOf(of)?.number);
    return number === undefined ? undefined : `${repository}#${number}`;
  };
  switch (name) {
    case 'issue_comment':
      return numbered(payload.issue);
    case 'pull_request_review_comment':
      return numbered(payload.pull_request);
    case 'commit_comment': {
      const commit = commitHash(textOf(dictOf(payload.comment)?.commit_id));
      return commit === undefined ? undefined : `${repository}@${commit}`;
    }
    default:
      return undefined;
  }
}

/** `/foldback WORD [CASE CODE] [text]`: a reason; with `not-mine`, who owns it; with `snooze`, how much later. */
export function readCommand(
  body: string,
): { readonly answer: Answer | 'snooze'; readonly caseCode?: string; readonly text?: string } | undefined {
  const line = body
    .slice(0, bodyCharsMax)
    .split(/\r?\n/u)
    .find((part) => part.startsWith('/foldback ') && part.length <= lineCharsMax);
  const [, word = '', ...rest] = line?.trim().split(/\s+/u) ?? [];
  const answer = Object.hasOwn(answers, word.toLowerCase()) ? answers[word.toLowerCase()] : undefined;
  if (answer === undefined) return undefined;
  const hasCode = /^FB-?[0-9A-Z]{5}-?[0-9A-Z]{5}$/iu.test(rest[0] ?? '');
  const text = rest.slice(hasCode ? 1 : 0).join(' ');
  return {
    answer,
    ...(hasCode && rest[0] !== undefined ? { caseCode: rest[0] } : {}),
    ...(text === '' ? {} : { text }),
  };
}
