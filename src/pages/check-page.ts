import { html } from 'hono/html';
import { pageFrame } from './page-frame.ts';
import { fill, localTime, value } from './page-text.ts';
import type { PageWords } from './page-words.ts';

export type CheckView = {
  readonly reader: { readonly timeZone: string };
  readonly host: string;
  readonly duty: string;
  /**
   * What is known of a typed code: that it was sent, when and by whom, and nothing of the case, because anybody may
   * ask.
   */
  readonly result?:
    | { readonly kind: 'known'; readonly code: string; readonly sentAt: number; readonly sender: string }
    | { readonly kind: 'unknown'; readonly code: string };
};

export const caseCodeLengthMax = 20;

/** Where a recipient, having typed the host by hand, finds out whether a message really came from here. */
export function checkPage(view: CheckView, words: PageWords): string {
  const { check } = words;
  const { result } = view;
  const reader = { language: words.language, timeZone: view.reader.timeZone };
  const shown = result === undefined ? '' : html`<b>${value(result.code, caseCodeLengthMax)}</b>`;
  const answer =
    result === undefined
      ? ''
      : result.kind === 'known'
        ? html`<section class="card good" role="status"><h2>${fill(check.known, {
            code: shown,
            time: localTime(result.sentAt, reader),
            sender: value(result.sender),
          })}</h2><p>${check.knownNext}</p></section>`
        : html`<section class="card news" role="status"><h2>${fill(check.unknown, { code: shown })}</h2><p>${fill(check.unknownNext, { duty: view.duty })}</p></section>`;
  const main = html`<h1>${check.title}</h1>
${answer}
<div class="card"><p>${check.intro}</p><form method="post" action="/check" autocomplete="off"><label><span>${check.field}</span><input name="code" maxlength="${caseCodeLengthMax}" autocapitalize="characters" spellcheck="false" required></label><button class="first">${check.send}</button></form></div>`;
  return pageFrame({ words, title: check.title, main, host: view.host });
}
