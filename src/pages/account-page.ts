import { html } from 'hono/html';
import { pageFrame } from './page-frame.ts';
import { fill, type Html, localDate, plain } from './page-text.ts';
import type { PageWords } from './page-words.ts';

export type AccountView = {
  readonly host: string;
  readonly nonce: string;
  readonly timeZone: string;
  /** Undefined for whoever has no password here: a token, or single sign-on. */
  readonly own?: {
    readonly login: string;
    readonly factor?: { readonly madeAt: number; readonly codesLeft: number };
  };
  readonly news?: 'changed' | 'weak' | 'wrong';
};

/** What somebody with a local account does about it by themselves. */
export function accountPage(view: AccountView, words: PageWords): string {
  const { account, password } = words;
  const said = {
    changed: html`<p role="status" class="card good">${account.changed}</p>`,
    weak: html`<p role="alert" class="card news">${password.weak}</p>`,
    wrong: html`<p role="alert" class="card news">${account.wrong}</p>`,
  };
  const news = view.news === undefined ? '' : said[view.news];
  const { own } = view;
  const main = html`<h1>${account.title}</h1>${news}${own === undefined ? html`<p>${account.elsewhere}</p>` : forms(view, own, words)}<p><a href="/">${words.claim.home}</a></p>`;
  return pageFrame({ words, title: account.title, main, host: view.host });
}

function forms(view: AccountView, own: NonNullable<AccountView['own']>, words: PageWords): Html {
  const { account } = words;
  const { factor } = own;
  const reader = { language: words.language, timeZone: view.timeZone };
  const nonce = html`<input type="hidden" name="form" value="${view.nonce}">`;
  const old = html`<label><span>${account.old}</span><input type="password" name="old" maxlength="200" autocomplete="current-password" required></label>`;
  const standing =
    factor === undefined
      ? account.none
      : fill(account.since, { date: localDate(factor.madeAt, reader), count: factor.codesLeft });
  const code =
    factor === undefined
      ? ''
      : html`<label><span>${account.code}</span><input name="code" maxlength="60" autocomplete="one-time-code" autocapitalize="off" spellcheck="false" required></label>`;
  return html`<p>${fill(account.name, { name: plain(own.login, 80) })}</p>
<section class="card"><h2>${account.passwordHeading}</h2><form method="post" action="/account/password">${nonce}<input type="hidden" name="username" autocomplete="username" value="${own.login}">${old}
<label><span>${account.new}</span><input type="password" name="password" maxlength="200" autocomplete="new-password" required></label><button class="first">${account.change}</button></form></section>
<section class="card"><h2>${account.factorHeading}</h2><p>${standing}</p><form method="post" action="/account/factor">${nonce}${old}${code}<button>${factor === undefined ? account.setUp : account.replace}</button></form></section>`;
}
