import { type Cue, type CueKind, cueKinds } from '../../core/mail-cues/cue.ts';
import type { Campaign } from '../../loop/campaign.ts';
import type { CuePack, CueWords } from '../../packs/cue-files.ts';
import type { MailSign, MailView } from '../../pages/mail-part.ts';

/** Signs of one page: who reads ten learns none. */
const signsMax = 8;

/** A simulated mail as its recipient sees it, in their language; undefined where the packs have no words for it. */
export function mailView(campaign: Campaign, cues: CuePack, language: string): MailView | undefined {
  const words = wordsOf(cues, language);
  if (words === undefined) return undefined;
  const { reconstruction, difficulty } = campaign;
  const { from, replyTo, subject, attachments, text, isCut } = reconstruction;
  const { rating } = difficulty;
  const { difficulty: ratings, ...page } = words.page;
  const [answersTo] = replyTo;
  return {
    words: page,
    ...(from === undefined
      ? {}
      : { from: from.name === '' ? from.address : `${from.name} <${from.address}>` }),
    ...(answersTo === undefined ? {} : { replyTo: answersTo }),
    subject,
    attachments,
    text,
    isCut,
    signs: signsOf(campaign.cues, words),
    ...(rating === 'not-rated' ? {} : { difficulty: ratings[rating] }),
  };
}

function wordsOf({ words }: CuePack, language: string): CueWords | undefined {
  return words.get(language) ?? words.get(language.split('-')[0] ?? '') ?? words.get('en');
}

/** One number for each kind, with all its places. */
function signsOf(cues: readonly Cue[], words: CueWords): readonly MailSign[] {
  return cueKinds
    .flatMap((kind: CueKind): readonly MailSign[] => {
      const ofKind = cues.filter((cue) => cue.kind === kind);
      const [first] = ofKind;
      if (first === undefined) return [];
      const { shown, actual, like } = first;
      return [
        {
          explanation: words.explanations[kind],
          ...(shown === undefined ? {} : { shown }),
          ...(actual === undefined ? {} : { actual }),
          ...(like === undefined ? {} : { like }),
          places: ofKind.map(({ where }) => where),
        },
      ];
    })
    .slice(0, signsMax);
}
