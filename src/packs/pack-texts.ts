import type { PackTexts } from '../core/review/patch.ts';
import { openPackFolder } from './pack-folder.ts';

/** The files of a folder of packs as they stand on disk: what a proposed change has to fit. */
export function packTexts(dir: string): PackTexts {
  const folder = openPackFolder(dir, []);
  return { files: folder.matching(/^/u).map(({ file }) => file), text: folder.text };
}
