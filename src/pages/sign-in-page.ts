import { html } from 'hono/html';
import { pageFrame } from './page-frame.ts';
import type { PageWords } from './page-words.ts';

export type SignInView = {
  readonly host: string;
  readonly nonce: string;
  /** Path to go to afterwards: one of our own pages. */
  readonly next: string;
  /** The token that was sent is not valid. */
  readonly isRefused: boolean;
};

/** Longest token that is taken, in characters; ours have 48. */
export const signInTokenLengthMax = 512;

/** How an operator gets in with a browser. The token is pasted, never part of an address. */
export function signInPage(view: SignInView, words: PageWords): string {
  const { signIn } = words;
  const refused = view.isRefused ? html`<p role="alert"><strong>${signIn.wrong}</strong></p>` : '';
  const main = html`<h1>${signIn.title}</h1><div class="card">${refused}<p>${signIn.intro}</p>
<form method="post" action="/signin" autocomplete="off"><input type="hidden" name="form" value="${view.nonce}"><input type="hidden" name="next" value="${view.next}">
<label><span>${signIn.field}</span><input type="password" name="token" maxlength="${signInTokenLengthMax}" autocomplete="off" spellcheck="false" required></label><button class="first">${signIn.send}</button></form></div>
<p class="soft">${signIn.how}</p><pre><code>npx foldback admin token</code></pre>`;
  return pageFrame({ words, title: signIn.title, main, host: view.host });
}
