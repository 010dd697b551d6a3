import type { Answer, Paragraph, RenderedMessage } from '../../../core/message.ts';
import { clip, inertUrls, oneLine, plain, safeHref } from '../../../lib/escape.ts';

/**
 * Block Kit, of which only `plain_text` is used: no mark-up, no mention and no emoji comes to life in it, whatever the
 * text says. Addresses stand in buttons, which show where they lead before they are followed.
 */
export type Block =
  | { readonly type: 'header' | 'section'; readonly text: PlainText }
  | { readonly type: 'context'; readonly elements: readonly PlainText[] }
  | { readonly type: 'divider' }
  | { readonly type: 'actions'; readonly block_id: string; readonly elements: readonly Button[] };

type PlainText = { readonly type: 'plain_text'; readonly text: string; readonly emoji: false };

type Button = {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: PlainText;
  readonly value?: string;
  readonly url?: string;
  readonly style?: 'primary';
};

export type SlackPost = {
  /** What notifications and screen readers say. */
  readonly text: string;
  readonly blocks: readonly Block[];
};

// Slack refuses a header above 150, a text above 3000, a button above 75 characters, an address above 3000 and more
// than 50 blocks. Whatever is longer than the rest here was made by hostile input, not by a writer.
const limits = {
  header: 150,
  paragraphs: 30,
  text: 3_000,
  facts: 40,
  label: 100,
  value: 500,
  button: 75,
  links: 5,
  url: 3_000,
  footer: 1_000,
} as const;

/** Answers that need more than a press: a name, a reason, a date, or a second thought. They open the page. */
const answeredOnPage: ReadonlySet<Answer> = new Set(['not-mine', 'wrong', 'accept-risk']);

export const answerBlock = 'foldback';
export const answerAction = 'answer:';
export const snoozeAction = 'snooze';

/** Pure. `takesPresses`: whether answers can come back; else only the link is offered. */
export function renderSlack(message: RenderedMessage, messageId: string, takesPresses: boolean): SlackPost {
  const subject = line(message.subject, limits.header);
  const buttons = [
    ...answerButtons(message, messageId, takesPresses),
    ...(takesPresses ? snoozeButton(message, messageId) : []),
    ...linkButtons(message),
  ];
  const footer = lines(message.footer, limits.footer);
  return {
    text: escaped(subject, limits.text),
    blocks: [
      { type: 'header', text: plainText(subject, limits.header) },
      ...message.paragraphs.slice(0, limits.paragraphs).flatMap(paragraphBlocks),
      ...(buttons.length === 0
        ? []
        : [{ type: 'actions' as const, block_id: answerBlock, elements: buttons }]),
      // A footer that names the case says it better.
      ...(footer.includes(message.caseCode)
        ? []
        : [
            {
              type: 'context' as const,
              elements: [plainText(line(message.caseCode, limits.label), limits.label)],
            },
          ]),
      ...(footer === '' ? [] : [{ type: 'context' as const, elements: [plainText(footer, limits.footer)] }]),
    ],
  };
}

function paragraphBlocks(paragraph: Paragraph): readonly Block[] {
  if (paragraph.kind === 'facts') {
    const facts = paragraph.facts
      .slice(0, limits.facts)
      .map(({ label, value }) => `${line(label, limits.label)}: ${line(value, limits.value)}`);
    return facts.length === 0 ? [] : [section(facts.join('\n'))];
  }
  const text = lines(paragraph.text, limits.text);
  if (text.trim() === '') return [];
  // The step stands apart from the rest; plain text has no other way to say that it matters.
  return paragraph.kind === 'step'
    ? [{ type: 'divider' }, section(text), { type: 'divider' }]
    : [section(text)];
}

function section(text: string): Block {
  return { type: 'section', text: plainText(text, limits.text) };
}

function answerButtons(
  message: RenderedMessage,
  messageId: string,
  takesPresses: boolean,
): readonly Button[] {
  const page = pageOf(message);
  return message.answers.flatMap((answer): readonly Button[] => {
    const label = message.answerLabels?.[answer];
    if (!takesPresses || label === undefined) return [];
    const text = plainText(line(label, limits.button), limits.button);
    const action_id = `${answerAction}${answer}`;
    if (answeredOnPage.has(answer))
      return page === undefined ? [] : [{ type: 'button', action_id: `open:${answer}`, text, url: page }];
    const style = answer === 'done' ? { style: 'primary' as const } : {};
    return [{ type: 'button', action_id, text, value: messageId, ...style }];
  });
}

function snoozeButton({ snoozeLabel }: RenderedMessage, messageId: string): readonly Button[] {
  if (snoozeLabel === undefined) return [];
  const text = plainText(line(snoozeLabel, limits.button), limits.button);
  return [{ type: 'button', action_id: snoozeAction, text, value: messageId }];
}

function linkButtons(message: RenderedMessage): readonly Button[] {
  const page = pageOf(message);
  const links = message.links.slice(0, limits.links).flatMap(({ label, url }) => {
    const href = safeHref(url);
    return href === undefined || href.length > limits.url ? [] : [{ label, url: href }];
  });
  const all =
    page === undefined ? links : [{ label: message.replyLabel ?? hostOf(page), url: page }, ...links];
  return all.map(({ label, url }, index) => {
    const words = line(label, limits.button);
    return {
      type: 'button',
      action_id: `open:${index}`,
      text: plainText(words === '' ? hostOf(url) : words, limits.button),
      url,
    };
  });
}

function pageOf({ replyUrl }: RenderedMessage): string | undefined {
  const href = replyUrl === undefined ? undefined : safeHref(replyUrl);
  return href === undefined || href.length > limits.url ? undefined : href;
}

function hostOf(url: string): string {
  return new URL(url).host;
}

function line(text: string, charactersMax: number): string {
  return clip(inertUrls(oneLine(text)), charactersMax);
}

function lines(text: string, charactersMax: number): string {
  return clip(inertUrls(plain(text)), charactersMax);
}

/** Slack refuses an empty text. */
function plainText(text: string, charactersMax: number): PlainText {
  const shown = escaped(text, charactersMax);
  return { type: 'plain_text', text: shown === '' ? '…' : shown, emoji: false };
}

/**
 * `&`, `<` and `>` are control characters in every text object: `<!channel>` calls everyone unless they are written
 * out (docs.slack.dev, "Escaping text"). The limit counts what is written, so that it is kept by cutting before.
 */
function escaped(text: string, charactersMax: number): string {
  const written = (part: string): string =>
    part.replace(/[&<>]/gu, (character) => controlCharacters[character] ?? character);
  const whole = written(text);
  if (whole.length <= charactersMax) return whole;
  let kept = '';
  for (const character of text) {
    const next = written(character);
    if (kept.length + next.length > charactersMax - 1) break;
    kept += next;
  }
  return `${kept}…`;
}

const controlCharacters: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
