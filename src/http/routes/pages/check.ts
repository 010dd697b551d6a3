import type { Context } from 'hono';
import { readCaseCode } from '../../../loop/case-code.ts';
import { loopPrincipal } from '../../../loop/parts.ts';
import { type CheckView, caseCodeLengthMax, checkPage } from '../../../pages/check-page.ts';
import { readForm } from '../../hardening/raw-body.ts';
import type { Room } from '../../room.ts';
import { type Operations, open } from '../../table/operation.ts';
import { houseOf } from '../../views/case-view.ts';

const formBytesMax = 1024;
/** No loop has it. Looked up for whatever is no code, so that both answers take the same way. */
const noCode = 'FB-00000-00000';

/** Where a recipient finds out whether a message really came from here, without following its link. */
export function checkRoutes(room: Room): Pick<Operations, 'GET /check' | 'POST /check'> {
  const { parts, config } = room.given;
  const show = (c: Context, result?: CheckView['result']) => {
    const words = room.words();
    const host = room.host(c);
    const reader = { timeZone: config.delivery.timeZone };
    const view = { reader, host, duty: words.common.duty, ...(result === undefined ? {} : { result }) };
    return c.html(checkPage(view, words));
  };
  const page = { 200: { description: 'The page.', type: 'text/html' } };
  return {
    'GET /check': open({
      summary: 'Where a case code is checked by hand.',
      answers: page,
      handle: (c) => show(c),
    }),
    'POST /check': open({
      summary: 'Says whether a message with this code was sent, when and by whom; nothing of the case.',
      answers: page,
      handle: async (c) => {
        room.limits.few(c, 'checks');
        const fields = await readForm(c, formBytesMax);
        const typed = (fields.get('code') ?? '').slice(0, caseCodeLengthMax);
        const code = readCaseCode(typed);
        const sentAt = await parts.store.read.firstSentAt(loopPrincipal, code ?? noCode);
        if (code === undefined || sentAt === undefined) return show(c, { kind: 'unknown', code: typed });
        const { sender } = houseOf(room, room.words(), room.host(c));
        return show(c, { kind: 'known', code, sentAt, sender });
      },
    }),
  };
}
