import type { Context } from 'hono';
import { qrModules } from '../../../lib/qr-modules.ts';
import { factorPage, recoveryCodesPage } from '../../../pages/factor-page.ts';
import type { FactorStage } from '../../access-desks.ts';
import { formNonce, judgeNonce } from '../../caller/form-nonce.ts';
import { readForm } from '../../hardening/raw-body.ts';
import type { Room } from '../../room.ts';
import { type Operations, open } from '../../table/operation.ts';
import { slowedDown, takeSession } from '../session.ts';
import { ownPath, signInForm } from './sign-in.ts';

const formBytesMax = 4096;
/** From the password to the code: long enough to install an authenticator. */
const pageAgeMs = 15 * 60_000;

/**
 * The second step of a sign-in with a password. Nothing is stored in between: the page carries a proof, under our key,
 * that the password of this account was right a moment ago.
 */
export function factorRoutes(room: Room): Pick<Operations, 'POST /signin/factor'> {
  const { factors, formKey, parts } = room.given;
  return {
    'POST /signin/factor': open({
      summary:
        'Takes the code that is asked for beside a password, or sets a second factor up with its first code.',
      answers: {
        200: { description: 'Set up: the recovery codes, once.', type: 'text/html' },
        303: { description: 'To the page that was asked for.' },
        401: { description: 'The page again.', type: 'text/html' },
      },
      handle: async (c) => {
        room.limits.few(c, 'sign-ins');
        const fields = await readForm(c, formBytesMax);
        const next = ownPath(fields.get('next') ?? '');
        const account = fields.get('account') ?? '';
        const nonce = fields.get('form') ?? '';
        const sealed = fields.get('sealed');
        const stage: FactorStage = sealed === null ? 'code' : 'enrol';
        const bound = await factors.bound(account, stage);
        const page = ['factor', account, bound ?? ''];
        const verdict = judgeNonce(formKey, page, nonce, parts.clock.now(), pageAgeMs);
        if (bound === undefined || verdict !== 'good')
          return c.html(signInForm(room, c, next, 'failed'), 401);
        const code = fields.get('code') ?? '';
        const address = room.record.address(c);
        const tried =
          sealed === null
            ? await factors.signIn(account, code, address)
            : await factors.enrol(account, sealed, code, address);
        if (tried.kind === 'slow') throw slowedDown(c, tried.seconds);
        if (tried.kind === 'refused') {
          const by = `person:${account}`;
          const failed = {
            kind: 'access.sign-in-failed',
            by,
            what: 'second factor',
            reason: 'not valid',
          } as const;
          await room.record.refused(c, failed);
          return askForFactor(room, c, {
            account,
            stage,
            next,
            isWrong: true,
            nonce,
            ...(sealed === null ? {} : { sealed }),
          });
        }
        await takeSession(room, c, tried, 'password and second factor');
        if (tried.kind === 'signed-in') return c.redirect(next, 303);
        return c.html(recoveryCodesPage({ host: room.host(c), next, codes: tried.codes }, room.words()));
      },
    }),
  };
}

/** The page of the second step. `nonce` of the page before: its time goes on. */
export async function askForFactor(
  room: Room,
  c: Context,
  asked: {
    readonly account: string;
    readonly stage: FactorStage;
    readonly next: string;
    readonly isWrong?: boolean;
    readonly nonce?: string;
    readonly sealed?: string;
  },
): Promise<Response> {
  const { factors, formKey, parts } = room.given;
  const { account, stage, next, isWrong = false } = asked;
  const bound = await factors.bound(account, stage);
  const offer = stage === 'enrol' ? await factors.offer(account, asked.sealed) : undefined;
  if (bound === undefined || (stage === 'enrol' && offer === undefined))
    return c.html(signInForm(room, c, next, 'failed'), 401);
  const fresh = () =>
    formNonce(formKey, ['factor', account, bound], parts.clock.now(), parts.randomId().slice(0, 16));
  const view = {
    host: room.host(c),
    nonce: asked.nonce ?? fresh(),
    account,
    next,
    isWrong,
    ...(offer === undefined
      ? {}
      : { offer: { text: offer.text, sealed: offer.sealed, picture: qrModules(offer.uri) } }),
  };
  return c.html(factorPage(view, room.words()), isWrong ? 401 : 200);
}
