#!/usr/bin/env node
// Runs on any Node from 20 up: an older one hands over to the Node that `npm ci` brought.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as modules from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// A coding agent waits for this one at every call: it does without the rest of the program.
const name = process.argv[2] === 'hook' && process.argv[3] === 'agent' ? 'hook-agent-main' : 'main';
const source = join(root, 'src', 'cli', `${name}.ts`);
const built = join(root, 'dist', 'cli', `${name}.js`);
// A published package has no sources, and Node strips types only outside node_modules.
const main = !existsSync(source) && existsSync(built) ? built : source;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 18)) {
  // Beside the code and not in the shared temporary folder, where others could put code for us.
  modules.enableCompileCache?.(join(root, 'node_modules', '.cache', 'foldback'));
  await import(pathToFileURL(main).href);
} else {
  const own = ['node', 'node.exe']
    .map((name) => join(root, 'node_modules', 'node', 'bin', name))
    .find(existsSync);
  if (own === undefined) {
    process.stderr.write(
      `foldback needs Node 22.18 or newer, and this is ${process.versions.node}. Run \`npm ci\` in ${root}, which brings one.\n`,
    );
    process.exit(1);
  }
  const child = spawn(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`foldback could not start ${own}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    // Ends as the other did, so that whoever waits sees the signal.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
