import { html } from 'hono/html';
import type { Answer } from '../core/message.ts';
import { type AnswerForms, answerWords, problemText, reasonWords, replyForm } from './answer-forms.ts';
import { type CaseParts, caseFactsLine, caseNews, caseNow, plainHouse } from './case-parts.ts';
import { pageFrame } from './page-frame.ts';
import { fill, type Html, plain, sentenceLengthMax, value } from './page-text.ts';
import type { PageWords } from './page-words.ts';
import type { CaseView, DigestView } from './recipient-view.ts';
import { noteLengthMax, wrongReasons } from './reply-form.ts';

/** Cases on one digest page: more do not fit 15 KB. The rest follows once these are answered. */
export const digestCasesMax = 5;

/** Several cases for one recipient on one page, each with its own form (posted to the same URL with its case code). */
export function digestPage(given: DigestView, words: PageWords): string {
  const view = { ...given, house: plainHouse(given.house) };
  const { digest, genuine } = words.recipient;
  const cases = view.cases.slice(0, digestCasesMax);
  const more = view.more + view.cases.length - cases.length;
  const title = fill(digest.title, { count: view.cases.length + view.more }).join('');
  const main = html`<h1>${title}</h1>
<p>${digest.intro}</p>
${cases.map((shown) => digestCase(view, words, shown))}
${more === 0 ? '' : html`<p>${fill(digest.more, { count: more })}</p>`}
<section class="more"><h2 id="genuine">${genuine.heading}</h2>
<p>${fill(genuine.howTo, { address: html`<b>${view.house.host}/check</b>`, code: html`<b>${cases[0]?.code ?? ''}</b>` })}</p>
<p>${genuine.neverAsks} ${fill(genuine.contact, { duty: view.house.duty })}</p>
<p>${words.recipient.sees.noPersonnelRecord}</p></section>`;
  const corner = [html`<a href="#genuine">${genuine.link}</a>`];
  const letterhead = fill(words.common.from, { sender: view.house.sender });
  return pageFrame({ words, title, corner, letterhead, main, host: view.house.host });
}

function digestCase(view: DigestView, words: PageWords, shown: CaseView): Html {
  const reader = { language: words.language, timeZone: view.reader.timeZone };
  const parts: CaseParts = { words, reader, house: view.house, case: shown };
  const isOver =
    shown.status.kind === 'verified' || shown.status.kind === 'held' || shown.status.kind === 'closed';
  const problem = view.problem?.caseCode === shown.code ? view.problem : undefined;
  const forms: AnswerForms = {
    words: words.recipient,
    reader,
    duty: view.house.duty,
    form: view.form,
    case: shown,
  };
  const own =
    shown.path === undefined ? '' : html`<p><a href="${shown.path}">${words.recipient.digest.open}</a></p>`;
  const answered = shown.status.kind === 'answered';
  return html`<article class="card"><p class="soft">${fill(words.common.caseCode, { code: value(shown.code) })}</p><h2>${plain(shown.title)}</h2>
${caseFactsLine(parts)}${isOver ? '' : html`${caseNow(parts)}<p>${plain(shown.step.text, sentenceLengthMax)}</p>`}
${caseNews(parts)}${own}
${
  isOver
    ? ''
    : html`<details${problem === undefined ? '' : html` open`}><summary>${answered ? words.recipient.answers.change : words.recipient.digest.answerThis}</summary><div class="in">${
        problem === undefined ? '' : html`<p role="alert"><strong>${problemText(forms, problem)}</strong></p>`
      }${caseForm(forms)}</div></details>`
}</article>`;
}

/** All answers of one case in one form: a choice, and one field for a name or a few words. */
function caseForm(forms: AnswerForms): Html {
  const { answers, digest } = forms.words;
  const option = (answer: Answer) => {
    const { label } = answers[answerWords[answer]];
    if (answer !== 'wrong') return html`<option value="${answer}">${label}</option>`;
    return wrongReasons.map(
      (reason) =>
        html`<option value="wrong:${reason}">${label}: ${answers.wrong[reasonWords[reason]]}</option>`,
    );
  };
  // Accepting a risk needs a date: it is answered on the case's own page.
  const offered = forms.case.offered.filter((answer) => answer !== 'accept-risk');
  return replyForm(
    forms,
    undefined,
    html`<label><span>${answers.heading}</span><select name="answer" required><option value="">${digest.choose}</option>${offered.map(option)}</select></label><label><span>${digest.note} ${answers.optional}</span><input name="note" maxlength="${noteLengthMax}"></label><button>${answers.send}</button>`,
  );
}
