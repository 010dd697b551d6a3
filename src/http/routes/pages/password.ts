import type { Context } from 'hono';
import { passwordCharsMax } from '../../../access/password.ts';
import { AppError } from '../../../core/errors.ts';
import { sha256Hex } from '../../../lib/hmac.ts';
import { passwordDonePage, passwordPage } from '../../../pages/password-page.ts';
import { formNonce, judgeNonce } from '../../caller/form-nonce.ts';
import { readForm } from '../../hardening/raw-body.ts';
import type { Room } from '../../room.ts';
import { type Operations, open, pathPart } from '../../table/operation.ts';

const formBytesMax = 8192;
const pageAgeMs = 3_600_000;

/** Where whoever got a local account chooses its password. Opening the link does not use it up. */
export function passwordRoutes(
  room: Room,
): Pick<Operations, 'GET /password/{token}' | 'POST /password/{token}'> {
  const { given } = room;
  const { parts, accounts, formKey } = given;
  const pageOf = (token: string) => ['password', sha256Hex(token)];
  const loginFor = async (c: Context): Promise<{ readonly token: string; readonly login: string }> => {
    room.limits.few(c, 'claims');
    const token = pathPart(c, 'token');
    const invite = await accounts.invite(token);
    if (invite === undefined) throw new AppError('not-found', '');
    return { token, login: invite.login };
  };
  const form = (c: Context, token: string, login: string, isWeak: boolean) => {
    const nonce = formNonce(formKey, pageOf(token), parts.clock.now(), parts.randomId().slice(0, 16));
    const view = {
      host: room.host(c),
      path: `/password/${token}`,
      nonce,
      login,
      isWeak,
      charsMax: passwordCharsMax,
    };
    return c.html(passwordPage(view, room.words()), isWeak ? 422 : 200);
  };
  return {
    'GET /password/{token}': open({
      summary: 'The page of a link by which a password is chosen.',
      answers: { 200: { description: 'The form.', type: 'text/html' } },
      handle: async (c) => {
        const { token, login } = await loginFor(c);
        return form(c, token, login, false);
      },
    }),
    'POST /password/{token}': open({
      summary: 'Sets the password, and uses the link up.',
      answers: {
        200: { description: 'It is set.', type: 'text/html' },
        422: { description: 'The form again.', type: 'text/html' },
      },
      handle: async (c) => {
        const { token, login } = await loginFor(c);
        const fields = await readForm(c, formBytesMax);
        const now = parts.clock.now();
        const nonce = judgeNonce(formKey, pageOf(token), fields.get('form') ?? '', now, pageAgeMs);
        if (nonce !== 'good') return form(c, token, login, false);
        const verdict = await accounts.choosePassword(token, fields.get('password') ?? '');
        if (verdict === 'unknown') throw new AppError('not-found', '');
        if (verdict !== 'good') return form(c, token, login, true);
        return c.html(passwordDonePage({ host: room.host(c) }, room.words()));
      },
    }),
  };
}
