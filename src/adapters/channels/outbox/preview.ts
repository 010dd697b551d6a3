import { plainText } from '../../../core/message.ts';
import type { Delivery, ShownPart } from '../../../ports/channel.ts';

/** As the product shows it. */
export function previewOutbox({ message }: Delivery): readonly ShownPart[] {
  return [
    { kind: 'title', text: message.subject },
    { kind: 'text', text: plainText(message) },
  ];
}
