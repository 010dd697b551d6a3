import { html } from 'hono/html';
import type { RenderedMessage } from '../core/message.ts';
import { pageFrame } from './page-frame.ts';
import { code, fill, type Html, localTime, packLink, plain, value } from './page-text.ts';
import type { PageWords } from './page-words.ts';

/**
 * The operator's view of what was said. `withheld`: written but held back (shadow, pause, cap, quiet hours);
 * `uncertain`: handed over without an answer, never repeated blindly; `dead`: gave up, waits for an operator.
 */
export type OutboxState = keyof PageWords['outbox']['states'];

export type OutboxItem = {
  readonly path: string;
  readonly recipient: string;
  readonly subject: string;
  readonly state: OutboxState;
  readonly at: number;
};

export type OutboxView = {
  readonly reader: { readonly timeZone: string };
  readonly host: string;
  readonly items: readonly OutboxItem[];
  /** Path of the next page. */
  readonly older?: string;
};

/** The list of messages, newest first. */
export function outboxPage(view: OutboxView, words: PageWords): string {
  const { outbox } = words;
  const reader = { language: words.language, timeZone: view.reader.timeZone };
  const rows = view.items.map(
    (item) => html`<li><a href="${item.path}">${plain(item.subject)}</a>
<br><span class="soft">${fill(outbox.to, { name: value(item.recipient) })} · ${localTime(item.at, reader)}</span> ${stateTag(words, item.state)}</li>`,
  );
  const main = html`<h1>${outbox.title}</h1><p class="soft">${outbox.intro}</p>
<div class="card">${rows.length === 0 ? html`<p>${outbox.empty}</p>` : html`<ul class="list">${rows}</ul>`}</div>
${view.older === undefined ? '' : html`<p><a href="${view.older}">${outbox.older}</a></p>`}`;
  return pageFrame({ words, title: outbox.title, main, host: view.host, isWide: true });
}

export type OutboxMessageView = {
  readonly reader: { readonly timeZone: string };
  readonly host: string;
  readonly listPath: string;
  readonly recipient: string;
  readonly address?: string;
  readonly channel: string;
  readonly state: OutboxState;
  /** Why it is in that state, as the channel said it. From outside. */
  readonly reason?: string;
  readonly at: number;
  readonly message: RenderedMessage;
};

/** One message exactly as it was written, with its reply link. */
export function outboxMessagePage(view: OutboxMessageView, words: PageWords): string {
  const { outbox, common } = words;
  const { message } = view;
  const reader = { language: words.language, timeZone: view.reader.timeZone };
  const to = view.address === undefined ? view.recipient : `${view.recipient} <${view.address}>`;
  const main = html`<h1>${plain(message.subject, 240)}</h1>
<p class="soft">${fill(outbox.to, { name: value(to) })} · ${fill(outbox.via, { channel: value(view.channel) })} · ${localTime(view.at, reader)} ${stateTag(words, view.state)}</p>
${view.reason === undefined ? '' : html`<p class="soft">${value(view.reason, 400)}</p>`}
<article class="card" lang="${message.language}">
${message.paragraphs.map(paragraph)}
${message.links.map((link) => html`<p>${packLink(link, common.leavesTo)}</p>`)}
${message.replyUrl === undefined ? '' : html`<p><b><a href="${replyPath(message.replyUrl)}">${outbox.reply}</a></b><br><span class="soft">${message.replyUrl}</span></p>`}
${message.footer === '' ? '' : html`<p class="soft">${message.footer}</p>`}
</article>
<p class="soft">${fill(outbox.words, { version: code(message.version) })} · ${fill(common.caseCode, { code: message.caseCode })}</p>`;
  const letterhead = html`<a href="${view.listPath}">${outbox.back}</a>`;
  return pageFrame({ words, title: outbox.title, letterhead, main, host: view.host, isWide: true });
}

function stateTag(words: PageWords, state: OutboxState): Html {
  return html`<span class="tag">${words.outbox.states[state]}</span>`;
}

function paragraph(part: RenderedMessage['paragraphs'][number]): Html {
  if (part.kind === 'text') return html`<p class="sent">${part.text}</p>`;
  if (part.kind === 'step') return html`<p class="sent lead">${part.text}</p>`;
  return html`<dl>${part.facts.map((fact) => html`<dt>${plain(fact.label)}</dt><dd>${value(fact.value, 400)}</dd>`)}</dl>`;
}

/** The way to the reply on this server, whatever host the message names; anything else is no link. */
function replyPath(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : '#';
}
