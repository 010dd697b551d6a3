import type { ReviewJson } from '../api/shapes.ts';
import type { Tone } from './text.ts';
import { percent, plain } from './text.ts';

const kindSays: Readonly<Record<ReviewJson['kind'], string>> = {
  reword: 'Write the message anew',
  variant: 'Try a further wording',
  split: 'One kind is two',
  merge: 'Two kinds are one',
  control: 'Change the setup earlier',
};

/** What a proposal asks for, in few words. */
export const reviewTitle = ({ kind, subject }: Pick<ReviewJson, 'kind' | 'subject'>): string =>
  subject === '' ? kindSays[kind] : `${kindSays[kind]}: ${plain(subject)}`;

export const reviewTones: Readonly<Record<ReviewJson['state'], Tone>> = {
  proposed: 'wait',
  accepted: 'good',
  rejected: 'quiet',
  lapsed: 'quiet',
};
export const reviewStateNames = Object.keys(reviewTones) as readonly ReviewJson['state'][];

export const causeSays: Readonly<Record<NonNullable<ReviewJson['cause']>, string>> = {
  capability: 'They may not know how.',
  opportunity: 'The setup may not let them.',
  motivation: 'They may not see why.',
};

export const gapSays: Readonly<Record<NonNullable<ReviewJson['gap']>, string>> = {
  'no-field': 'There is no field in the packs that would say it.',
  'form-not-known': 'The file is written in a form that is not changed by rule.',
  'nothing-to-change': 'There is nothing left to change by rule.',
};

type Evidence = ReviewJson['evidence'][number];

/** One count behind a proposal, as a sentence with its n. */
export function evidenceText({ code, subject, x, n, lower, upper, against }: Evidence): string {
  const share = n === 0 ? '' : ` (${percent(x / n)}${boundsText(code, lower, upper)})`;
  const of = `${x.toLocaleString()} of ${n.toLocaleString()}${share}`;
  const beside = against === undefined ? '' : `; elsewhere ${percent(against)}`;
  switch (code) {
    case 'no-effect':
      return `An experiment found no effect: ratio${boundsText(code, lower, upper)}.`;
    case 'not-fixed':
      return `Proven fixed within seven days: ${of}${beside}.`;
    case 'replies':
      return `Answered “${plain(subject)}”: ${of} people${beside}.`;
    case 'words':
      return `These answers say “${subject}” more than others: ${of}${beside}.`;
    case 'kinds':
      return `“${plain(subject)}” comes back otherwise than the rest: ${of}${beside}.`;
    case 'same-kind':
      return `It comes back like “${plain(subject)}”: ratio${boundsText(code, lower, upper)}, ${n.toLocaleString()} cases.`;
    case 'repeats':
      return `Missed the sign “${plain(subject)}” again: ${of} people${beside}.`;
    case 'failed-versions':
      return `Wordings found not to work: ${x.toLocaleString()}.`;
  }
}

function boundsText(code: Evidence['code'], lower: number | undefined, upper: number | undefined): string {
  if (lower === undefined || upper === undefined) return '';
  const isRatio = code === 'no-effect' || code === 'same-kind';
  const text = (value: number) => (isRatio ? value.toFixed(2) : percent(value));
  return isRatio ? ` between ${text(lower)} and ${text(upper)}` : `, 95 %: ${text(lower)} to ${text(upper)}`;
}
