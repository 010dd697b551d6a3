import type { Delivery, ShownPart } from '../../../ports/channel.ts';
import { renderMail } from './render.ts';

/** The HTML part, under its subject. */
export function previewEmail({ message }: Delivery): readonly ShownPart[] {
  const { subject, html } = renderMail(message, 'Foldback');
  return [
    { kind: 'title', text: subject },
    { kind: 'page', html },
  ];
}
