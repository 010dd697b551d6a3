import type { Answer, Paragraph, RenderedMessage } from '../../../core/message.ts';
import { clip, inertUrls, oneLine, safeHref } from '../../../lib/escape.ts';
import { codeSpan, markdownLine, markdownLink, markdownText } from './markdown.ts';

// GitHub refuses a comment above 65,536 characters and a title above 256. Whatever is longer than the rest here was
// made by hostile input, not by a writer; escapes make a text at most nine times as long.
const limits = {
  title: 200,
  paragraphs: 12,
  text: 300,
  textShort: 2_000,
  facts: 20,
  label: 100,
  value: 300,
  links: 5,
  url: 2_000,
  footer: 500,
  whole: 60_000,
} as const;

/** Answers that a comment can give, by the word that gives them. Every other one needs the recipient's own page. */
export const commands = {
  done: 'done',
  help: 'need-help',
  'not-mine': 'not-mine',
  wrong: 'wrong',
} as const satisfies {
  readonly [word: string]: Answer;
};

/** Nobody sees it, and no text of others can write it: it stands first, and theirs is escaped. */
export function markerOf(messageId: string): string {
  // Two hyphens would end the comment in some readers.
  const id = /^[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*$/u.test(messageId)
    ? messageId
    : Buffer.from(messageId).toString('hex');
  return `<!-- foldback:message:${id} -->`;
}

/** A title is no Markdown, but names and numbers in it are looked for all the same. */
export function titleOf(message: RenderedMessage): string {
  const title = clip(inertUrls(oneLine(message.subject)), limits.title).replace(/`/gu, "'");
  return title.replace(/[@#](?=[\p{L}\p{N}_-])|(?<=\p{L})-(?=\d)/gu, (character) => `${character}\u200b`);
}

/**
 * Pure. The body of a comment or an issue. It is read by others than the recipient, so that the link to their page,
 * with which anybody could answer in their name, is not in it.
 *
 * @param login the account of the recipient: the one mention in it
 */
export function renderComment(message: RenderedMessage, messageId: string, login: string): string {
  const whole = compose(message, messageId, login, limits.textShort);
  // Only hostile text is that long; what then is left is still the whole message, each part cut short.
  return whole.length <= limits.whole ? whole : compose(message, messageId, login, limits.text);
}

function compose(message: RenderedMessage, messageId: string, login: string, textMax: number): string {
  const links = message.links.slice(0, limits.links).flatMap(({ label, url }) => {
    const href = safeHref(url);
    return href === undefined || href.length > limits.url
      ? []
      : [`- ${markdownLink(label, href, limits.label)}`];
  });
  const parts = [
    markerOf(messageId),
    `@${login}`,
    `**${markdownLine(message.subject, limits.title)}**`,
    ...message.paragraphs.slice(0, limits.paragraphs).map((paragraph) => paragraphOf(paragraph, textMax)),
    links.join('\n'),
    commandsOf(message).join('\n'),
    markdownText(message.footer, Math.min(textMax, limits.footer)),
    codeSpan(message.caseCode, limits.label),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function paragraphOf(paragraph: Paragraph, textMax: number): string {
  if (paragraph.kind === 'facts') {
    return paragraph.facts
      .slice(0, limits.facts)
      .map(({ label, value }) => `- ${markdownLine(label, limits.label)}: ${codeSpan(value, limits.value)}`)
      .join('\n');
  }
  const text = markdownText(paragraph.text, textMax);
  // The step stands apart from the rest.
  return paragraph.kind === 'step' && text !== '' ? `> ${text.replaceAll('\n', '\n> ')}` : text;
}

/** What can be answered here, each with its words. The code says which case is meant, and copying it is easy. */
function commandsOf(message: RenderedMessage): readonly string[] {
  return Object.entries(commands).flatMap(([word, answer]) => {
    const label = message.answerLabels?.[answer];
    if (label === undefined || !message.answers.includes(answer)) return [];
    const command = codeSpan(`/foldback ${word} ${message.caseCode}`, limits.label);
    return [`- ${command}: ${markdownLine(label, limits.label)}`];
  });
}
