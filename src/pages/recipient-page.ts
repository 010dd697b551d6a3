import { html } from 'hono/html';
import { answerForms, problemText } from './answer-forms.ts';
import {
  type CaseParts,
  caseFacts,
  caseNews,
  caseNow,
  caseStep,
  caseStepAgain,
  plainHouse,
} from './case-parts.ts';
import { mailPart } from './mail-part.ts';
import { pageFrame } from './page-frame.ts';
import { pageStyle } from './page-style.ts';
import {
  code,
  fill,
  type Html,
  localDate,
  localTime,
  packLink,
  plain,
  type Reader,
  sentenceLengthMax,
} from './page-text.ts';
import type { PageWords } from './page-words.ts';
import type { RecipientView } from './recipient-view.ts';

/**
 * The recipient's page, `GET /r/{token}`, as HTML: what happened, is anything wrong now, the one step, the answers;
 * below, how we know and who sees it. Showing it changes nothing.
 */
export function recipientPage(given: RecipientView, words: PageWords): string {
  let page = recipientPageWith(given, words, 0);
  if (given.mail === undefined) return page;
  for (const mailBytesMax of mailBytesTried) {
    page = recipientPageWith(given, words, mailBytesMax);
    if (byteLength(page) + pageStyle.length <= pageBytesMax) break;
  }
  return page;
}

/** With its stylesheet, so that it is there at once wherever it is opened. */
const pageBytesMax = 15 * 1024;
/** Of a simulated mail as much is shown as fits. */
const mailBytesTried = [4096, 3000, 2200, 1500, 1000, 500, 0];

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function recipientPageWith(given: RecipientView, words: PageWords, mailBytesMax: number): string {
  const view = { ...given, house: plainHouse(given.house) };
  const reader = { language: words.language, timeZone: view.reader.timeZone };
  const parts = { words, reader, house: view.house, case: view.case };
  const { status } = view.case;
  const title = plain(view.case.title);
  const isOver = status.kind === 'verified' || status.kind === 'held' || status.kind === 'closed';
  const main = html`<h1>${title}</h1>
${caseNews(parts)}
<div class="card">${caseFacts(parts)}${isOver ? '' : caseNow(parts)}</div>
${isOver ? '' : stepAndAnswers(view, parts)}
${view.mail === undefined ? '' : mailPart(view.mail, mailBytesMax)}
${more(view, words, reader)}`;
  return pageFrame({
    words,
    title,
    corner: [
      ...fill(words.common.caseCode, { code: html`<b>${view.case.code}</b>` }),
      html` · <a href="#genuine">${words.recipient.genuine.link}</a>`,
    ],
    letterhead: fill(words.common.from, { sender: view.house.sender }),
    main,
    host: view.house.host,
  });
}

/** The step and the answers: in the open while none is recorded, behind rows once there is one. */
function stepAndAnswers(view: RecipientView, parts: CaseParts): Html {
  const { words, reader } = parts;
  const { answers } = words.recipient;
  const { status } = view.case;
  const forms = {
    words: words.recipient,
    reader,
    duty: view.house.duty,
    form: view.form,
    case: view.case,
    ...(view.problem === undefined ? {} : { problem: view.problem }),
  };
  const isOnRow = view.problem?.answer !== undefined && view.problem.answer !== 'done';
  const problem =
    view.problem === undefined || isOnRow
      ? ''
      : html`<p role="alert"><strong>${problemText(forms, view.problem)}</strong></p>`;
  if (status.kind !== 'answered')
    return html`${caseStep(parts)}<section class="card answers"><h2>${answers.heading}</h2>${problem}${answerForms(forms)}</section>`;
  // Who asked for help still needs the steps before their eyes; everybody else has done their part.
  const isStepOpen = status.answer === 'need-help';
  return html`${isStepOpen ? caseStep(parts) : ''}<section class="card bare">${isStepOpen ? '' : caseStepAgain(parts)}<details class="answers"${
    view.problem === undefined ? '' : html` open`
  }><summary>${answers.change}</summary><div class="in">${problem}${answerForms(forms)}</div></details></section>`;
}

/** Lines of one kind on the page: a page with more of them is a report, and has its own place. */
const factsMax = 8;

/** Everything that is not needed to act: how we know, what to learn, who sees it, and whether this page is real. */
function more(view: RecipientView, words: PageWords, reader: Reader): Html {
  const { evidence, learn, sees, genuine } = words.recipient;
  const learnt = [
    view.consequence === undefined
      ? ''
      : html`<p><b>${learn.consequence}</b> ${plain(view.consequence, sentenceLengthMax)}</p>`,
    view.clue === undefined ? '' : html`<p><b>${learn.clue}</b> ${plain(view.clue, sentenceLengthMax)}</p>`,
    view.learnMore === undefined ? '' : html`<p>${packLink(view.learnMore, words.common.leavesTo)}</p>`,
  ];
  const readers = view.seenBy
    .slice(0, factsMax)
    .map(({ who, fromAt }) =>
      fromAt === undefined
        ? html`<li>${fill(sees.now, { who: plain(who) })}</li>`
        : html`<li>${fill(sees.later, { who: plain(who), time: localTime(fromAt, reader) })}</li>`,
    );
  return html`<section class="more">
<h2>${evidence.heading}</h2>
<dl>${view.evidence.slice(0, factsMax).map((fact) => html`<dt>${plain(fact.label)}</dt><dd>${code(fact.value)}</dd>`)}</dl>
<p class="hint">${evidence.masked}</p>
${learnt}
<h2>${sees.heading}</h2>
<ul>${readers}</ul>
<p>${sees.noPersonnelRecord}${view.keptUntil === undefined ? '' : html` ${fill(sees.keptUntil, { date: localDate(view.keptUntil, reader) })}`} <a href="/me">${words.held.link}</a></p>
<h2 id="genuine">${genuine.heading}</h2>
<p>${fill(genuine.howTo, { address: html`<b>${view.house.host}/check</b>`, code: html`<b>${view.case.code}</b>` })}</p>
<p>${genuine.neverAsks} ${fill(genuine.contact, { duty: view.house.duty })}</p>
${view.frameworks.length === 0 ? '' : html`<p class="soft">${fill(genuine.frameworks, { list: plain(view.frameworks.join(', ')) })}</p>`}
</section>`;
}

/** What stands behind a link that is no longer valid (status 410): nothing of the case. */
export function expiredPage(house: { readonly host: string }, words: PageWords): string {
  const { expired } = words.recipient;
  return pageFrame({
    words,
    title: expired.title,
    main: html`<h1>${expired.title}</h1><div class="card"><p>${expired.text}</p><p>${fill(expired.next, {
      address: html`<b>${house.host}/check</b>`,
    })}</p></div>`,
    host: house.host,
  });
}
