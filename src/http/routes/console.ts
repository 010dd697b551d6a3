import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Context } from 'hono';
import type { Room } from '../room.ts';
import { type Operations, open } from '../table/operation.ts';

/** Where `npm ci` puts it, by `npm run build:console`. */
export const consoleFolder = join(import.meta.dirname, '../../../dist/console');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

const notBuilt = 'The console is not built. In the folder of Foldback run: npm run build:console\n';

/** The one screen in whose address a dot is usual: no file lies there. */
const personPath = /^people\/[^/]+$/u;

type ConsoleFile = {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly packed: Uint8Array<ArrayBuffer>;
};

/**
 * The operators' console: files that are read once, so that no path of a request reaches the disk. It holds no data: it
 * asks the API, which judges who asks. Its scripts come from here only (`contentPolicies.console`).
 */
export function consoleRoutes(room: Room): Pick<Operations, 'GET /console' | 'GET /console/{rest}'> {
  const folder = room.given.consoleFolder ?? consoleFolder;
  let files: ReadonlyMap<string, ConsoleFile> | undefined;
  const answer = (c: Context) => {
    // Until it is built, each request looks again.
    if (files === undefined || files.size === 0) files = readFiles(folder);
    const path = c.req.path.replace(/^\/console\/?/u, '');
    // Addresses of screens have no file of their own: the console reads them.
    const isScreen = personPath.test(path) || (!path.startsWith('assets/') && !path.includes('.'));
    const file = files.get(isScreen ? 'index.html' : path);
    if (file === undefined)
      return isScreen && files.size === 0 ? c.text(notBuilt, 503) : c.text('Not found.\n', 404);
    c.set('contentPolicy', 'console');
    const isPacked = /\bgzip\b/u.test(c.req.header('Accept-Encoding') ?? '');
    return c.body(isPacked ? file.packed : file.bytes, 200, {
      'Content-Type': file.type,
      Vary: 'Accept-Encoding',
      // The page names its scripts by their hashes: it is asked for each time, they never again.
      'Cache-Control': isScreen ? 'no-cache' : 'public, max-age=31536000, immutable',
      ...(isPacked ? { 'Content-Encoding': 'gzip' } : {}),
    });
  };
  const answers = {
    200: { description: 'The page, or a file of it.', type: 'text/html' },
    503: { description: 'It is not built; the text says how to.', type: 'text/plain' },
  };
  return {
    'GET /console': open({ summary: 'The operators’ console.', answers, handle: answer }),
    'GET /console/{rest}': open({ summary: 'Its screens and files.', answers, handle: answer }),
  };
}

function readFiles(folder: string): ReadonlyMap<string, ConsoleFile> {
  if (!existsSync(join(folder, 'index.html'))) return new Map();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Map(
    names
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile() && types[extname(path)] !== undefined)
      .map((path) => {
        const bytes = new Uint8Array(readFileSync(path));
        const file = { type: types[extname(path)] ?? '', bytes, packed: new Uint8Array(gzipSync(bytes)) };
        return [relative(folder, path).split(sep).join('/'), file];
      }),
  );
}
