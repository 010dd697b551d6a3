import { html } from 'hono/html';
import { pageFrame } from './page-frame.ts';
import { fill, type Html, localTime, value } from './page-text.ts';
import type { PageWords } from './page-words.ts';

export type HomeView = {
  readonly reader: { readonly timeZone: string };
  readonly host: string;
  /** `http://127.0.0.1:4400`: stands in the commands to copy. */
  readonly baseUrl: string;
  readonly organisation?: string;
  readonly mode:
    | { readonly kind: 'live' | 'shadow' | 'demonstration' }
    | { readonly kind: 'paused'; readonly until?: number };
  /** The embedded store is for evaluation: said for as long as it is used. */
  readonly isEvaluation: boolean;
  readonly isUnclaimed: boolean;
  /** Who is signed in; undefined: nobody. */
  readonly operator?: { readonly name: string; readonly nonce: string; readonly hasAccount: boolean };
  /** Undefined for whoever may not see them. */
  readonly counts?: Readonly<Record<keyof Omit<PageWords['home']['counts'], 'heading'>, number>>;
  readonly paths: { readonly outbox: string; readonly api: string };
};

const countNames = [
  'events',
  'backlog',
  'triage',
  'open',
  'verified',
  'held',
  'waiting',
  'uncertain',
] as const;

/** The operator's start page: what state Foldback is in, and how to feed it the first report. */
export function homePage(view: HomeView, words: PageWords): string {
  const { home } = words;
  const { mode, counts } = view;
  const reader = { language: words.language, timeZone: view.reader.timeZone };
  const modeText =
    mode.kind === 'paused' && mode.until !== undefined
      ? fill(home.mode.pausedUntil, { time: localTime(mode.until, reader) })
      : home.mode[mode.kind];
  const notes =
    mode.kind === 'demonstration'
      ? []
      : [view.isUnclaimed ? home.unclaimed : undefined, view.isEvaluation ? home.evaluation : undefined];
  const main = html`<h1>${home.title}</h1>
<p class="card ${mode.kind === 'live' ? 'good' : 'news'}">${modeText}</p>
${session(view, home)}
${notes.map((note) => (note === undefined ? '' : html`<p class="soft">${note}</p>`))}
${
  counts === undefined
    ? ''
    : html`<section class="card"><h2>${home.counts.heading}</h2><dl class="counts">${countNames.map(
        (name) =>
          html`<div><dt>${home.counts[name]}</dt><dd>${counts[name].toLocaleString(words.language)}</dd></div>`,
      )}</dl></section>`
}
<section class="card"><h2>${home.first.heading}</h2>
<p>${home.first.try}</p><pre><code>npx foldback try report.json --repo .</code></pre>
<p>${home.first.import}</p><pre><code>npx foldback import report.json</code></pre>
<p>${home.first.release}</p><pre><code>npx foldback loops release --behaviour secret-in-repository</code></pre>
<p>${home.first.post}</p><pre><code>curl ${view.baseUrl}/v1/sources/gitleaks -H "Authorization: Bearer $FOLDBACK__TOKEN" -H "Content-Type: application/json" --data-binary @report.json</code></pre></section>
<nav><h2>${home.links.heading}</h2><ul><li><a href="/console">${home.links.console}</a></li><li><a href="${view.paths.outbox}">${home.links.outbox}</a></li><li><a href="/check">${home.links.check}</a></li><li><a href="${view.paths.api}">${home.links.api}</a></li><li><a href="/readyz">${home.links.health}</a></li></ul></nav>`;
  const letterhead = view.organisation === undefined ? {} : { letterhead: view.organisation };
  return pageFrame({ words, title: home.title, ...letterhead, main, host: view.host, isWide: true });
}

/** Signed in or not, and the way to the other. */
function session({ operator }: HomeView, words: PageWords['home']): Html {
  if (operator === undefined) return html`<p><a href="/signin">${words.signIn}</a></p>`;
  const account = operator.hasAccount ? html` <a href="/account">${words.account}</a>` : '';
  return html`<form method="post" action="/signout"><input type="hidden" name="form" value="${operator.nonce}"><p>${fill(words.signedIn, { name: value(operator.name, 80) })}${account} <button>${words.signOut}</button></p></form>`;
}
