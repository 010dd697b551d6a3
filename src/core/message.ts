/** The occasions of words. */
export const moments = [
  'asked',
  'told',
  'reminder',
  'escalation',
  'relapse',
  'thanks',
  'verified',
  'handed-over',
  'closed',
  'digest',
] as const;
export type Moment = (typeof moments)[number];

/** What a recipient may answer. */
export const answers = ['done', 'need-help', 'not-me', 'not-mine', 'wrong', 'accept-risk'] as const;
export type Answer = (typeof answers)[number];

/** What stands on the button of an answer. */
export type AnswerLabels = { readonly [A in Answer]?: string };

/**
 * A message ready for a channel. `paragraphs` are plain text; a channel escapes them for its own markup. The only
 * links are `replyUrl` and those of `links`, which stand in packs.
 */
export type RenderedMessage = {
  readonly moment: Moment;
  readonly behaviour: string;
  readonly language: string;
  /** Version of the words, `pack@version/variant`. */
  readonly version: string;
  readonly subject: string;
  readonly paragraphs: readonly Paragraph[];
  /** Where the recipient answers; undefined for messages that ask nothing. */
  readonly replyUrl?: string;
  /** Words for the link to `replyUrl`; without them the address itself is shown. */
  readonly replyLabel?: string;
  readonly answers: readonly Answer[];
  /** Words for the answers, for channels that have buttons; a channel without words for one offers only the link. */
  readonly answerLabels?: AnswerLabels;
  /** What stands on the button that puts the message off, where it may be put off. */
  readonly snoozeLabel?: string;
  /** Shown so that a recipient can check the message without following a link. */
  readonly caseCode: string;
  readonly links: readonly { readonly label: string; readonly url: string }[];
  /** Who else sees this, and when. */
  readonly footer: string;
  /** Where it happened, when all that it speaks of happened in one place. Data only. */
  readonly place?: CasePlace;
};

/** `line` is 1-based and stands with a file only. */
export type CasePlace = {
  readonly repository: string;
  readonly commit?: string;
  readonly file?: string;
  readonly line?: number;
  /** Every place in that commit, where there are several. */
  readonly spots?: readonly Spot[];
};

export type Spot = { readonly file: string; readonly line: number };

export function spotsOf({ file, line, spots }: CasePlace): readonly Spot[] {
  if (spots !== undefined) return spots;
  return file === undefined || line === undefined ? [] : [{ file, line }];
}

export type Paragraph =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'step'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly { readonly label: string; readonly value: string }[] };

/** The message as one plain text, as the outbox and the text part of a mail show it. Shape: lines of UTF-8. */
export function plainText(message: RenderedMessage): string {
  const parts = message.paragraphs.map((paragraph) =>
    paragraph.kind === 'facts'
      ? paragraph.facts.map((fact) => `${fact.label}: ${fact.value}`).join('\n')
      : paragraph.text,
  );
  for (const link of message.links) parts.push(`${link.label}: ${link.url}`);
  if (message.replyUrl !== undefined) {
    parts.push(
      message.replyLabel === undefined ? message.replyUrl : `${message.replyLabel}: ${message.replyUrl}`,
    );
  }
  if (message.footer !== '') parts.push(message.footer);
  return parts.join('\n\n');
}
