import type { Paragraph, RenderedMessage } from '../../../core/message.ts';
import { asciiJson, clip, inertUrls, oneLine, plain, safeHref } from '../../../lib/escape.ts';
import type { Delivery } from '../../../ports/channel.ts';

/**
 * Adaptive Cards 1.4, of which only `TextRun` shows text: unlike `TextBlock` and facts it knows no Markdown, so that
 * nothing in a text becomes a link or a mention (a mention also needs an entry in `msteams.entities`; there is none).
 */
type Run = {
  readonly type: 'TextRun';
  readonly text: string;
  readonly weight?: 'Bolder';
  readonly size?: 'Large' | 'Small';
  readonly isSubtle?: true;
};
type Element =
  | { readonly type: 'RichTextBlock'; readonly inlines: readonly Run[] }
  | {
      readonly type: 'Container';
      readonly style: 'emphasis';
      readonly items: readonly Element[];
    };
type Action = { readonly type: 'Action.OpenUrl'; readonly title: string; readonly url: string };

/** Teams takes 28 KB a message; what a flow adds on the way counts too. */
const bytesMax = 24_000;

type Limits = {
  readonly paragraphs: number;
  readonly text: number;
  readonly facts: number;
  readonly line: number;
};
// A writer's message fits the first. The others are for hostile input, until it fits.
const limitsInTurn: readonly Limits[] = [
  { paragraphs: 30, text: 3_000, facts: 40, line: 500 },
  { paragraphs: 12, text: 1_000, facts: 20, line: 200 },
  { paragraphs: 6, text: 200, facts: 10, line: 80 },
];
const linksMax = 5;

/** The body of a delivery, ASCII JSON. `messageId` lets a flow drop a repetition; `recipient` is for flows to people. */
export function renderTeams(delivery: Delivery): string {
  const { recipient, messageId, message } = delivery;
  let body = '';
  for (const limits of limitsInTurn) {
    body = asciiJson({
      type: 'message',
      messageId,
      ...(recipient.kind === 'person' && recipient.email !== undefined
        ? { recipient: line(recipient.email, 320) }
        : {}),
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: card(message, limits),
        },
      ],
    });
    if (body.length <= bytesMax) return body;
  }
  return body;
}

function card(message: RenderedMessage, limits: Limits) {
  const subject = line(message.subject, Math.min(limits.line, 200));
  const footer = clip(inertUrls(plain(message.footer)), Math.min(limits.text, 1_000));
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: subject,
    body: [
      block([{ type: 'TextRun', text: subject, weight: 'Bolder', size: 'Large' }]),
      ...message.paragraphs.slice(0, limits.paragraphs).flatMap((one) => paragraph(one, limits)),
      // A footer that names the case says it better.
      ...(footer.includes(message.caseCode) ? [] : [block([subtle(line(message.caseCode, 60))])]),
      ...(footer === '' ? [] : [block([subtle(footer)])]),
    ],
    actions: actionsOf(message),
  };
}

function paragraph(given: Paragraph, limits: Limits): readonly Element[] {
  if (given.kind === 'facts') {
    return given.facts.slice(0, limits.facts).map(({ label, value }) =>
      block([
        { type: 'TextRun', text: `${line(label, Math.min(limits.line, 100))}: `, weight: 'Bolder' },
        { type: 'TextRun', text: line(value, limits.line) },
      ]),
    );
  }
  const text = clip(inertUrls(plain(given.text)), limits.text);
  return given.kind === 'step'
    ? [
        {
          type: 'Container',
          style: 'emphasis',
          items: [block([{ type: 'TextRun', text, weight: 'Bolder' }])],
        },
      ]
    : [block([{ type: 'TextRun', text }])];
}

function block(inlines: readonly Run[]): Element {
  return { type: 'RichTextBlock', inlines };
}

function subtle(text: string): Run {
  return { type: 'TextRun', text, size: 'Small', isSubtle: true };
}

function actionsOf(message: RenderedMessage): readonly Action[] {
  const { replyUrl, replyLabel, links } = message;
  const reply = replyUrl === undefined ? [] : [{ label: replyLabel ?? '', url: replyUrl }];
  return [...reply, ...links.slice(0, linksMax)].flatMap(({ label, url }): readonly Action[] => {
    const href = safeHref(url);
    if (href === undefined || href.length > 2_000) return [];
    const title = line(label, 75);
    return [{ type: 'Action.OpenUrl', title: title === '' ? new URL(href).host : title, url: href }];
  });
}

function line(text: string, charactersMax: number): string {
  return clip(inertUrls(oneLine(text)), charactersMax);
}
