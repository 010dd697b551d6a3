import { AppError } from '../../../core/errors.ts';
import { dictOf } from '../../../lib/guards.ts';
import { limits } from '../../../lib/limits.ts';
import { parseBody } from '../../../lib/records/parse-body.ts';
import type { Pulled, PullTools } from '../../../ports/source.ts';
import type { CheckToken } from './check-token.ts';

/** Rounds of one look; what is left waits for the next look. */
export const roundsMax = 100;
const tokensPerRound = 100;
const part = 'events';

export type Poll = Pick<PullTools, 'fetch' | 'now'> & {
  readonly pollUrl: string;
  readonly token: string | undefined;
  readonly check: () => Promise<CheckToken>;
};

type Answers = { readonly ack: readonly string[]; readonly setErrs: Readonly<Record<string, object>> };
type Round =
  | {
      readonly kind: 'sets';
      readonly sets: readonly (readonly [string, unknown])[];
      readonly hasMore: boolean;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Fetches tokens until there are no more (RFC 8936). What was given on is durable when the next request acknowledges
 * it; after a crash before that the sender gives it again, and its ids are known.
 */
export async function* pollEvents(poll: Poll): AsyncGenerator<Pulled, void, undefined> {
  const check = await poll.check().catch((fault: unknown) => {
    if (fault instanceof AppError) return undefined;
    throw fault;
  });
  if (check === undefined) {
    yield { kind: 'failed', part, reason: 'the keys of the sender cannot be read' };
    return;
  }
  let answers: Answers = { ack: [], setErrs: {} };
  for (let round = 0; round < roundsMax; round++) {
    const answer = await ask(poll, answers, tokensPerRound);
    if (answer.kind === 'failed') {
      yield { kind: 'failed', part, reason: answer.reason };
      return;
    }
    const ack: string[] = [];
    const setErrs: Record<string, object> = {};
    const records: unknown[] = [];
    for (const [id, token] of answer.sets) {
      const checked = await check(typeof token === 'string' ? token : '', poll.now());
      if (!checked.ok) setErrs[id] = { err: checked.err, description: checked.description };
      else {
        ack.push(id);
        records.push(checked.claims);
      }
    }
    if (records.length > 0) yield { kind: 'records', part, records };
    answers = { ack, setErrs };
    if (!answer.hasMore || answer.sets.length === 0) break;
  }
  if (answers.ack.length > 0 || Object.keys(answers.setErrs).length > 0) {
    // Acknowledges only, and asks for nothing (RFC 8936, 2.4).
    const last = await ask(poll, answers, 0);
    if (last.kind === 'failed') {
      yield { kind: 'failed', part, reason: last.reason };
      return;
    }
  }
  yield { kind: 'done', part, cursor: null };
}

async function ask(poll: Poll, { ack, setErrs }: Answers, maxEvents: number): Promise<Round> {
  const result = await poll.fetch({
    url: poll.pollUrl,
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'foldback',
      ...(poll.token === undefined ? {} : { authorization: `Bearer ${poll.token}` }),
    },
    body: JSON.stringify({
      maxEvents,
      returnImmediately: true,
      ...(ack.length === 0 ? {} : { ack }),
      ...(Object.keys(setErrs).length === 0 ? {} : { setErrs }),
    }),
    responseBytesMax: limits.bodyBytesMax,
  });
  if (result.kind !== 'ok') return { kind: 'failed', reason: result.reason };
  if (result.status !== 200)
    return { kind: 'failed', reason: `the sender answered with status ${result.status}` };
  const parsed = parseBody(result.body);
  const body = parsed.ok ? dictOf(parsed.value) : undefined;
  const sets = dictOf(body?.sets);
  if (body === undefined || (sets === undefined && maxEvents > 0))
    return { kind: 'failed', reason: 'the answer is no set of tokens' };
  return { kind: 'sets', sets: Object.entries(sets ?? {}), hasMore: body.moreAvailable === true };
}
