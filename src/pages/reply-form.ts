import { z } from 'zod';
import { type SnoozeChoice, snoozeChoices } from '../core/loop/snooze.ts';
import { type Answer, answers } from '../core/message.ts';
import type { ReplyProblemView } from './recipient-view.ts';

export const wrongReasons = ['test-value', 'not-a-secret', 'other'] as const;
export type WrongReason = (typeof wrongReasons)[number];

/** Limits of what a recipient may write; the fields carry them as `maxlength`, and the server trusts only these. */
export const noteLengthMax = 280;
export const personLengthMax = 120;
/** A reply form is a handful of short fields: anything larger is not from our page. */
export const replyFormBytesMax = 4_096;

/** One answer as the recipient's page posts it. Texts are from outside: one line, trimmed, bounded. */
export type PostedReply = {
  readonly answer: Answer;
  /** Which case of a digest; undefined on a page with one case. */
  readonly caseCode?: string;
  readonly note?: string;
  /** Not mine: a name or an address, as typed. */
  readonly person?: string;
  readonly reason?: WrongReason;
  /** Accept risk: `YYYY-MM-DD`, the last day. */
  readonly until?: string;
};

export type PostedForm =
  | {
      readonly kind: 'snooze';
      readonly nonce: string;
      readonly caseCode?: string;
      readonly choice: SnoozeChoice;
    }
  | { readonly kind: 'reply'; readonly nonce: string; readonly reply: PostedReply }
  | {
      readonly kind: 'problem';
      readonly nonce: string;
      readonly caseCode?: string;
      readonly problem: ReplyProblemView;
    };

/**
 * Reads the fields of a posted page (`application/x-www-form-urlencoded`). Never throws: a form that makes no sense
 * is a problem to be shown. The caller checks `nonce` and whether the answer is offered.
 *
 * @param bounds first and last day on which an accepted risk may end, from the same case
 */
export function readReplyForm(
  fields: URLSearchParams,
  bounds?: { readonly first: string; readonly last: string },
): PostedForm {
  const nonce = fields.get('form') ?? '';
  const caseCode = line(fields.get('case'), 40);
  const of = caseCode === undefined ? {} : { caseCode };
  if (fields.get('answer') === 'snooze') {
    const choice = z.enum(snoozeChoices).safeParse(fields.get('later'));
    if (choice.success) return { kind: 'snooze', nonce, ...of, choice: choice.data };
    return { kind: 'problem', nonce, ...of, problem: { answer: 'snooze', problem: 'date-missing' } };
  }
  const answer = z.enum(answers).safeParse(fields.get('answer'));
  if (!answer.success) {
    const wrong = /^wrong:(.+)$/u.exec(fields.get('answer') ?? '')?.[1];
    const reason = z.enum(wrongReasons).safeParse(wrong);
    if (!reason.success) return { kind: 'problem', nonce, ...of, problem: { problem: 'unclear' } };
    return { kind: 'reply', nonce, reply: { answer: 'wrong', ...of, reason: reason.data, ...note(fields) } };
  }
  const fault = (problem: ReplyProblemView['problem']): PostedForm => ({
    kind: 'problem',
    nonce,
    ...of,
    problem: { answer: answer.data, problem },
  });
  const details = readDetails(answer.data, fields, bounds);
  if (typeof details === 'string') return fault(details);
  return { kind: 'reply', nonce, reply: { answer: answer.data, ...of, ...details } };
}

type Details = Omit<PostedReply, 'answer' | 'caseCode'>;

function readDetails(
  answer: Answer,
  fields: URLSearchParams,
  bounds: { readonly first: string; readonly last: string } | undefined,
): Details | ReplyProblemView['problem'] {
  switch (answer) {
    case 'wrong': {
      const reason = z.enum(wrongReasons).safeParse(fields.get('reason'));
      return reason.success ? { reason: reason.data, ...note(fields) } : 'reason-missing';
    }
    case 'accept-risk': {
      const until = z.iso.date().safeParse(fields.get('until'));
      if (!until.success) return 'date-missing';
      // Calendar dates of one form compare as text.
      if (bounds === undefined || until.data < bounds.first || until.data > bounds.last)
        return 'date-outside';
      return { until: until.data, ...note(fields) };
    }
    case 'not-mine': {
      // A digest has one field for everything that is typed.
      const person = line(fields.get('person') ?? fields.get('note'), personLengthMax);
      return person === undefined ? {} : { person };
    }
    case 'done':
    case 'need-help':
    case 'not-me':
      return note(fields);
  }
}

function note(fields: URLSearchParams): { readonly note?: string } {
  const text = line(fields.get('note'), noteLengthMax);
  return text === undefined ? {} : { note: text };
}

/** One trimmed line without control characters, cut at the limit; undefined when nothing is left. */
function line(text: string | null, lengthMax: number): string | undefined {
  if (text === null) return undefined;
  const clean = text
    .slice(0, replyFormBytesMax)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  const cut = [...clean].slice(0, lengthMax).join('');
  return cut === '' ? undefined : cut;
}
