import type { Answer } from './message.ts';

/**
 * Answers by which somebody else comes to carry what happened, or by which nobody does. Where the house can ask who
 * somebody is, neither a link that was passed on nor an account of another program is enough for them.
 */
export const ownAnswers: ReadonlySet<Answer> = new Set(['not-me', 'not-mine', 'accept-risk']);
