import type { Sentence } from '../../policy/decision.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import type { DenialNote, LessonRow } from '../../ports/store.ts';

/** What is said to somebody who was refused the same before. */
export type Again = {
  /** Denials of this class, with this one. */
  readonly times: number;
  readonly firstAt: number;
  /** The denial before this one. */
  readonly lastAt: number;
  /** `other`: the same class of rule reached in another way, which is a relapse and not a misunderstanding. */
  readonly form: 'same' | 'other';
  /** Whether the rule or its words were changed since then. */
  readonly isChanged: boolean;
  readonly text: Sentence;
  /** Said when it happened so often that the path needs work, and not the one who was refused. */
  readonly path?: Sentence;
};

export function againOf(
  { answers }: PolicySet,
  before: LessonRow,
  now: DenialNote & {
    readonly times: number;
    readonly hadException: boolean;
    readonly isPath: boolean;
  },
): Again {
  const { again } = answers;
  const isOther = before.form !== now.form;
  const isChanged = before.lesson !== now.lesson && before.rule === now.rule;
  const text = now.hadException
    ? again.exceptionOver
    : isOther
      ? again.otherForm
      : isChanged
        ? again.changed
        : again.same;
  return {
    times: now.times,
    firstAt: before.firstAt,
    lastAt: before.lastAt,
    form: isOther ? 'other' : 'same',
    isChanged,
    text,
    ...(now.isPath ? { path: again.path } : {}),
  };
}
