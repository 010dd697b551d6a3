import { plainText } from '../core/message.ts';
import { wordCount } from '../core/readability.ts';
import { renderMessage } from '../core/render.ts';
import { html } from '../lib/escape.ts';
import type { Packs } from './load.ts';
import type { MessageFile } from './message-file.ts';
import { digestOf, fullSample, sparseSample } from './samples.ts';

/**
 * Every message in every language on one page, for whoever reviews words: a static document without script or
 * address to load from. The same packs give the same bytes.
 */
export function previewPacks(packs: Packs): string {
  const languages = [...packs.languages.values()];
  const sections = [...packs.behaviours.values()].map(({ behaviour }) => {
    const ofBehaviour = packs.messages.filter(({ template }) => template.behaviour === behaviour.id);
    const names = [...new Set(ofBehaviour.map(({ template }) => `${template.moment}/${template.variant}`))];
    const rows = names.map((name) => {
      const cells = languages.map((rules) => {
        const message = ofBehaviour.find(
          ({ template }) =>
            template.language === rules.language && `${template.moment}/${template.variant}` === name,
        );
        const direction = `lang="${html(rules.language)}" dir="${rules.direction}"`;
        return `<td ${direction}>${message === undefined ? '–' : samplesOf(message, packs)}</td>`;
      });
      return `<tr><th scope="row">${html(name.replace('/usual', '').replace('/', ', '))}</th>${cells.join('')}</tr>`;
    });
    const head = languages.map((rules) => `<th scope="col">${html(rules.name)}</th>`).join('');
    return `<section><h2>${html(behaviour.title)} <small>${html(behaviour.id)}</small></h2>
<table><thead><tr><th scope="col">Moment</th>${head}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></section>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Messages</title>
<style>${style}</style>
</head>
<body>
<h1>Messages</h1>
<p>Names, places and keys are invented. Beside each message stands the shortest form, in which nothing is known.</p>
${sections.join('\n')}
</body>
</html>
`;
}

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:1.5rem;max-width:110rem}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #8886;padding:.75rem;text-align:start;vertical-align:top}
tbody th{width:8rem}article{max-width:42rem;margin:0 0 1rem}h3{font-size:1rem;margin:0 0 .5rem}
pre{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;margin:0}small{font-weight:normal;opacity:.7}details{margin-top:.5rem}`;

function samplesOf(message: MessageFile, packs: Packs): string {
  return `${sampleHtml(message, packs, fullSample)}
<details><summary>Nothing known</summary>${sampleHtml(message, packs, sparseSample)}</details>`;
}

function sampleHtml(message: MessageFile, packs: Packs, values: typeof fullSample): string {
  const { template, file } = message;
  const behaviour = packs.behaviours.get(template.behaviour)?.behaviour;
  if (behaviour === undefined) return '';
  const rendered = renderMessage(
    template,
    template.moment === 'digest' ? digestOf(values) : values,
    behaviour,
  );
  if (rendered.kind === 'error') return `<p>${html(file)}: ${html(rendered.reason)}</p>`;
  const text = plainText(rendered.message);
  return `<article><h3>${html(rendered.message.subject)}</h3><pre>${html(text)}</pre>
<p><small>${html(rendered.message.version)}, ${wordCount(text)} words</small></p></article>`;
}
