import { html } from 'hono/html';
import { answerWords, reasonWords } from './answer-forms.ts';
import {
  calendarDate,
  code,
  fill,
  type Html,
  localDate,
  localTime,
  packLink,
  plain,
  type Reader,
  sentenceLengthMax,
  value,
} from './page-text.ts';
import type { PageWords } from './page-words.ts';
import type { CaseStatus, CaseView, House } from './recipient-view.ts';

export type CaseParts = {
  readonly words: PageWords;
  readonly reader: Reader;
  readonly house: House;
  readonly case: CaseView;
};

/** Names from configuration, made fit to stand in a sentence. */
export function plainHouse(house: House): House {
  return { sender: plain(house.sender), duty: plain(house.duty), host: plain(house.host) };
}

/** When and where, as label and value. What the source did not say is left out. */
export function caseFacts(parts: CaseParts): Html {
  const { facts } = parts.words.recipient;
  const { repository, branch, commit, identity } = parts.case.where;
  const row = (label: string, content: unknown) =>
    content === undefined ? '' : html`<dt>${label}</dt><dd>${content}</dd>`;
  return html`<dl>${row(facts.when, localTime(parts.case.occurredAt, parts.reader))}${row(
    facts.repository,
    // The title often names it already, and the first screen counts its words.
    repository === undefined || isInTitle(parts.case, repository) ? undefined : value(repository),
  )}${row(facts.file, filePlace(parts))}${row(
    facts.commit,
    commit === undefined ? undefined : code(commit.slice(0, commitLengthShown)),
  )}${row(facts.branch, branch === undefined ? undefined : value(branch))}${row(
    facts.identity,
    identity === undefined ? undefined : value(identity),
  )}</dl>`;
}

function isInTitle(shown: CaseView, repository: string): boolean {
  return plain(shown.title).split(' ').includes(plain(repository));
}

/** The same on one line, where several cases share a page. */
export function caseFactsLine(parts: CaseParts): Html {
  const { repository, commit } = parts.case.where;
  const facts = [
    localTime(parts.case.occurredAt, parts.reader),
    repository === undefined ? undefined : value(repository),
    filePlace(parts),
    commit === undefined ? undefined : code(commit.slice(0, commitLengthShown)),
  ];
  const known = facts.filter((fact) => fact !== undefined);
  return html`<p class="hint">${known.map((fact, index) => [index === 0 ? '' : ' · ', fact])}</p>`;
}

/** Enough to find the commit in any repository. */
const commitLengthShown = 10;

function filePlace({ words, case: shown }: CaseParts): unknown {
  const { file, line } = shown.where;
  if (file === undefined) return undefined;
  return line === undefined ? code(file) : fill(words.recipient.facts.fileLine, { file: code(file), line });
}

/** Is anything wrong now: what was seen and when, or that it is not known. */
export function caseNow({ words, reader, case: shown }: CaseParts): Html {
  const { now } = words.recipient;
  return html`<p class="now ${shown.now.state}">${shown.now.text === undefined ? nowText(now, shown, reader) : plain(shown.now.text, sentenceLengthMax)}</p>`;
}

function nowText(now: PageWords['recipient']['now'], shown: CaseView, reader: Reader): unknown {
  const { state, checkedAt } = shown.now;
  if (state === 'unknown') return now.unknown;
  if (checkedAt === undefined) return now[state];
  const checked = state === 'active' ? now.activeChecked : now.inactiveChecked;
  return fill(checked, { time: localTime(checkedAt, reader) });
}

/** The one step, with the provider's way to do it and its official page. */
export function caseStep(parts: CaseParts): Html {
  const { step } = parts.words.recipient;
  const { minutes } = parts.case.step;
  const takes = minutes === undefined ? '' : html` <span>${fill(step.minutes, { minutes })}</span>`;
  return html`<section class="card step"><h2>${step.heading}${takes}</h2>${stepText(parts)}</section>`;
}

/** The step once more, for whoever has answered: at hand, but no longer asked for. */
export function caseStepAgain(parts: CaseParts): Html {
  return html`<details><summary>${parts.words.recipient.step.again}</summary><div class="in">${stepText(parts)}</div></details>`;
}

function stepText({ words, case: shown }: CaseParts): Html {
  const list = shown.step.list
    .slice(0, stepsMax)
    .map((item) => html`<li>${plain(item, sentenceLengthMax)}</li>`);
  return html`
<p class="lead">${plain(shown.step.text, sentenceLengthMax)}</p>
${list.length === 0 ? '' : html`<ol>${list}</ol>`}
${shown.step.link === undefined ? '' : html`<p>${packLink(shown.step.link, words.common.leavesTo)}</p>`}
`;
}

/** More steps than this are no longer one thing to do. */
export const stepsMax = 8;

/** What was answered or proven, and what happens next. Nothing while the case simply waits for an answer. */
export function caseNews(parts: CaseParts): Html | '' {
  const { status } = parts.case;
  if (status.kind === 'open' && status.disprovedAt === undefined && status.snoozedUntil === undefined)
    return '';
  const [heading, text] = newsOf(parts, status);
  const kind = status.kind === 'open' ? 'news' : 'good';
  return html`<section class="card ${kind}" role="status"><h2>${heading}</h2>${text}</section>`;
}

function newsOf({ words, reader, house }: CaseParts, status: CaseStatus): readonly [unknown, Html | ''] {
  const { status: news, answers } = words.recipient;
  const duty = house.duty;
  switch (status.kind) {
    case 'open': {
      if (status.disprovedAt === undefined && status.snoozedUntil !== undefined) {
        const then = localTime(status.snoozedUntil, reader);
        return [fill(news.snoozed, { time: then }), html`<p>${news.snoozedNext}</p>`];
      }
      const time = status.disprovedAt === undefined ? '' : localTime(status.disprovedAt, reader);
      return [fill(news.disproved, { time }), ''];
    }
    case 'answered': {
      const label = answers[answerWords[status.answer]].label;
      const heading = fill(news.answered, { answer: label, time: localTime(status.at, reader) });
      return [heading, html`${saidBefore(words, status)}<p>${recorded(words, reader, duty, status)}</p>`];
    }
    case 'verified':
      return [
        news.verified,
        html`<p>${status.holdUntil === undefined ? news.verifiedEnd : fill(news.verifiedNext, { date: localDate(status.holdUntil, reader) })}</p>`,
      ];
    case 'held':
      return [news.held, html`<p>${fill(news.heldNext, { date: localDate(status.at, reader) })}</p>`];
    case 'closed': {
      const date = status.until === undefined ? '' : calendarDate(status.until, reader);
      return [news.closed, html`<p>${fill(news[status.why], { duty, date })}</p>`];
    }
  }
}

type Answered = CaseStatus & { readonly kind: 'answered' };

/** What the recipient wrote or chose along with the answer, shown back so that they can check it. */
function saidBefore({ recipient }: PageWords, status: Answered): Html | '' {
  const reason =
    status.reason === undefined ? undefined : recipient.answers.wrong[reasonWords[status.reason]];
  const note = status.note === undefined ? undefined : html`“${value(status.note, 280)}”`;
  if (reason === undefined && note === undefined) return '';
  return html`<p class="soft">${reason}${reason === undefined || note === undefined ? '' : ' · '}${note}</p>`;
}

function recorded(words: PageWords, reader: Reader, duty: string, status: Answered): unknown {
  const { answers } = words.recipient;
  if (status.answer === 'not-mine' && status.person !== undefined)
    return fill(answers.notMine.recordedNamed, { person: value(status.person, 120), duty });
  if (status.answer === 'accept-risk' && status.until !== undefined)
    return fill(answers.acceptRisk.recordedUntil, { date: calendarDate(status.until, reader), duty });
  return fill(answers[answerWords[status.answer]].recorded, { duty });
}
