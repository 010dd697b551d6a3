import { html } from 'hono/html';
import { pageFrame } from './page-frame.ts';
import { fill, plain } from './page-text.ts';
import type { PageWords } from './page-words.ts';

export type PasswordView = {
  readonly host: string;
  /** Carries the one-time token; opening it changes nothing. */
  readonly path: string;
  readonly nonce: string;
  readonly login: string;
  /** The one that was sent is not taken. */
  readonly isWeak: boolean;
  readonly charsMax: number;
};

/** Where a local account gets its password. */
export function passwordPage(view: PasswordView, words: PageWords): string {
  const { password } = words;
  const weak = view.isWeak ? html`<p role="alert"><strong>${password.weak}</strong></p>` : '';
  const main = html`<h1>${password.title}</h1><div class="card">${weak}<p>${fill(password.intro, { name: plain(view.login, 80) })}</p>
<form method="post" action="${view.path}"><input type="hidden" name="form" value="${view.nonce}">
<label><span>${password.field}</span><input type="password" name="password" maxlength="${view.charsMax}" autocomplete="new-password" required></label><button class="first">${password.send}</button></form></div>`;
  return pageFrame({ words, title: password.title, main, host: view.host });
}

export function passwordDonePage(view: Pick<PasswordView, 'host'>, words: PageWords): string {
  const { password, signIn } = words;
  const main = html`<h1>${password.done}</h1><p><a class="button first" href="/signin">${signIn.title}</a></p>`;
  return pageFrame({ words, title: password.done, main, host: view.host });
}
