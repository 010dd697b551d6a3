import type { Context } from 'hono';
import { nobody } from '../../../access/access-note.ts';
import { readLogin, startLogin } from '../../../access/login.ts';
import { AppError } from '../../../core/errors.ts';
import { signedInPage } from '../../../pages/sign-in-page.ts';
import { loginCookie } from '../../caller/login-cookie.ts';
import type { Room } from '../../room.ts';
import { type Operations, open } from '../../table/operation.ts';
import { takeSession } from '../session.ts';
import { ownPath, signInForm } from './sign-in.ts';

type Keys = 'GET /signin/oidc' | 'GET /signin/oidc/callback';

/**
 * The way to the identity provider and back. The protocol makes both of them GET: the first changes nothing but a
 * cookie, the second is bound by `state` to the browser that came by the first, so that no link and no scanner signs
 * anybody in (invariant 9).
 */
export function singleSignOnRoutes(room: Room): Pick<Operations, Keys> {
  const { given } = room;
  const { parts, formKey } = given;
  const cookie = loginCookie(room.isHttps);
  const redirectUri = (c: Context): string => `${room.baseUrl(c)}/signin/oidc/callback`;
  const desk = () => {
    if (given.singleSignOn === undefined) throw new AppError('not-found', '');
    return given.singleSignOn;
  };
  return {
    'GET /signin/oidc': open({
      summary: 'Sends a browser to the identity provider.',
      answers: { 303: { description: 'To the identity provider.' } },
      handle: async (c) => {
        room.limits.few(c, 'sign-ins');
        const next = ownPath(c.req.query('next') ?? '');
        const started = startLogin(formKey, next, parts.clock.now(), parts.randomId());
        // Whoever is signed in and comes here again was asked for a sign-in of just now.
        const isAnew = (await room.visitor(c)) !== undefined;
        const begun = await desk().begin(redirectUri(c), started.login.secrets, isAnew);
        if (begun.kind === 'unavailable') {
          given.log.error({ reason: begun.reason }, 'the identity provider cannot be asked');
          return c.html(signInForm(room, c, next, 'failed'), 502);
        }
        cookie.write(c, started.cookie);
        return c.redirect(begun.url, 303);
      },
    }),
    'GET /signin/oidc/callback': open({
      summary: 'Takes the answer of the identity provider, and signs the browser in that asked.',
      answers: {
        200: { description: 'Signed in; goes on by itself.', type: 'text/html' },
        401: { description: 'The sign-in page again.', type: 'text/html' },
      },
      handle: async (c) => {
        room.limits.few(c, 'sign-ins');
        const single = desk();
        const login = readLogin(formKey, cookie.read(c) ?? '', parts.clock.now());
        // Whatever comes of it: this login was answered.
        cookie.clear(c);
        if (login === undefined) {
          const reason = 'no login of this browser is under way';
          await room.record.refused(c, {
            kind: 'access.sign-in-failed',
            by: nobody,
            what: 'single sign-on',
            reason,
          });
          return c.html(signInForm(room, c, '/', 'failed'), 401);
        }
        const outcome = await single.finish(new URL(c.req.url), redirectUri(c), login.secrets);
        if (outcome.kind === 'refused') {
          const by = outcome.account === undefined ? nobody : `person:${outcome.account}`;
          const { reason } = outcome;
          await room.record.refused(c, { kind: 'access.sign-in-failed', by, what: 'single sign-on', reason });
          return c.html(signInForm(room, c, login.next, 'failed'), 401);
        }
        await takeSession(room, c, outcome, 'single sign-on');
        // A redirect would still count as coming from the provider, and a strict cookie would not go along.
        return c.html(signedInPage({ host: room.host(c), next: login.next }, room.words()));
      },
    }),
  };
}
