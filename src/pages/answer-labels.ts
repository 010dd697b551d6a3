import { type AnswerLabels, answers } from '../core/message.ts';
import { answerWords } from './answer-forms.ts';
import type { PageWords } from './page-words.ts';

/** What stands on the buttons of a message: the same words as on the recipient's page. */
export function answerLabels(words: PageWords | undefined): AnswerLabels | undefined {
  if (words === undefined) return undefined;
  return Object.fromEntries(
    answers.map((answer) => [answer, words.recipient.answers[answerWords[answer]].label]),
  );
}
