// Runs at the end of `npm ci`: builds the console, so that the first start shows it. Without development packages
// (`--omit=dev`) there is nothing to build it with, and nothing is said. Plain JavaScript: any Node may run it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

if (existsSync(join(root, 'node_modules', 'vite', 'package.json'))) {
  // A shell's own setting would give a build for development.
  process.env.NODE_ENV = 'production';
  try {
    const { build } = await import('vite');
    await build({
      root: join(root, 'console'),
      configFile: join(root, 'console', 'vite.config.ts'),
      logLevel: 'error',
    });
    console.log('The console is built.');
  } catch (error) {
    // All else runs without it: an installation is not refused for its screens.
    console.error(error);
    console.error('The console could not be built. Once that is mended: npm run build:console');
  }
}
