import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shippedPacksDir } from '../content.ts';

/** The behaviour and moment whose words are tried out. */
export const triedBehaviour = 'clicked-simulated-phish';
export const triedMoment = 'told';

/**
 * The words as they are, and three others that say the same under another name: what each does to the chance of the next
 * click is planted in who reads them.
 */
export const plantedWords = [
  { variant: 'usual', ratio: 1 },
  { variant: 'useless', ratio: 1 },
  { variant: 'helpful', ratio: 0.4 },
  { variant: 'harmful', ratio: 2 },
] as const;

export type PlantedWords = (typeof plantedWords)[number]['variant'];

/** All of them, the usual ones first. */
export const allWords: readonly PlantedWords[] = plantedWords.map(({ variant }) => variant);

const ratios: ReadonlyMap<string, number> = new Map(
  plantedWords.map(({ variant, ratio }) => [variant, ratio]),
);

/** By how much words of this name change what a message does. */
export function plantedRatio(variant: string): number {
  return ratios.get(variant) ?? 1;
}

/** The shipped packs with the planted words beside the usual ones. */
export async function writePacks(folder: string, languages: readonly string[] = ['en', 'es']): Promise<void> {
  await cp(shippedPacksDir(), folder, { recursive: true });
  const messages = join(folder, 'messages', triedBehaviour);
  for (const language of languages) {
    const usual = await readFile(join(messages, `${triedMoment}.${language}.md`), 'utf8');
    for (const { variant } of plantedWords.slice(1)) {
      const text = usual.replace(/^language: .+$/mu, (line) => `${line}\nvariant: ${variant}`);
      await writeFile(join(messages, `${triedMoment}.${variant}.${language}.md`), text);
    }
  }
}
