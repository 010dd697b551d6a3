import { html } from 'hono/html';
import { pageFrame } from './page-frame.ts';
import { code, fill, localDate } from './page-text.ts';
import type { PageWords } from './page-words.ts';

export type ClaimView = {
  readonly host: string;
  readonly step: /** `path` carries the one-time claim token; opening it changes nothing. */
    | {
        readonly kind: 'form';
        readonly path: string;
        readonly nonce: string;
        /** Whether a name and a password can be chosen as well. */
        readonly hasAccounts: boolean;
        readonly problem?: 'weak' | 'bad-login';
      }
    /** Shown in the answer to the POST and never again: only its hash is stored. */
    | {
        readonly kind: 'claimed';
        readonly token: string;
        readonly expiresAt: number;
        readonly timeZone: string;
      }
    | { readonly kind: 'used' };
};

/** The first administrator's way in: a form, then the token, once. */
export function claimPage(view: ClaimView, words: PageWords): string {
  const { claim } = words;
  const { step } = view;
  switch (step.kind) {
    case 'form': {
      const said = { weak: words.password.weak, 'bad-login': claim.badLogin };
      const problem =
        step.problem === undefined ? '' : html`<p role="alert"><strong>${said[step.problem]}</strong></p>`;
      const account = step.hasAccounts
        ? html`<p class="soft">${claim.accountIntro}</p>
<label><span>${words.signIn.account}</span><input name="account" maxlength="80" autocomplete="username" autocapitalize="off" spellcheck="false"></label>
<label><span>${words.password.field}</span><input type="password" name="password" maxlength="200" autocomplete="new-password"></label>`
        : '';
      return pageFrame({
        words,
        title: claim.title,
        main: html`<h1>${claim.title}</h1><div class="card">${problem}<p>${claim.intro}</p>
<form method="post" action="${step.path}" autocomplete="off"><input type="hidden" name="form" value="${step.nonce}">
<label><span>${claim.field}</span><input name="name" maxlength="80" required></label>${account}<button class="first">${claim.send}</button></form></div>`,
        host: view.host,
      });
    }
    case 'claimed': {
      const reader = { language: words.language, timeZone: step.timeZone };
      return pageFrame({
        words,
        title: claim.doneTitle,
        main: html`<h1>${claim.doneTitle}</h1><div class="card good"><h2>${claim.token}</h2><pre class="token">${code(step.token, 400)}</pre>
<p>${claim.once} ${fill(claim.expires, { date: localDate(step.expiresAt, reader) })}</p></div>
<h2>${claim.use}</h2><pre><code>export FOLDBACK__TOKEN=…
npx foldback loops list</code></pre><p><a href="/">${claim.home}</a></p>`,
        host: view.host,
      });
    }
    case 'used':
      return pageFrame({
        words,
        title: claim.usedTitle,
        main: html`<h1>${claim.usedTitle}</h1><div class="card"><p>${claim.used}</p><pre><code>npx foldback admin claim</code></pre></div>`,
        host: view.host,
      });
  }
}
