import type { Packs } from './packs/load.ts';
import { previewPacks } from './packs/preview.ts';
import type { PageWords } from './pages/page-words.ts';
import { previewChannels } from './preview-channels.ts';
import { previewRecipient } from './preview-recipient.ts';

/** Every message in every language, as each channel shows it, and the page behind its link. */
export function previewPage(packs: Packs<PageWords>): string {
  return previewPacks(packs, previewChannels(packs), (behaviour, language, values) => {
    const pack = packs.behaviours.get(behaviour);
    return pack === undefined ? undefined : previewRecipient(packs, pack, language, values);
  });
}
