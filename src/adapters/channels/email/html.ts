import type { Paragraph, RenderedMessage } from '../../../core/message.ts';
import { clip, html } from '../../../lib/escape.ts';

// Mail programs drop style sheets at will: every colour and size stands inline, and the sheet only adds what
// cannot be inline, the dark colours and the narrow screen.
const font = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const mono = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";
const ink = '#1c2530';
const soft = '#55606e';
const edge = '#dfe3e8';
const accent = '#0f5f73';

const sheet = [
  ':root{color-scheme:light dark;supported-color-schemes:light dark}',
  '@media (max-width:480px){.pad{padding-left:20px!important;padding-right:20px!important}',
  '.fact td{display:block!important;width:auto!important;padding-bottom:0!important}.fact .v{padding:0 0 8px!important;border-top:0!important}',
  '.gos{width:100%!important}.go a{display:block!important;text-align:center!important}}',
  '@media (prefers-color-scheme:dark){.back{background:#12161b!important}.card{background:#1c222a!important;border-color:#323b46!important}',
  '.ink{color:#e8ecf1!important}.soft{color:#a7b1bd!important}.rule{border-color:#323b46!important}',
  '.step{background:#16303a!important;border-color:#5bb8cf!important}.go{background:#8fd3e3!important}',
  '.go a{color:#0b2a33!important}.link{color:#8fd3e3!important}}',
].join('');

/** Languages written from right to left, by the first part of their BCP 47 tag. */
const rightToLeft = ['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi'];

/** The HTML part. Takes a message whose texts `render.ts` has made inert; escapes all of them. No remote content. */
export function htmlPage(message: RenderedMessage, senderName: string): string {
  const language = message.language.replace(/[^A-Za-z0-9-]/gu, '').slice(0, 35);
  const isRightToLeft = rightToLeft.includes(language.split('-')[0]?.toLowerCase() ?? '');
  const side: Side = isRightToLeft
    ? { direction: 'rtl', start: 'right', end: 'left' }
    : { direction: 'ltr', start: 'left', end: 'right' };
  const rows = [
    `<h1 class="ink" style="margin:0 0 18px;font-size:21px;line-height:1.3;font-weight:650;color:${ink}">${text(message.subject)}</h1>`,
    ...message.paragraphs.map((paragraph) => paragraphHtml(paragraph, side)),
    replyHtml(message, side),
    linksHtml(message.links),
  ].join('\n');
  return `<!doctype html>
<html lang="${html(language)}" dir="${side.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<title>${html(message.subject)}</title>
<style>${sheet}</style>
</head>
<body class="back" style="margin:0;padding:0;background:#f3f5f7;-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden">${text(preview(message))}</div>
<table role="presentation" class="back" width="100%" cellpadding="0" cellspacing="0" style="background:#f3f5f7"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:580px;background:#ffffff;border:1px solid ${edge};border-radius:10px;border-collapse:separate">
<tr><td class="pad rule" style="padding:16px 28px;border-bottom:1px solid ${edge}"><table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr>
<td class="soft" align="${side.start}" style="${font};font-size:14px;font-weight:600;color:${soft}">${text(senderName)}</td>
<td class="soft" align="${side.end}" dir="ltr" style="${mono};font-size:14px;color:${soft}">${text(message.caseCode)}</td>
</tr></table></td></tr>
<tr><td class="pad ink" align="${side.start}" style="padding:26px 28px 12px;${font};font-size:16px;line-height:1.55;color:${ink}">
${rows}
</td></tr>
${footerHtml(message.footer, side)}</table>
</td></tr></table>
</body>
</html>
`;
}

type Side = {
  readonly direction: 'ltr' | 'rtl';
  readonly start: 'left' | 'right';
  readonly end: 'left' | 'right';
};

function paragraphHtml(paragraph: Paragraph, side: Side): string {
  switch (paragraph.kind) {
    case 'text':
      return `<p class="ink" style="margin:0 0 16px;color:${ink}">${lines(paragraph.text)}</p>`;
    case 'step':
      return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 18px"><tr><td class="step ink" align="${side.start}" style="padding:12px 16px;background:#eaf4f6;border-${side.start}:4px solid ${accent};border-radius:4px;${font};font-size:16px;line-height:1.55;font-weight:600;color:${ink}">${lines(paragraph.text)}</td></tr></table>`;
    case 'facts':
      return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 18px">${paragraph.facts
        .map(
          (fact) =>
            `<tr class="fact"><td class="soft rule" width="30%" valign="top" align="${side.start}" style="padding:7px 0;border-top:1px solid ${edge};${font};font-size:14px;line-height:1.5;color:${soft}">${text(fact.label)}</td><td class="ink rule v" valign="top" align="${side.start}" style="padding:7px 0;border-top:1px solid ${edge};${font};font-size:14px;line-height:1.5;color:${ink};word-break:break-word;overflow-wrap:anywhere"><bdi>${text(fact.value)}</bdi></td></tr>`,
        )
        .join('')}</table>`;
  }
}

function replyHtml(message: RenderedMessage, side: Side): string {
  if (message.replyUrl === undefined) return '';
  const href = html(message.replyUrl);
  // The address is shown as it is, so that it can be checked or typed; where there are words, below the button.
  const address = `<span dir="ltr" class="soft" style="font-size:13px;color:${soft};word-break:break-all">${text(message.replyUrl)}</span>`;
  if (message.replyLabel === undefined) {
    return `<p style="margin:0 0 18px"><a class="link" href="${href}" dir="ltr" style="color:${accent};word-break:break-all">${html(message.replyUrl)}</a></p>`;
  }
  return `<table role="presentation" class="gos" cellpadding="0" cellspacing="0" style="margin:4px 0 8px"><tr><td class="go" bgcolor="${accent}" align="${side.start}" style="background:${accent};border-radius:6px"><a href="${href}" style="display:inline-block;padding:12px 22px;${font};font-size:16px;font-weight:600;color:#ffffff;text-decoration:none">${text(message.replyLabel)}</a></td></tr></table>
<p style="margin:0 0 18px;line-height:1.4">${address}</p>`;
}

function linksHtml(links: RenderedMessage['links']): string {
  return links
    .map(
      (link) =>
        `<p style="margin:0 0 14px"><a class="link" href="${html(link.url)}" style="color:${accent}">${text(link.label)}</a></p>`,
    )
    .join('\n');
}

function footerHtml(footer: string, side: Side): string {
  if (footer === '') return '';
  return `<tr><td class="pad soft rule" align="${side.start}" style="padding:16px 28px 18px;border-top:1px solid ${edge};${font};font-size:13px;line-height:1.5;color:${soft}">${lines(footer)}</td></tr>\n`;
}

/** What a list of mails shows beside the subject. */
function preview(message: RenderedMessage): string {
  const first = message.paragraphs.find((paragraph) => paragraph.kind === 'text');
  return first?.kind === 'text' ? clip(first.text.replace(/\s+/gu, ' '), 140) : message.caseCode;
}

const lines = (value: string): string => value.split('\n').map(text).join('<br>');

/**
 * Escaped text in which a mail program finds no address to make a link of: `deploy.sh` and `a@b.example` are cut
 * by an element that copying does not see. Paths may break after a slash.
 */
function text(value: string): string {
  return value
    .split(/(?<=[\p{L}\p{N}])([.@])(?=[\p{L}\p{N}])/u)
    .map((part) =>
      part === '.' || part === '@' ? `<span>${part}</span>` : html(part).replace(/\/(?=[^/\s])/gu, '/<wbr>'),
    )
    .join('');
}
