import type { Sentence } from '../../policy/decision.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import type { DenialNote, LessonRow } from '../../ports/store.ts';

/**
 * What is different since the denial before. `rule`: what it forbids; `words`: how it says so; `way`: what is open
 * instead, or whom to ask; `exception`: one that was granted is over; `policies`: others than this rule.
 */
export const changes = ['rule', 'words', 'way', 'exception', 'policies'] as const;
export type Change = (typeof changes)[number];

/** What is said to somebody who was refused the same before. */
export type Again = {
  /** Denials of this class, with this one. */
  readonly times: number;
  readonly firstAt: number;
  /** The denial before this one. */
  readonly lastAt: number;
  /** `other`: the same class of rule reached in another way, which is a relapse and not a misunderstanding. */
  readonly form: 'same' | 'other';
  /** What is different since then; empty for nothing. */
  readonly changes: readonly Change[];
  readonly text: Sentence;
  /** Said when it happened so often that the path needs work, and not the one who was refused. */
  readonly path?: Sentence;
};

export function againOf(
  { answers }: PolicySet,
  before: LessonRow,
  now: Pick<DenialNote, 'form' | 'rule' | 'lesson' | 'version'> & {
    readonly times: number;
    readonly hadException: boolean;
    readonly isPath: boolean;
  },
): Again {
  const { again } = answers;
  const isOther = before.form !== now.form;
  const found = changesSince(before, now);
  const has = (change: Change) => found.includes(change);
  const text = has('exception')
    ? again.exceptionOver
    : isOther
      ? again.otherForm
      : has('rule') || has('words')
        ? again.changed
        : has('way')
          ? again.newWay
          : again.same;
  return {
    times: now.times,
    firstAt: before.firstAt,
    lastAt: before.lastAt,
    form: isOther ? 'other' : 'same',
    changes: found,
    text,
    ...(now.isPath ? { path: again.path } : {}),
  };
}

function changesSince(
  before: LessonRow,
  now: Pick<DenialNote, 'rule' | 'lesson' | 'version'> & { readonly hadException: boolean },
): readonly Change[] {
  const isRule = before.rule === now.rule;
  const [was, is] = [partsOf(before.lesson), partsOf(now.lesson)];
  const isChanged: Readonly<Record<Change, boolean>> = {
    rule: isRule && was.rule !== is.rule,
    words: isRule && was.words !== is.words,
    way: isRule && was.way !== is.way,
    exception: now.hadException,
    policies: before.version !== undefined && before.version !== now.version,
  };
  return changes.filter((change) => isChanged[change]);
}

/** A lesson names its rule, and the wording of each part: `<rule>@<rule 4><words 4><way 4>`. */
function partsOf(lesson: string) {
  const wording = lesson.slice(lesson.lastIndexOf('@') + 1);
  return { rule: wording.slice(0, 4), words: wording.slice(4, 8), way: wording.slice(8) };
}
