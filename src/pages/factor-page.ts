import { html } from 'hono/html';
import { pageFrame } from './page-frame.ts';
import { type Html, plain } from './page-text.ts';
import type { PageWords } from './page-words.ts';

export type FactorView = {
  readonly host: string;
  /** Proof that the password was right: it goes along with the code. */
  readonly nonce: string;
  readonly account: string;
  /** Path to go to afterwards: one of our own pages. */
  readonly next: string;
  readonly isWrong: boolean;
  /** To set one up; without it, a code is asked for. */
  readonly offer?: {
    readonly text: string;
    readonly sealed: string;
    /** Squares of the picture, row by row. */
    readonly picture: readonly (readonly boolean[])[];
  };
};

/** The second step of a sign-in: a code, or the picture from which codes come and the first of them. */
export function factorPage(view: FactorView, words: PageWords): string {
  const { factor } = words;
  const { offer } = view;
  const title = offer === undefined ? factor.title : factor.setUpTitle;
  const wrong = view.isWrong ? html`<p role="alert"><strong>${factor.wrong}</strong></p>` : '';
  const above =
    offer === undefined
      ? html`<p>${factor.intro}</p>`
      : html`<p>${factor.setUpIntro}</p>${picture(offer.picture, factor.picture)}<p>${factor.key}: <code>${offer.text}</code></p>`;
  const sealed = offer === undefined ? '' : html`<input type="hidden" name="sealed" value="${offer.sealed}">`;
  const main = html`<h1>${title}</h1><div class="card">${wrong}${above}
<form method="post" action="/signin/factor" autocomplete="off"><input type="hidden" name="form" value="${view.nonce}"><input type="hidden" name="account" value="${view.account}"><input type="hidden" name="next" value="${view.next}">${sealed}
<label><span>${factor.field}</span><input name="code" maxlength="60" autocomplete="one-time-code" autocapitalize="off" spellcheck="false" required></label><button class="first">${factor.send}</button></form></div>`;
  return pageFrame({ words, title, main, host: view.host });
}

/** Shown in the answer to the POST and never again: only their hashes are kept. */
export function recoveryCodesPage(
  view: Pick<FactorView, 'host' | 'next'> & { readonly codes: readonly string[] },
  words: PageWords,
): string {
  const { factor, signIn } = words;
  const main = html`<h1>${factor.codesTitle}</h1><div class="card good"><p>${factor.codesIntro}</p><pre class="token">${view.codes.map((code) => `${plain(code)}\n`)}</pre></div><p><a class="button first" href="${view.next}">${signIn.goOn}</a></p>`;
  return pageFrame({ words, title: factor.codesTitle, main, host: view.host });
}

/** Dark on light in every colour scheme: readers want it so. */
function picture(rows: readonly (readonly boolean[])[], name: string): Html {
  const size = rows.length;
  const path = rows
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return html`<p><svg role="img" aria-label="${name}" viewBox="0 0 ${size} ${size}" width="240" height="240" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${path}"/></svg></p>`;
}
