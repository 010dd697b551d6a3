import { html } from 'hono/html';
import { type ErrorCode, errorCatalogue } from '../core/errors.ts';
import { pageFrame } from './page-frame.ts';
import { code, fill } from './page-text.ts';
import type { PageWords } from './page-words.ts';

export type ProblemView = {
  readonly host: string;
  readonly code: ErrorCode;
  readonly requestId?: string;
};

/** An error for a person with a browser: what it means, never why inside. The API says it as RFC 9457 instead. */
export function problemPage(view: ProblemView, words: PageWords): string {
  const { problem } = words;
  const { status } = errorCatalogue[view.code];
  const main = html`<h1>${problem.heading}</h1><div class="card"><p>${sentence(view.code, status, problem)}</p>${
    view.requestId === undefined
      ? ''
      : html`<p class="soft">${fill(problem.reference, { id: code(view.requestId, 64) })}</p>`
  }</div><p class="soft">${fill(problem.status, { status })}</p>`;
  return pageFrame({ words, title: problem.heading, main, host: view.host });
}

function sentence(code: ErrorCode, status: number, words: PageWords['problem']): string {
  if (code === 'not-found') return words.notFound;
  if (code === 'forbidden') return words.notAllowed;
  if (code === 'rate-limited') return words.tooMany;
  if (status === 409 || status === 410) return words.noLonger;
  return status >= 500 ? words.ours : words.notUnderstood;
}
