import { html } from 'hono/html';
import type { Answer } from '../core/message.ts';
import { calendarDate, fill, type Html, localTime, type Reader } from './page-text.ts';
import type { PageWords } from './page-words.ts';
import type { CaseView, PageForm, ReplyProblemView } from './recipient-view.ts';
import { noteLengthMax, personLengthMax, type WrongReason, wrongReasons } from './reply-form.ts';

type Recipient = PageWords['recipient'];

/** The key of each answer's words. */
export const answerWords = {
  done: 'done',
  'need-help': 'needHelp',
  'not-me': 'notMe',
  'not-mine': 'notMine',
  wrong: 'wrong',
  'accept-risk': 'acceptRisk',
} as const satisfies Record<Answer, keyof Recipient['answers']>;

export const reasonWords = {
  'test-value': 'testValue',
  'not-a-secret': 'notASecret',
  other: 'other',
} as const satisfies Record<WrongReason, keyof Recipient['answers']['wrong']>;

export type AnswerForms = {
  readonly words: Recipient;
  readonly reader: Reader;
  readonly duty: string;
  readonly form: PageForm;
  readonly case: CaseView;
  readonly problem?: ReplyProblemView;
};

/** Every offered answer, each a form of its own with at most one follow-up behind its row. */
export function answerForms(forms: AnswerForms): Html {
  const offered = forms.case.offered.filter((answer) => answer !== 'accept-risk' || forms.case.acceptRisk);
  const rows = offered.filter((answer) => answer !== 'done');
  const done = html`<button class="first">${forms.words.answers.done.label}</button>`;
  return html`${offered.includes('done') ? replyForm(forms, 'done', done) : ''}
${rows.length === 0 ? '' : html`<div class="rows">${rows.map((answer) => answerRow(forms, answer))}${snoozeRow(forms)}</div>`}`;
}

/** Fields that every form carries: which page it is from, which case, which answer. */
export function replyForm(forms: AnswerForms, answer: Answer | 'snooze' | undefined, fields: Html): Html {
  return html`<form method="post" action="${forms.form.path}" autocomplete="off">
<input type="hidden" name="form" value="${forms.form.nonce}"><input type="hidden" name="case" value="${forms.case.code}">${
    answer === undefined ? '' : html`<input type="hidden" name="answer" value="${answer}">`
  }
${fields}
</form>`;
}

export function problemText(forms: AnswerForms, problem: ReplyProblemView): Html {
  const { problems } = forms.words;
  const day = (date: string | undefined) => (date === undefined ? '' : calendarDate(date, forms.reader));
  switch (problem.problem) {
    case 'unclear':
      return html`${problems.unclear}`;
    case 'reason-missing':
      return html`${problems.reasonMissing}`;
    case 'date-missing':
      return html`${problems.dateMissing}`;
    case 'date-outside':
      return html`${fill(problems.dateOutside, { first: day(forms.case.acceptRisk?.first), last: day(forms.case.acceptRisk?.last) })}`;
    case 'page-too-old':
      return html`${problems.pageTooOld}`;
    case 'cannot-wait':
      return html`${problems.cannotWait}`;
    case 'waited-too-long':
      return html`${problems.waitedTooLong}`;
    case 'sign-in-first':
      return html`${problems.signInFirst}${problem.signIn === undefined ? '' : html` <a href="${problem.signIn.path}">${problem.signIn.label}</a>`}`;
  }
}

function answerRow(forms: AnswerForms, answer: Exclude<Answer, 'done'>): Html {
  const words = forms.words.answers[answerWords[answer]];
  const problem = forms.problem?.answer === answer ? forms.problem : undefined;
  const send = answer === 'not-me' ? forms.words.answers.notMe.send : forms.words.answers.send;
  // The shared name lets at most one row stand open, without a script.
  return html`<details name="answer"${problem === undefined ? '' : html` open`}><summary>${words.label}</summary><div class="in">
<p class="hint">${fill(words.hint, { duty: forms.duty })}</p>
${replyForm(
  forms,
  answer,
  html`${problem === undefined ? '' : html`<p role="alert" id="problem"><strong>${problemText(forms, problem)}</strong></p>`}${followUp(forms, answer)}<button>${send}</button>`,
)}</div></details>`;
}

/** Not now: offered as times, so that nothing has to be typed. */
function snoozeRow(forms: AnswerForms): Html | '' {
  const { snoozes = [] } = forms.case;
  const [first] = snoozes;
  if (first === undefined) return '';
  const { snooze } = forms.words.answers;
  const problem = forms.problem?.answer === 'snooze' ? forms.problem : undefined;
  const picks = snoozes.map(
    ({ choice, until }) =>
      html`<label class="pick"><input type="radio" name="later" value="${choice}" required>${localTime(until, forms.reader)}</label>`,
  );
  return html`<details name="answer"${problem === undefined ? '' : html` open`}><summary>${snooze.label}</summary><div class="in">
<p class="hint">${snooze.hint}</p>
${replyForm(
  forms,
  'snooze',
  html`${problem === undefined ? '' : html`<p role="alert"><strong>${problemText(forms, problem)}</strong></p>`}<fieldset><legend>${snooze.question}</legend>${picks}</fieldset><button>${snooze.send}</button>`,
)}</div></details>`;
}

/** The one thing asked along with an answer, if anything. */
function followUp(forms: AnswerForms, answer: Exclude<Answer, 'done'>): Html | '' {
  const { answers } = forms.words;
  switch (answer) {
    case 'not-me':
      return '';
    case 'need-help':
      return noteField(`${answers.needHelp.field} ${answers.optional}`);
    case 'not-mine':
      return html`<label><span>${answers.notMine.field} ${answers.optional}</span><input name="person" maxlength="${personLengthMax}"></label>`;
    case 'wrong':
      return html`<fieldset><legend>${answers.wrong.question}</legend>${wrongReasons.map(
        (reason) =>
          html`<label class="pick"><input type="radio" name="reason" value="${reason}" required>${answers.wrong[reasonWords[reason]]}</label>`,
      )}</fieldset>${noteField(`${answers.wrong.field} ${answers.optional}`)}`;
    case 'accept-risk': {
      const bounds = forms.case.acceptRisk;
      if (bounds === undefined) return '';
      const field = fill(answers.acceptRisk.field, { date: calendarDate(bounds.last, forms.reader) });
      return html`<label><span>${field}</span><input type="date" name="until" min="${bounds.first}" max="${bounds.last}" required${forms.problem?.answer === answer ? html` aria-invalid="true" aria-describedby="problem"` : ''}></label>${noteField(`${answers.acceptRisk.why} ${answers.optional}`)}`;
    }
  }
}

function noteField(label: string): Html {
  return html`<label><span>${label}</span><input name="note" maxlength="${noteLengthMax}"></label>`;
}
