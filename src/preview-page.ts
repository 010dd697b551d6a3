import { channels } from './adapters/index.ts';
import type { Packs } from './packs/load.ts';
import { type PreviewChannel, previewPacks } from './packs/preview.ts';
import { answerLabels } from './pages/answer-labels.ts';
import type { PageWords } from './pages/page-words.ts';
import type { Recipient } from './ports/channel.ts';
import { previewRecipient } from './preview-recipient.ts';

const recipient: Recipient = {
  id: 'ana',
  kind: 'person',
  name: 'Ana Souza',
  email: 'ana@example.com',
  accounts: [{ system: 'github', name: 'octo-ana' }],
};

/** Every message in every language, as each channel shows it. */
export function previewPage(packs: Packs<PageWords>): string {
  const shown: readonly PreviewChannel[] = channels.map(({ id, title, preview }) => ({
    id,
    title,
    show: (message) => {
      const labels = answerLabels(packs.page(message.language));
      return preview({
        messageId: '0'.repeat(32),
        recipient,
        message: labels === undefined ? message : { ...message, answerLabels: labels },
        attempt: 1,
        at: Date.UTC(2026, 10, 23, 9, 12),
      });
    },
  }));
  return previewPacks(packs, shown, (behaviour, language, values) => {
    const pack = packs.behaviours.get(behaviour);
    return pack === undefined ? undefined : previewRecipient(packs, pack, language, values);
  });
}
