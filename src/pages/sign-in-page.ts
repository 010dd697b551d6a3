import { html } from 'hono/html';
import { pageFrame } from './page-frame.ts';
import { fill } from './page-text.ts';
import type { PageWords } from './page-words.ts';

export type SignInView = {
  readonly host: string;
  readonly nonce: string;
  /** Path to go to afterwards: one of our own pages. */
  readonly next: string;
  /** Why the last attempt did not work. */
  readonly problem?: SignInProblem;
  /** What single sign-on is called, where it is set up. */
  readonly singleSignOn?: string;
  /** Whether anybody can have a password here. */
  readonly hasAccounts: boolean;
  /** Whether a token signs a browser in here. */
  readonly hasTokens: boolean;
};

/** `wrong`: the token is not valid; `failed`: the identity provider's answer was not taken. */
export type SignInProblem = 'wrong' | 'failed';

/** Longest token that is taken, in characters; ours have 48. */
export const signInTokenLengthMax = 512;

/** How an operator gets in with a browser. The token is pasted, never part of an address. */
export function signInPage(view: SignInView, words: PageWords): string {
  const { signIn } = words;
  const { problem, next, singleSignOn } = view;
  const refused = problem === undefined ? '' : html`<p role="alert"><strong>${signIn[problem]}</strong></p>`;
  const single =
    singleSignOn === undefined
      ? ''
      : html`<p><a class="button first" href="/signin/oidc?next=${encodeURIComponent(next)}">${fill(signIn.single, { name: singleSignOn })}</a></p>`;
  const local = view.hasAccounts
    ? html`<div class="card"><h2>${signIn.withPassword}</h2><form method="post" action="/signin"><input type="hidden" name="form" value="${view.nonce}"><input type="hidden" name="next" value="${next}">
<label><span>${signIn.account}</span><input name="account" maxlength="80" autocomplete="username" autocapitalize="off" spellcheck="false" required></label>
<label><span>${words.password.field}</span><input type="password" name="password" maxlength="200" autocomplete="current-password" required></label><button>${signIn.send}</button></form></div>`
    : '';
  const byToken = view.hasTokens
    ? html`<p>${signIn.intro}</p>
<form method="post" action="/signin" autocomplete="off"><input type="hidden" name="form" value="${view.nonce}"><input type="hidden" name="next" value="${next}">
<label><span>${signIn.field}</span><input type="password" name="token" maxlength="${signInTokenLengthMax}" autocomplete="off" spellcheck="false" required></label><button class="first">${signIn.send}</button></form>`
    : '';
  const how = view.hasTokens
    ? html`<p class="soft">${signIn.how}</p><pre><code>npx foldback admin token</code></pre>`
    : '';
  const isEmpty = problem === undefined && singleSignOn === undefined && !view.hasTokens;
  const ways = isEmpty ? '' : html`<div class="card">${refused}${single}${byToken}</div>`;
  const main = html`<h1>${signIn.title}</h1>${ways}
${local}
${how}`;
  return pageFrame({ words, title: signIn.title, main, host: view.host });
}

/** After signing out, with the way to the sign-out of the identity provider, if it has one. */
export function signedOutPage(
  view: Pick<SignInView, 'host'> & { readonly there?: { readonly url: string; readonly name: string } },
  words: PageWords,
): string {
  const { signIn } = words;
  const { there } = view;
  const out =
    there === undefined
      ? ''
      : html`<p><a class="button" href="${there.url}" rel="noreferrer">${fill(signIn.outThere, { name: there.name })}</a></p>`;
  const main = html`<h1>${signIn.out}</h1>${out}<p><a href="/signin">${signIn.title}</a></p>`;
  return pageFrame({ words, title: signIn.out, main, host: view.host });
}

/** After single sign-on. It goes on by itself, without a script; the link is for browsers that do not. */
export function signedInPage(view: Pick<SignInView, 'host' | 'next'>, words: PageWords): string {
  const { signIn } = words;
  const main = html`<h1>${signIn.done}</h1><p><a class="button first" href="${view.next}">${signIn.goOn}</a></p>`;
  return pageFrame({ words, title: signIn.done, main, host: view.host, goesOnTo: view.next });
}
