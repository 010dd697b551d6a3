import type { Context } from 'hono';
import { AppError } from '../../../core/errors.ts';
import { sha256Hex } from '../../../lib/hmac.ts';
import { loopPrincipal } from '../../../loop/parts.ts';
import { type HeldView, heldLinesMax, heldPage } from '../../../pages/held-page.ts';
import type { PersonLinkRow } from '../../../ports/store.ts';
import { formNonce, judgeNonce } from '../../caller/form-nonce.ts';
import { readForm } from '../../hardening/raw-body.ts';
import { copyFor, heldOf, linesOf } from '../../held-data.ts';
import { personLinkMs, sendPersonLink } from '../../person-link.ts';
import type { Room } from '../../room.ts';
import { type Operations, open, pathPart } from '../../table/operation.ts';

const formBytesMax = 2048;
type Keys = 'GET /me' | 'POST /me' | 'GET /me/{token}' | 'POST /me/{token}';

/** Where a person sees what is held about them, by a link that goes to their own address and works once. */
export function heldRoutes(room: Room): Pick<Operations, Keys> {
  const { given } = room;
  const { parts } = given;
  const page = { 200: { description: 'The page.', type: 'text/html' } };
  const show = (c: Context, step: HeldView['step'], language?: string, status: 200 | 410 | 422 = 200) => {
    const words = room.words(language);
    const { timeZone } = given.config.delivery;
    return c.html(heldPage({ host: room.host(c), timeZone, duty: words.common.duty, step }, words), status);
  };
  const linkOf = async (c: Context): Promise<PersonLinkRow> => {
    room.limits.few(c, 'claims');
    const link = await parts.store.read.personLink(loopPrincipal, sha256Hex(pathPart(c, 'token')));
    if (link === undefined) throw new AppError('not-found', '');
    return link;
  };
  const nonceOf = (what: 'open' | 'shown', link: PersonLinkRow): string =>
    formNonce(given.formKey, ['me', what, link.hash], parts.clock.now(), parts.randomId().slice(0, 16));
  const isGood = (what: 'open' | 'shown', link: PersonLinkRow, nonce: string): boolean =>
    judgeNonce(given.formKey, ['me', what, link.hash], nonce, parts.clock.now(), personLinkMs) === 'good';
  const isOver = (link: PersonLinkRow) => link.usedAt !== undefined || link.expiresAt <= parts.clock.now();

  return {
    'GET /me': open({
      summary: 'Where anybody asks for the link to what is held about them.',
      answers: page,
      handle: (c) => show(c, { kind: 'ask' }),
    }),
    'POST /me': open({
      summary: 'Sends the link to the address, if it is known. The answer never says whether it is.',
      answers: page,
      handle: async (c) => {
        room.limits.few(c, 'person-links');
        const email = ((await readForm(c, formBytesMax)).get('email') ?? '').trim().slice(0, 200);
        const person = parts.people.byEmail(email);
        // Not waited for: how long it takes would say whether the address is known.
        if (person?.isActive === true)
          void sendPersonLink(room, person, room.baseUrl(c)).catch((error: unknown) =>
            given.log.error({ error }, 'a link to what is held about somebody could not be sent'),
          );
        return show(c, { kind: 'sent' });
      },
    }),
    'GET /me/{token}': open({
      summary: 'The page of such a link. Opening it does not use it up.',
      answers: { ...page, 410: { description: 'It was used, or is too old.', type: 'text/html' } },
      handle: async (c) => {
        const link = await linkOf(c);
        if (isOver(link)) return show(c, { kind: 'used' }, undefined, 410);
        const step = {
          kind: 'open',
          path: `/me/${pathPart(c, 'token')}`,
          nonce: nonceOf('open', link),
        } as const;
        return show(c, step, parts.people.person(link.person)?.language);
      },
    }),
    'POST /me/{token}': open({
      summary: 'Uses the link up and shows what is held; from that page, all of it as a file.',
      answers: {
        ...page,
        410: { description: 'It was used, or is too old.', type: 'text/html' },
        422: { description: 'The form again.', type: 'text/html' },
      },
      handle: async (c) => {
        const link = await linkOf(c);
        const path = `/me/${pathPart(c, 'token')}`;
        const fields = await readForm(c, formBytesMax);
        const nonce = fields.get('form') ?? '';
        const person = parts.people.person(link.person);
        if (person === undefined) return show(c, { kind: 'used' }, undefined, 410);
        if (fields.get('as') === 'json' && link.usedAt !== undefined) {
          if (!isGood('shown', link, nonce)) return show(c, { kind: 'used' }, person.language, 410);
          c.header('Content-Disposition', 'attachment; filename="held-about-me.json"');
          return c.json(await copyFor(room, person));
        }
        if (isOver(link)) return show(c, { kind: 'used' }, person.language, 410);
        if (!isGood('open', link, nonce))
          return show(c, { kind: 'open', path, nonce: nonceOf('open', link) }, person.language, 422);
        const isMine = await parts.store.transaction((tx) => tx.usePersonLink(link.hash, parts.clock.now()));
        if (!isMine) return show(c, { kind: 'used' }, person.language, 410);
        const classes = linesOf(room, person, await heldOf(room, person, heldLinesMax));
        const step = {
          kind: 'shown',
          name: person.name,
          path,
          nonce: nonceOf('shown', link),
          classes,
        } as const;
        return show(c, step, person.language);
      },
    }),
  };
}
