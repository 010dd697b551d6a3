import type { Context } from 'hono';
import { AppError } from '../../../core/errors.ts';
import {
  type SignInProblem,
  signedOutPage,
  signInPage,
  signInTokenLengthMax,
} from '../../../pages/sign-in-page.ts';
import { formNonce, judgeNonce } from '../../caller/form-nonce.ts';
import { readForm } from '../../hardening/raw-body.ts';
import type { Room } from '../../room.ts';
import { type Operations, open } from '../../table/operation.ts';
import { signIn, signInLocal, signOut } from '../session.ts';
import { askForFactor } from './factor.ts';

const formBytesMax = 2048;
const pageAgeMs = 24 * 3_600_000;

type SignInKeys = 'GET /signin' | 'POST /signin' | 'GET /signout' | 'POST /signout';

/** An operator's browser gets a session with a token or a password, and loses it again. */
export function signInRoutes(room: Room): Pick<Operations, SignInKeys> {
  const { given } = room;
  const { parts } = given;
  const seeOther = { 303: { description: 'To the page that was asked for.' } };
  return {
    'GET /signin': open({
      summary: 'Where an operator signs in. `next` names the page of ours to go on to.',
      answers: { 200: { description: 'The page.', type: 'text/html' } },
      handle: (c) => c.html(signInForm(room, c, c.req.query('next') ?? '/')),
    }),
    'POST /signin': open({
      summary: 'Signs a browser in.',
      answers: {
        200: { description: 'The second step: a code is asked for.', type: 'text/html' },
        ...seeOther,
        401: { description: 'The page again.', type: 'text/html' },
      },
      handle: async (c) => {
        room.limits.few(c, 'sign-ins');
        const fields = await readForm(c, formBytesMax);
        const now = parts.clock.now();
        const next = ownPath(fields.get('next') ?? '');
        const nonce = judgeNonce(given.formKey, ['sign-in'], fields.get('form') ?? '', now, pageAgeMs);
        const token = (fields.get('token') ?? '').trim().slice(0, signInTokenLengthMax);
        const account = fields.get('account');
        if (nonce !== 'good') return c.html(signInForm(room, c, next, 'wrong'), 401);
        if (account === null) {
          if ((await signIn(room, c, token)) === undefined)
            return c.html(signInForm(room, c, next, 'wrong'), 401);
          return c.redirect(next, 303);
        }
        const tried = await signInLocal(room, c, account, fields.get('password') ?? '');
        if (typeof tried === 'string') return c.html(signInForm(room, c, next, 'failed'), 401);
        return tried.kind === 'factor' ? askForFactor(room, c, { ...tried, next }) : c.redirect(next, 303);
      },
    }),
    'GET /signout': open({
      summary: 'Says that nobody is signed in any more, and leads to the sign-out of the identity provider.',
      answers: { 200: { description: 'The page.', type: 'text/html' } },
      handle: async (c) => {
        const { singleSignOn } = given;
        const url = await singleSignOn?.signOutUrl(`${room.baseUrl(c)}/signout`);
        const there =
          singleSignOn === undefined || url === undefined ? {} : { there: { url, name: singleSignOn.name } };
        return c.html(signedOutPage({ host: room.host(c), ...there }, room.words()));
      },
    }),
    'POST /signout': open({
      summary: 'Signs a browser out. The token stays valid; DELETE /v1/tokens/{id} revokes it.',
      answers: seeOther,
      handle: async (c) => {
        const caller = await room.visitor(c);
        if (caller !== undefined) {
          const fields = await readForm(c, formBytesMax);
          const now = parts.clock.now();
          const nonce = judgeNonce(
            given.formKey,
            ['sign-out', caller.id],
            fields.get('form') ?? '',
            now,
            pageAgeMs,
          );
          if (nonce !== 'good') throw new AppError('bad-request', 'The page was open for too long.');
        }
        const isElsewhere = (await given.sessions.person(room.session.read(c) ?? ''))?.isElsewhere === true;
        await signOut(room, c);
        // The provider still knows this browser: whoever sits down next must not come in by one press.
        return c.redirect(isElsewhere ? '/signout' : '/', 303);
      },
    }),
  };
}

/** The sign-in page, for its own address and in the place of a page that needs one to be signed in. */
export function signInForm(room: Room, c: Context, next: string, problem?: SignInProblem): string {
  const { formKey, parts, singleSignOn } = room.given;
  const nonce = formNonce(formKey, ['sign-in'], parts.clock.now(), parts.randomId().slice(0, 16));
  const view = {
    host: room.host(c),
    nonce,
    next: ownPath(next),
    ...(problem === undefined ? {} : { problem }),
    ...(singleSignOn === undefined ? {} : { singleSignOn: singleSignOn.name }),
    hasAccounts: room.given.accounts.isOn,
    hasTokens: room.given.sessions.takesTokens,
  };
  return signInPage(view, room.words());
}

/** Only pages of ours that one signs in for: an address in a form must lead nowhere else. */
export function ownPath(path: string): string {
  return /^\/(?:outbox(?:\/[0-9a-f]{32})?|account|r\/[0-9A-Za-z]{22}(?:\?case=[0-9A-Z-]{1,20})?|console(?:\/[\w-]{1,80}){0,4})$/u.test(
    path,
  )
    ? path
    : '/';
}
