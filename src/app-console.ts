import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { consoleFolder } from './http/routes/console.ts';

/** What whoever starts a server is told when there are no screens to show; undefined once they are built. */
export const consoleMissing = (folder: string = consoleFolder): string | undefined =>
  existsSync(join(folder, 'index.html'))
    ? undefined
    : 'The console is not built: its pages say so until you run `npm run build:console` here (npm ci does it, too).';
