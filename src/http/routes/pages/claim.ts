import type { Context } from 'hono';
import { nobody } from '../../../access/access-note.ts';
import type { ClaimVerdict } from '../../../access/claim.ts';
import { AppError } from '../../../core/errors.ts';
import { sha256Hex } from '../../../lib/hmac.ts';
import { claimPage } from '../../../pages/claim-page.ts';
import { formNonce, judgeNonce } from '../../caller/form-nonce.ts';
import { readForm } from '../../hardening/raw-body.ts';
import type { ClaimAccount } from '../../http-parts.ts';
import type { Room } from '../../room.ts';
import { type Operations, open, pathPart } from '../../table/operation.ts';
import { signIn } from '../session.ts';

const formBytesMax = 4096;
const nameLengthMax = 80;
const pageAgeMs = 3_600_000;

/** The first administrator's way in. */
export function claimRoutes(room: Room): Pick<Operations, 'GET /claim/{token}' | 'POST /claim/{token}'> {
  const { given } = room;
  const { parts } = given;
  const pageOf = (token: string) => ['claim', sha256Hex(token)];
  const used = (c: Context, verdict: Exclude<ClaimVerdict, 'valid'>) => {
    if (verdict === 'wrong') throw new AppError('not-found', '');
    return c.html(claimPage({ host: room.host(c), step: { kind: 'used' } }, room.words()), 410);
  };
  const form = (c: Context, token: string, status: 200 | 422, problem?: 'weak' | 'bad-login') => {
    const once = parts.randomId().slice(0, 16);
    const nonce = formNonce(given.formKey, pageOf(token), parts.clock.now(), once);
    const step = {
      kind: 'form' as const,
      path: `/claim/${token}`,
      nonce,
      hasAccounts: given.accounts.isOn,
      ...(problem === undefined ? {} : { problem }),
    };
    return c.html(claimPage({ host: room.host(c), step }, room.words()), status);
  };
  return {
    'GET /claim/{token}': open({
      summary: 'The page of a claim link. Opening it does not use it up.',
      answers: {
        200: { description: 'The form.', type: 'text/html' },
        410: { description: 'It was used, or is too old.', type: 'text/html' },
      },
      handle: async (c) => {
        room.limits.few(c, 'claims');
        const token = pathPart(c, 'token');
        const verdict = await given.claim.judge(token);
        return verdict === 'valid' ? form(c, token, 200) : used(c, verdict);
      },
    }),
    'POST /claim/{token}': open({
      summary:
        'Makes the first administrator, with a password if they choose one, and signs their browser in.',
      answers: {
        200: { description: 'The token, once.', type: 'text/html' },
        410: { description: 'It was used, or is too old.', type: 'text/html' },
        422: { description: 'The form again.', type: 'text/html' },
      },
      handle: async (c) => {
        room.limits.few(c, 'claims');
        const token = pathPart(c, 'token');
        const fields = await readForm(c, formBytesMax);
        const now = parts.clock.now();
        const name = (fields.get('name') ?? '').replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
        const nonce = judgeNonce(given.formKey, pageOf(token), fields.get('form') ?? '', now, pageAgeMs);
        const verdict = await given.claim.judge(token);
        if (verdict !== 'valid') return used(c, verdict);
        if (nonce !== 'good' || name === '') return form(c, token, 422);
        const shown = [...name].slice(0, nameLengthMax).join('');
        const taken = await given.claim.take(token, shown, wantedAccount(fields, given.accounts.isOn));
        if (taken.verdict === 'weak' || taken.verdict === 'bad-login')
          return form(c, token, 422, taken.verdict);
        if (taken.verdict !== 'valid') return used(c, taken.verdict);
        if (taken.token === undefined) throw new TypeError('a valid claim gives a token');
        const admin = await signIn(room, c, taken.token);
        await room.record.note(c, { kind: 'access.claimed', by: admin?.id ?? nobody });
        const step = {
          kind: 'claimed' as const,
          token: taken.token,
          expiresAt: taken.expiresAt ?? now,
          timeZone: given.config.delivery.timeZone,
        };
        return c.html(claimPage({ host: room.host(c), step }, room.words()));
      },
    }),
  };
}

/** Name and password, where either was filled in. */
function wantedAccount(fields: URLSearchParams, isOn: boolean): ClaimAccount | undefined {
  const [login, password] = [fields.get('account') ?? '', fields.get('password') ?? ''];
  return isOn && (login.trim() !== '' || password !== '') ? { login, password } : undefined;
}
