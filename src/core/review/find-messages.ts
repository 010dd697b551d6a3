import {
  type MessageRecord,
  type MessageTrouble,
  messageTroubles,
} from '../measures/mining/message-trouble.ts';
import type { TellingWord } from '../measures/mining/telling-words.ts';
import { wilson } from '../measures/rates/proportion.ts';
import { type Cause, type Draft, type Evidence, reviewPeopleMin } from './proposal.ts';

/** What is known of the words of a behaviour, of those who were told since it was last changed. */
export type SpokenRecord = MessageRecord & {
  readonly people: number;
  /** Notes beside troubled answers, and the words by which they differ. */
  readonly notes: number;
  readonly words: readonly TellingWord[];
  /** Earlier wordings that were found not to work. */
  readonly failedVersions: number;
};

/** Words that were changed in vain so often are not what is missing. */
const failedVersionsMax = 2;

/** Behaviours whose words do not work, or are answered with trouble: each at most one proposal. */
export function messageDrafts(records: readonly SpokenRecord[]): readonly Draft[] {
  const known = records.filter(({ people }) => people >= reviewPeopleMin);
  const troubles = messageTroubles(known);
  return known.flatMap((record): readonly Draft[] => {
    const { behaviour, words, notes } = record;
    const found = (troubles.get(behaviour) ?? []).map(evidenceOf);
    const said = words.map((one): Evidence => ({ code: 'words', subject: '', x: one.people, n: notes }));
    // Words are shown once: how many people wrote the most telling of them.
    const evidence = [...found, ...said.slice(0, 1)];
    if (evidence.length === 0) return [];
    const shown = { behaviour, subject: '', words: words.map(({ word, people }) => ({ word, people })) };
    const failed = record.failedVersions + 1;
    if (failed >= failedVersionsMax) {
      const versions: Evidence = { code: 'failed-versions', subject: '', x: failed, n: failed };
      return [{ ...shown, kind: 'control', evidence: [...evidence, versions], cause: 'opportunity' }];
    }
    const isMute = evidence.every(({ code }) => code === 'no-effect');
    return [{ ...shown, kind: isMute ? 'variant' : 'reword', evidence, cause: causeOf(evidence) }];
  });
}

function evidenceOf(trouble: MessageTrouble): Evidence {
  switch (trouble.code) {
    case 'no-effect': {
      const upper = trouble.riskRatioUpper === null ? {} : { upper: trouble.riskRatioUpper };
      return { code: 'no-effect', subject: '', x: trouble.firsts, n: trouble.firsts, ...upper };
    }
    case 'not-fixed':
      return { code: 'not-fixed', subject: '', ...trouble.verified, ...wilson(trouble.verified) };
    case 'replies':
      return { code: 'replies', subject: trouble.reply, ...trouble.share, ...wilson(trouble.share) };
  }
}

/** What people say comes before what they do, and that before what did not change. */
function causeOf(evidence: readonly Evidence[]): Cause {
  const has = (code: Evidence['code'], subject?: string) =>
    evidence.some((one) => one.code === code && (subject === undefined || one.subject === subject));
  if (has('replies', 'need-help') || has('words')) return 'capability';
  if (has('replies')) return 'opportunity';
  return has('not-fixed') ? 'capability' : 'motivation';
}
