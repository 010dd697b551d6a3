import type { Delivery, ShownPart } from '../../../ports/channel.ts';
import { renderComment, titleOf } from './render.ts';

/** The comment, or the issue, as a reader sees it. */
export function previewGithub({ message, messageId, recipient }: Delivery): readonly ShownPart[] {
  const login = recipient.accounts.find(({ system }) => system === 'github')?.name ?? 'octocat';
  const body = renderComment(message, messageId, login);
  const parts = body.split('\n\n').flatMap((text): readonly ShownPart[] => {
    const shown = readable(text);
    if (shown === '') return [];
    return [shown.startsWith('> ') ? { kind: 'step', text: shown.slice(2) } : { kind: 'text', text: shown }];
  });
  return [{ kind: 'title', text: titleOf(message) }, ...parts];
}

/** Without what Markdown takes for itself: the marker, escapes, emphasis, and the address of a link. */
function readable(markdown: string): string {
  return markdown
    .replace(/<!--[\s\S]*?-->/gu, '')
    .replace(/(?<!\\)\[((?:[^\]\\]|\\.)*)\]\([^)\s]*\)/gu, '$1')
    .replace(/(?<!\\)(?:\*\*|`+)/gu, '')
    .replace(/\\(?=[!-/:-@[-`{-~]|\n)/gu, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}
