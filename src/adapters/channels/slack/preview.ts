import { dictOf, listOf, textOf } from '../../../lib/guards.ts';
import type { Delivery, ShownPart } from '../../../ports/channel.ts';
import { type Block, renderSlack } from './render.ts';

/** Block Kit as a reader sees it. */
export function previewSlack({ message, messageId }: Delivery): readonly ShownPart[] {
  return renderSlack(message, messageId, true).blocks.flatMap(shown);
}

function shown(block: Block): readonly ShownPart[] {
  switch (block.type) {
    case 'header':
      return [{ kind: 'title', text: readable(block.text.text) }];
    case 'section':
      return [{ kind: 'text', text: readable(block.text.text) }];
    case 'context':
      return [{ kind: 'small', text: block.elements.map(({ text }) => readable(text)).join('\n') }];
    case 'divider':
      return [{ kind: 'step', text: '' }];
    default:
      return [
        {
          kind: 'buttons',
          labels: listOf(block.elements).map((one) =>
            readable(textOf(dictOf(dictOf(one)?.['text'])?.['text']) ?? ''),
          ),
        },
      ];
  }
}

/** Slack shows what was written out. */
function readable(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
