import { channels } from './adapters/index.ts';
import type { Packs } from './packs/load.ts';
import type { PreviewChannel } from './packs/preview.ts';
import { answerLabels } from './pages/answer-labels.ts';
import type { PageWords } from './pages/page-words.ts';
import type { Recipient } from './ports/channel.ts';

const recipient: Recipient = {
  id: 'ana.souza',
  kind: 'person',
  name: 'Ana Souza',
  email: 'ana.souza@example.com',
  accounts: [{ system: 'github', name: 'octo-souza' }],
};

/** Every channel by what its reader sees of a message that goes to an invented person. */
export function previewChannels(packs: Pick<Packs<PageWords>, 'page'>): readonly PreviewChannel[] {
  return channels.map(({ id, title, preview }) => ({
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
}
