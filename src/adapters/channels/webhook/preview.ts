import type { Delivery, ShownPart } from '../../../ports/channel.ts';
import { renderWebhook } from './render.ts';

/** The body, which a program reads. */
export function previewWebhook(delivery: Delivery): readonly ShownPart[] {
  const body: unknown = JSON.parse(renderWebhook(delivery));
  return [{ kind: 'source', text: JSON.stringify(body, undefined, 2) }];
}
