import type { Context } from 'hono';
import { AppError } from '../../../core/errors.ts';
import { type AccountView, accountPage } from '../../../pages/account-page.ts';
import { formNonce, judgeNonce } from '../../caller/form-nonce.ts';
import { readForm } from '../../hardening/raw-body.ts';
import type { Room } from '../../room.ts';
import { type Operations, open } from '../../table/operation.ts';
import { slowedDown, takeSession } from '../session.ts';
import { askForFactor } from './factor.ts';

const formBytesMax = 8192;
const pageAgeMs = 3_600_000;

type Keys = 'GET /account' | 'POST /account/password' | 'POST /account/factor';
const path = '/account';

/** Where somebody with a local account changes their password and their second factor. */
export function accountPageRoutes(room: Room): Pick<Operations, Keys> {
  const { sessions, factors, formKey, parts, config } = room.given;
  /** Errors: `unauthenticated`. */
  const signedIn = async (c: Context): Promise<string> => {
    const caller = await room.callers.find(c);
    const cookie = room.session.read(c);
    // A token beside the cookie is another caller: only the browser's own person is meant here.
    const isBrowser = c.req.header('Authorization') === undefined && cookie !== undefined;
    if (caller === undefined || !isBrowser) throw new AppError('unauthenticated', 'Nobody is signed in.');
    return (await sessions.person(cookie))?.id ?? '';
  };
  const show = async (c: Context, account: string, news?: AccountView['news']): Promise<Response> => {
    const own = account === '' ? undefined : await factors.own(account);
    const view: AccountView = {
      host: room.host(c),
      nonce: formNonce(formKey, ['account', account], parts.clock.now(), parts.randomId().slice(0, 16)),
      timeZone: config.delivery.timeZone,
      ...(own === undefined ? {} : { own }),
      ...(news === undefined ? {} : { news }),
    };
    return c.html(accountPage(view, room.words()), news === undefined || news === 'changed' ? 200 : 422);
  };
  /** The fields of a form of this page; undefined when the page was open for too long, or is not theirs. */
  const posted = async (c: Context, account: string): Promise<URLSearchParams | undefined> => {
    room.limits.few(c, 'sign-ins');
    const fields = await readForm(c, formBytesMax);
    const nonce = fields.get('form') ?? '';
    const verdict = judgeNonce(formKey, ['account', account], nonce, parts.clock.now(), pageAgeMs);
    return account !== '' && verdict === 'good' ? fields : undefined;
  };
  const refused = async (c: Context, account: string): Promise<Response> => {
    const by = `person:${account}`;
    await room.record.refused(c, {
      kind: 'access.sign-in-failed',
      by,
      what: 'own account',
      reason: 'not valid',
    });
    return show(c, account, 'wrong');
  };
  const again = { 422: { description: 'The page again.', type: 'text/html' } };
  return {
    'GET /account': open({
      summary: 'One’s own password and second factor.',
      answers: { 200: { description: 'The page.', type: 'text/html' } },
      handle: async (c) => show(c, await signedIn(c)),
    }),
    'POST /account/password': open({
      summary:
        'Changes one’s own password: the one of now is asked for, and every other browser is signed out.',
      answers: { 200: { description: 'It is changed.', type: 'text/html' }, ...again },
      handle: async (c) => {
        const account = await signedIn(c);
        const fields = await posted(c, account);
        if (fields === undefined) return show(c, account, 'wrong');
        const [old = '', password = ''] = [fields.get('old') ?? '', fields.get('password') ?? ''];
        const tried = await factors.changePassword(account, old, password, room.record.address(c));
        if (tried.kind === 'slow') throw slowedDown(c, tried.seconds);
        if (tried.kind === 'weak') return show(c, account, 'weak');
        if (tried.kind === 'refused') return refused(c, account);
        await takeSession(room, c, tried, 'new password');
        return show(c, account, 'changed');
      },
    }),
    'POST /account/factor': open({
      summary:
        'Leads to a new second factor: the password is asked for, and a code of the one that is there.',
      answers: { 200: { description: 'The picture for an authenticator.', type: 'text/html' }, ...again },
      handle: async (c) => {
        const account = await signedIn(c);
        const fields = await posted(c, account);
        if (fields === undefined) return show(c, account, 'wrong');
        const [old, code] = [fields.get('old') ?? '', fields.get('code') ?? ''];
        const tried = await factors.confirm(account, old, code, room.record.address(c));
        if (tried.kind === 'slow') throw slowedDown(c, tried.seconds);
        if (tried.kind === 'refused') return refused(c, account);
        return askForFactor(room, c, { account, stage: 'enrol', next: path });
      },
    }),
  };
}
