import type { Context } from 'hono';
import { replyTokenHash } from '../../../access/reply-token.ts';
import { AppError } from '../../../core/errors.ts';
import type { SnoozeChoice } from '../../../core/loop/snooze.ts';
import { isClosed } from '../../../core/loop/states.ts';
import { campaignOf } from '../../../loop/campaign.ts';
import { type ReplyInput, replyByLink } from '../../../loop/listen.ts';
import { loopPrincipal } from '../../../loop/parts.ts';
import { snoozeByLink } from '../../../loop/snooze.ts';
import { digestCasesMax, digestPage } from '../../../pages/digest-page.ts';
import { fill } from '../../../pages/page-text.ts';
import { expiredPage, recipientPage } from '../../../pages/recipient-page.ts';
import type { PageForm, ReplyProblemView } from '../../../pages/recipient-view.ts';
import { type PostedReply, readReplyForm, replyFormBytesMax } from '../../../pages/reply-form.ts';
import type { LoopRow, MessageRow } from '../../../ports/store.ts';
import { formNonce, judgeNonce } from '../../caller/form-nonce.ts';
import { readForm } from '../../hardening/raw-body.ts';
import type { Room } from '../../room.ts';
import { type Operations, open, pathPart } from '../../table/operation.ts';
import { joinReason } from '../../views/case-status.ts';
import {
  caseView,
  endOfDay,
  type Reading,
  readingOf,
  recipientView,
  riskBounds,
} from '../../views/case-view.ts';
import { needsLogin } from '../../views/own-answer.ts';

/** A recipient may read, be called away, and answer in the evening. */
const pageAgeMs = 24 * 3_600_000;

type Opened = {
  readonly hash: string;
  readonly token: string;
  readonly message: MessageRow;
  readonly rows: readonly LoopRow[];
  readonly reading: Reading;
};

/** The recipient's page. A GET reads and nothing else: mail scanners open links before people do. */
export function replyRoutes(room: Room): Pick<Operations, 'GET /r/{token}' | 'POST /r/{token}'> {
  const page = { description: 'The page.', type: 'text/html' };
  const gone = { description: 'The link is no longer valid.', type: 'text/html' };
  return {
    'GET /r/{token}': open({
      summary: 'The recipient’s page: what happened, the one step, the answers. Reading changes nothing.',
      answers: { 200: page, 410: gone },
      handle: async (c) => {
        const opened = await openLink(room, c);
        return opened === 'expired' ? expired(room, c) : show(room, c, opened);
      },
    }),
    'POST /r/{token}': open({
      summary: 'Takes an answer from the recipient’s page.',
      answers: {
        303: { description: 'Recorded; the page shows it.' },
        410: gone,
        422: { description: 'The page again, with what was wrong.', type: 'text/html' },
      },
      handle: async (c) => {
        room.limits.few(c, 'replies');
        const fields = await readForm(c, replyFormBytesMax);
        const opened = await openLink(room, c);
        return opened === 'expired' ? expired(room, c) : answer(room, c, opened, fields);
      },
    }),
  };
}

/** Errors: `not-found` for a token that nobody was sent. */
async function openLink(room: Room, c: Context): Promise<Opened | 'expired'> {
  const { parts } = room.given;
  const token = pathPart(c, 'token');
  const hash = replyTokenHash(token);
  const found = hash === undefined ? undefined : await parts.store.read.messageByToken(loopPrincipal, hash);
  if (hash === undefined || found === undefined) throw new AppError('not-found', '');
  const { message, wants } = found;
  if ((message.tokenExpiresAt ?? 0) <= parts.clock.now()) return 'expired';
  const reading = readingOf(room, message, room.host(c));
  const rows = await parts.store.read.loopsByIds(loopPrincipal, [...new Set(wants.map(({ loop }) => loop))]);
  return reading === undefined || rows.length === 0 ? 'expired' : { hash, token, message, rows, reading };
}

function expired(room: Room, c: Context): Response | Promise<Response> {
  return c.html(expiredPage({ host: room.host(c) }, room.words()), 410);
}

/** The case that is asked for by its code, or the only one. */
function chosen({ rows }: Opened, code: string | undefined): LoopRow | undefined {
  return rows.find((row) => row.caseCode === code) ?? (rows.length === 1 ? rows[0] : undefined);
}

function pathOf({ token, rows }: Opened, row: LoopRow | undefined): string {
  return rows.length === 1 || row === undefined ? `/r/${token}` : `/r/${token}?case=${row.caseCode}`;
}

async function show(
  room: Room,
  c: Context,
  opened: Opened,
  problem?: ReplyProblemView & { readonly caseCode?: string },
): Promise<Response> {
  const { reading, rows } = opened;
  const { words } = reading;
  const { formKey, parts } = room.given;
  const row = chosen(opened, c.req.query('case'));
  const nonce = formNonce(formKey, ['reply', opened.hash], reading.now, parts.randomId().slice(0, 16));
  const form: PageForm = { path: pathOf(opened, row), nonce };
  const status = problem === undefined ? 200 : 422;
  if (row !== undefined) {
    const campaign = await campaignOf(parts, row);
    const view = { ...recipientView(reading, row, campaign), form };
    return c.html(recipientPage(problem === undefined ? view : { ...view, problem }, words), status);
  }
  // What still waits for an answer comes first: the page holds only a few.
  const sorted = rows.toSorted((a, b) => Number(isDone(a)) - Number(isDone(b)));
  const asked = problem?.caseCode;
  const shown = [
    ...sorted.filter(({ caseCode }) => caseCode === asked),
    ...sorted.filter(({ caseCode }) => caseCode !== asked),
  ].slice(0, digestCasesMax);
  const page = digestPage(
    {
      reader: { timeZone: reading.timeZone },
      house: reading.house,
      form,
      cases: shown.map((one) => caseView(reading, one, pathOf(opened, one))),
      more: rows.length - shown.length,
      ...(problem === undefined ? {} : { problem: { ...problem, caseCode: asked ?? '' } }),
    },
    words,
  );
  return c.html(page, status);
}

function isDone({ state }: LoopRow): boolean {
  return isClosed(state) || state === 'verified' || state === 'answered' || state === 'accepted';
}

async function answer(room: Room, c: Context, opened: Opened, fields: URLSearchParams): Promise<Response> {
  const { reading, hash } = opened;
  const { parts, formKey } = room.given;
  const bounds = riskBounds(reading.pack.behaviour, reading.now, reading.timeZone);
  const posted = readReplyForm(fields, bounds);
  const code = (posted.kind === 'reply' ? posted.reply.caseCode : posted.caseCode) ?? c.req.query('case');
  const row = chosen(opened, code);
  const about = row === undefined ? {} : { caseCode: row.caseCode };
  const nonce = judgeNonce(formKey, ['reply', hash], posted.nonce, reading.now, pageAgeMs);
  if (nonce !== 'good') return show(room, c, opened, { problem: 'page-too-old', ...about });
  if (posted.kind === 'problem') return show(room, c, opened, { ...posted.problem, ...about });
  if (row === undefined) return show(room, c, opened, { problem: 'unclear' });
  if (posted.kind === 'snooze') return putOff(room, c, opened, row, posted);

  if (await needsLogin(room, c, posted.reply.answer, opened.message.to)) {
    const next = encodeURIComponent(pathOf(opened, row));
    const { name = '' } = room.given.singleSignOn ?? {};
    const label = fill(reading.words.signIn.single, { name }).join('');
    const signIn = { path: `/signin/oidc?next=${next}`, label };
    return show(room, c, opened, { answer: posted.reply.answer, problem: 'sign-in-first', signIn, ...about });
  }
  const replied = await replyByLink(parts, hash, inputOf(posted.reply, posted.nonce, row, reading));
  switch (replied.kind) {
    case 'recorded':
    case 'closed':
      // The page tells what was recorded, or what it came to meanwhile.
      return c.redirect(pathOf(opened, c.req.query('case') === undefined ? undefined : row), 303);
    case 'not-offered':
      return show(room, c, opened, { problem: 'unclear', ...about });
    case 'bad-until':
      return show(room, c, opened, { answer: 'accept-risk', problem: 'date-outside', ...about });
    case 'expired':
      return expired(room, c);
    case 'unknown-link':
      throw new AppError('not-found', '');
  }
}

/** Puts the words off; what cannot be is said on the page, and the case stays as it was. */
async function putOff(
  room: Room,
  c: Context,
  opened: Opened,
  row: LoopRow,
  { choice, nonce }: { readonly choice: SnoozeChoice; readonly nonce: string },
): Promise<Response> {
  const { parts } = room.given;
  const done = await snoozeByLink(parts, opened.hash, { choice, loop: row.id, nonce });
  switch (done.kind) {
    case 'snoozed':
      return c.redirect(pathOf(opened, c.req.query('case') === undefined ? undefined : row), 303);
    case 'refused': {
      if (done.reason === 'not-waiting')
        return c.redirect(pathOf(opened, c.req.query('case') === undefined ? undefined : row), 303);
      const isLong = done.reason === 'too-often' || done.reason === 'too-long';
      const problem = isLong ? ('waited-too-long' as const) : ('cannot-wait' as const);
      return show(room, c, opened, { problem, caseCode: row.caseCode });
    }
    case 'expired':
      return expired(room, c);
    case 'unknown-link':
      throw new AppError('not-found', '');
  }
}

function inputOf(reply: PostedReply, nonce: string, row: LoopRow, { timeZone }: Reading): ReplyInput {
  const reason = joinReason(reply.reason, reply.note);
  return {
    answer: reply.answer,
    loop: row.id,
    nonce,
    ...(reply.person === undefined ? {} : { owner: reply.person }),
    ...(reason === undefined ? {} : { reason }),
    ...(reply.until === undefined ? {} : { until: endOfDay(reply.until, timeZone) }),
  };
}
