import { plainText, type RenderedMessage } from '../core/message.ts';
import type { MessageValues } from '../core/placeholders.ts';
import { wordCount } from '../core/readability.ts';
import { renderMessage } from '../core/render.ts';
import { html } from '../lib/escape.ts';
import type { Packs } from './load.ts';
import type { MessageFile } from './message-file.ts';
import { previewStyle } from './preview-style.ts';
import { digestOf, fullSample, hostileSample, sparseSample } from './samples.ts';

/** A channel, by what its reader sees of a message. */
export type PreviewChannel = {
  readonly id: string;
  readonly title: string;
  readonly show: (message: RenderedMessage) => readonly PreviewPart[];
};

/** See `ShownPart` of the channels. */
/** What the page behind the link of a behaviour's messages is, as HTML that is safe to show. */
export type PreviewPage = (behaviour: string, language: string, values: MessageValues) => string | undefined;

export type PreviewPart =
  | { readonly kind: 'title' | 'text' | 'step' | 'small' | 'source'; readonly text: string }
  | { readonly kind: 'buttons'; readonly labels: readonly string[] }
  | { readonly kind: 'page'; readonly html: string };

const samples = [
  { name: 'Everything known', values: fullSample },
  { name: 'Nothing known', values: sparseSample },
  { name: 'Hostile values', values: hostileSample },
] as const;

/**
 * Every message in every language and channel on one page, for whoever reviews words: a static document without script
 * or address to load from. The same packs give the same bytes.
 */
export function previewPacks(
  packs: Packs,
  channels: readonly PreviewChannel[],
  recipientPage: PreviewPage,
): string {
  const languages = [...packs.languages.values()];
  const behaviours = [...packs.behaviours.values()].map(({ behaviour }) => behaviour);
  const sections = behaviours.map(({ id, title }) => {
    const ofBehaviour = packs.messages.filter(({ template }) => template.behaviour === id);
    const names = [...new Set(ofBehaviour.map(nameOf))];
    const messages = names.flatMap((name) =>
      languages.map(({ language, name: languageName, direction }) => {
        const message = ofBehaviour.find((one) => one.template.language === language && nameOf(one) === name);
        const head = `<h3>${html(name)} <small>${html(languageName)}</small></h3>`;
        const body = message === undefined ? '<p>–</p>' : messageHtml(message, packs, channels);
        return `<article lang="${html(language)}" dir="${direction}">${head}${body}</article>`;
      }),
    );
    const pages = languages.map((language) => pagesHtml(id, language, recipientPage));
    return `<section id="${html(id)}"><h2>${html(title)} <small>${html(id)}</small></h2>${[...messages, ...pages].join('\n')}</section>`;
  });
  const links = behaviours.map(({ id, title }) => `<li><a href="#${html(id)}">${html(title)}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'">
<title>Messages</title>
<style>${previewStyle}</style>
</head>
<body>
<h1>Messages</h1>
<p>Names, places and keys are invented. Each message stands as every channel shows it, near enough to judge its words.
Below it: the shortest form, in which nothing is known, and the form with hostile values, in which nothing may be alive.
After the messages stands the page on which their reader answers; nothing is sent from here.</p>
<nav><ul>${links.join('')}</ul></nav>
${sections.join('\n')}
</body>
</html>
`;
}

function nameOf({ template: { moment, variant } }: MessageFile): string {
  return variant === 'usual' ? moment : `${moment}, ${variant}`;
}

function messageHtml(message: MessageFile, packs: Packs, channels: readonly PreviewChannel[]): string {
  return samples
    .map(({ name, values }, index) => {
      const shown = sampleHtml(message, packs, channels, values);
      return index === 0 ? shown : `<details><summary>${name}</summary>${shown}</details>`;
    })
    .join('\n');
}

/** The page of a case, on which its recipient answers: one for all messages of the behaviour. */
function pagesHtml(
  behaviour: string,
  { language, name, direction }: { language: string; name: string; direction: string },
  recipientPage: PreviewPage,
): string {
  const shown = samples.map((sample, index) => {
    const page = recipientPage(behaviour, language, sample.values);
    const card =
      page === undefined
        ? '<p>–</p>'
        : `<div class="card recipient">${partHtml({ kind: 'page', html: page })}</div>`;
    return index === 0 ? card : `<details><summary>${sample.name}</summary>${card}</details>`;
  });
  return `<article lang="${html(language)}" dir="${direction}"><h3>the page behind the link <small>${html(name)}</small></h3>${shown.join('\n')}</article>`;
}

function sampleHtml(
  { template, file }: MessageFile,
  packs: Packs,
  channels: readonly PreviewChannel[],
  values: MessageValues,
): string {
  const behaviour = packs.behaviours.get(template.behaviour)?.behaviour;
  if (behaviour === undefined) return '';
  const given = template.moment === 'digest' ? digestOf(values) : values;
  const rendered = renderMessage(template, given, behaviour);
  if (rendered.kind === 'error') return `<p>${html(file)}: ${html(rendered.reason)}</p>`;
  const cards = channels.map(
    ({ id, title, show }) =>
      `<div class="card ${html(id)}"><h4>${html(title)}</h4>${show(rendered.message).map(partHtml).join('')}</div>`,
  );
  const words = wordCount(plainText(rendered.message));
  return `<div class="cards">${cards.join('\n')}</div><p><small>${html(rendered.message.version)}, ${words} words</small></p>`;
}

function partHtml(part: PreviewPart): string {
  switch (part.kind) {
    case 'buttons':
      return `<p class="buttons">${part.labels.map((label) => `<span>${html(label)}</span>`).join(' ')}</p>`;
    case 'page':
      // A tree of its own: its style sheet is its own, and ours is not for it.
      return `<div class="page"><template shadowrootmode="open">${part.html.replace(/<!doctype html>|<meta[^>]*>|<title>[^<]*<\/title>/giu, '')}</template></div>`;
    case 'title':
      return `<h5>${html(part.text)}</h5>`;
    case 'step':
      return part.text === '' ? '<hr>' : `<p class="step">${html(part.text)}</p>`;
    case 'source':
      return `<pre>${html(part.text)}</pre>`;
    case 'small':
      return `<p class="soft">${html(part.text)}</p>`;
    case 'text':
      return `<p>${html(part.text)}</p>`;
  }
}
