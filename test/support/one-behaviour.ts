import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { shippedPacksDir } from '../../src/packs/pack-folder.ts';

export const onlyBehaviour = 'secret-in-repository';

/** The shipped packs with one behaviour: it shows a fault as well as all of them, and is read in a fraction of the time. */
export function copyOneBehaviour(to: string): void {
  const from = shippedPacksDir();
  const others = readdirSync(join(from, 'behaviours'))
    .map((name) => name.replace(/\.yaml$/u, ''))
    .filter((id) => id !== onlyBehaviour);
  const isOther = (file: string) =>
    others.some((id) => file.endsWith(`/behaviours/${id}.yaml`) || file.endsWith(`/messages/${id}`));
  cpSync(from, to, { recursive: true, filter: (file) => !isOther(file) });
}
