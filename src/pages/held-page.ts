import { html } from 'hono/html';
import { pageFrame } from './page-frame.ts';
import { fill, type Html, localDate, plain, value } from './page-text.ts';
import type { PageWords } from './page-words.ts';

export type HeldClassView = {
  readonly name: keyof PageWords['held']['classes'];
  readonly count: number;
  /** The latest, as lines of text from outside. */
  readonly lines: readonly { readonly at?: number; readonly text: string }[];
  /** Days after the end; without them it is kept as long as the directory has it. */
  readonly days?: number;
};

export type HeldView = {
  readonly host: string;
  readonly timeZone: string;
  readonly duty: string;
  readonly step:
    | { readonly kind: 'ask' }
    | { readonly kind: 'sent' }
    /** Opening the link uses nothing up: scanners open links too. */
    | { readonly kind: 'open'; readonly path: string; readonly nonce: string }
    | { readonly kind: 'used' }
    | {
        readonly kind: 'shown';
        readonly name: string;
        readonly path: string;
        readonly nonce: string;
        readonly classes: readonly HeldClassView[];
      };
};

/** Lines of a class that are shown; the download has all. */
export const heldLinesMax = 5;
const lineLengthMax = 120;

/** What a person sees of what is held about them: a form for their address, a link, then all classes. */
export function heldPage(view: HeldView, words: PageWords): string {
  const { held } = words;
  const { step } = view;
  switch (step.kind) {
    case 'ask':
    case 'sent':
      return frame(
        view,
        words,
        held.title,
        html`${step.kind === 'sent' ? html`<section class="card good" role="status"><p>${held.sent}</p></section>` : ''}
<div class="card"><p>${held.intro}</p><form method="post" action="/me"><label><span>${held.field}</span><input name="email" type="email" maxlength="200" autocomplete="email" required></label><button class="first">${held.send}</button></form></div>`,
      );
    case 'open':
      return frame(
        view,
        words,
        held.open.title,
        html`<div class="card"><p>${held.open.intro}</p><form method="post" action="${step.path}"><input type="hidden" name="form" value="${step.nonce}"><button class="first">${held.open.button}</button></form></div>`,
      );
    case 'used':
      return frame(
        view,
        words,
        held.used.title,
        html`<div class="card"><p>${held.used.text}</p><p><a href="/me">${held.link}</a></p></div>`,
      );
    case 'shown':
      return frame(
        view,
        words,
        fill(held.about, { name: plain(step.name) }).join(''),
        html`<p>${held.noScore}</p>
${step.classes.map((one) => classPart(view, words, one))}
<div class="card"><form method="post" action="${step.path}"><input type="hidden" name="form" value="${step.nonce}"><input type="hidden" name="as" value="json"><button class="first">${held.download}</button></form></div>
<section class="more"><h2>${held.contest.heading}</h2><p>${fill(held.contest.how, { duty: view.duty })}</p><p>${held.contest.rights}</p></section>`,
      );
  }
}

function classPart(view: HeldView, words: PageWords, shown: HeldClassView): Html {
  const { held } = words;
  const { title, purpose } = held.classes[shown.name];
  const reader = { language: words.language, timeZone: view.timeZone };
  const lines = shown.lines.slice(0, heldLinesMax);
  const kept = shown.days === undefined ? held.keptOpen : fill(held.kept, { days: shown.days });
  const list = html`<ul>${lines.map(
    ({ at, text }) =>
      html`<li>${at === undefined ? '' : html`${localDate(at, reader)} · `}${value(text, lineLengthMax)}</li>`,
  )}</ul>`;
  return html`<section class="card"><h2>${title} (${shown.count})</h2><p class="soft">${held.why}: ${purpose} ${kept}</p>
${shown.count === 0 ? html`<p>${held.none}</p>` : list}${
  shown.count > lines.length
    ? html`<p class="soft">${fill(held.latest, { shown: lines.length, count: shown.count })}</p>`
    : ''
}</section>
`;
}

function frame(view: HeldView, words: PageWords, title: string, main: Html): string {
  return pageFrame({
    words,
    title,
    main: html`<h1>${title}</h1>
${main}`,
    host: view.host,
  });
}
