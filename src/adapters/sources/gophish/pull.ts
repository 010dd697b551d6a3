import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import { limits } from '../../../lib/limits.ts';
import { readTemplate } from '../../../lib/mail/read-template.ts';
import { parseBody } from '../../../lib/records/parse-body.ts';
import type { PullCursors, Pulled, PullTools } from '../../../ports/source.ts';

/** Campaigns of one reading, newest first; older ones are over. */
export const campaignsMax = 1000;
/** Values in one campaign: 20 a recipient and 6 an event. The body's own cap is reached before. */
const campaignMembersMax = 5_000_000;
/** Entries of a timeline that are handed on at once. */
const entriesMax = 500;
/** The server's clock and its database differ a little: this much is read again. */
const overlapMs = 5 * 60 * 1000;
/** The cursor of a campaign that is over and was read after that: nothing can be added to it. */
const over = 'completed';

export type GophishPull = PullTools & {
  readonly baseUrl: string;
  readonly token: string;
  /** For each campaign the newest time that was read, epoch milliseconds, or that it is over. */
  readonly cursors: PullCursors;
};

type Answer =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Reads what was added to every campaign since the last reading (`GET /api/campaigns/summary`,
 * `/api/campaigns/:id/results`), and its mail (`/api/campaigns/:id`). GoPhish sends a webhook once and never again, so this finds what was lost; what is
 * known already has the same id.
 */
export async function* pullCampaigns(pull: GophishPull): AsyncGenerator<Pulled, void, undefined> {
  const answer = await ask(pull, '/api/campaigns/summary');
  const campaigns = answer.kind === 'value' ? dictOf(answer.value)?.campaigns : undefined;
  if (answer.kind === 'failed' || (campaigns !== null && !Array.isArray(campaigns))) {
    const reason = answer.kind === 'failed' ? answer.reason : 'the answer is not a list of campaigns';
    yield { kind: 'failed', part: 'campaigns', reason };
    return;
  }
  const known = listOf(campaigns)
    .filter(isDict)
    .flatMap((campaign) => {
      const { id, status } = campaign;
      return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? [{ id, status }] : [];
    })
    .toSorted((left, right) => right.id - left.id);
  for (const { id, status } of known.slice(0, campaignsMax)) {
    const part = `campaign ${id}`;
    if (pull.cursors[part] !== over) yield* pullCampaign(pull, part, id, status === 'Completed');
    yield* pullMail(pull, id);
  }
}

/** The cursor of a mail that is known: what was sent does not change. Before, how often it could not be read. */
const kept = 'kept';
/** A campaign of very many is too long an answer, and stays so: then its mail is given by hand. */
const mailTriesMax = 3;

/**
 * The mail of a campaign, once. The same answer shows the mail server's password, the page and every recipient: only
 * the template, the visible sender and the address of its links are taken out of it.
 */
async function* pullMail(pull: GophishPull, id: number): AsyncGenerator<Pulled, void, undefined> {
  const part = `mail of campaign ${id}`;
  const cursor = pull.cursors[part];
  const tries = typeof cursor === 'number' ? cursor : 0;
  if (cursor === kept || tries >= mailTriesMax) return;
  const answer = await ask(pull, `/api/campaigns/${id}`);
  if (answer.kind === 'failed') {
    yield { kind: 'failed', part, reason: answer.reason };
    yield { kind: 'done', part, cursor: tries + 1 };
    return;
  }
  const template = readTemplate(answer.value);
  const name = textOf(dictOf(answer.value)?.name)?.slice(0, campaignNameCharsMax);
  if (template !== undefined) {
    const campaign = { id: String(id), ...(name === undefined ? {} : { name }), template };
    yield { kind: 'campaign', part, campaign };
  }
  yield { kind: 'done', part, cursor: kept };
}

const campaignNameCharsMax = 200;

async function* pullCampaign(
  pull: GophishPull,
  part: string,
  id: number,
  isOver: boolean,
): AsyncGenerator<Pulled, void, undefined> {
  const answer = await ask(pull, `/api/campaigns/${id}/results`);
  const campaign = answer.kind === 'value' ? dictOf(answer.value) : undefined;
  if (campaign === undefined) {
    const reason = answer.kind === 'failed' ? answer.reason : 'the answer is not a campaign';
    yield { kind: 'failed', part, reason };
    return;
  }
  const cursor = pull.cursors[part];
  const since = typeof cursor === 'number' ? cursor : undefined;
  const entries = listOf(campaign.timeline).filter(isDict);
  const added = entries.filter((entry) => isSince(entry, since));
  const { name, results } = campaign;
  for (let at = 0; at < added.length; at += entriesMax) {
    const timeline = added.slice(at, at + entriesMax);
    yield { kind: 'records', part, records: [{ id, name, results, timeline }] };
  }
  const times = entries.map((entry) => instantOf(entry.time)).filter((time) => time !== undefined);
  const newest = times.reduce<number | undefined>((a, b) => (a === undefined || b > a ? b : a), since);
  yield { kind: 'done', part, cursor: isOver ? over : (newest ?? null) };
}

async function ask(pull: GophishPull, path: string): Promise<Answer> {
  const result = await pull.fetch({
    url: `${pull.baseUrl.replace(/\/+$/u, '')}${path}`,
    headers: { accept: 'application/json', authorization: `Bearer ${pull.token}`, 'user-agent': 'foldback' },
    responseBytesMax: limits.bodyBytesMax,
  });
  if (result.kind !== 'ok') return { kind: 'failed', reason: result.reason };
  if (result.status === 401) return { kind: 'failed', reason: 'GoPhish refused the API key (401)' };
  if (result.status !== 200) return { kind: 'failed', reason: `GoPhish answered ${result.status}` };
  const parsed = parseBody(result.body, {
    ...limits,
    membersMax: campaignMembersMax,
    // The attachments of a mail are single strings.
    stringCharsMax: limits.bodyBytesMax,
  });
  return parsed.ok
    ? { kind: 'value', value: parsed.value }
    : { kind: 'failed', reason: `the answer cannot be read: ${parsed.reason}` };
}

function isSince(entry: Dict, since: number | undefined): boolean {
  const at = instantOf(textOf(entry.time));
  return since === undefined || at === undefined || at >= since - overlapMs;
}
