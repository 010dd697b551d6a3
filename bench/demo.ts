import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { type Figure, figure, note } from './support/figure.ts';

const secondsMax = 10;
const runs = 3;

/** `foldback demo`: seconds from its start until it says where to look, and its console answers. */
export async function bench(): Promise<Figure> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    // The first run of a newcomer has nothing compiled beforehand.
    const seconds = await readyOnce(run === 0);
    note(`${run === 0 ? 'nothing compiled before' : 'again'}: ${seconds.toFixed(2)} s`);
    times.push(seconds);
  }
  return figure(secondsMax, Math.max(...times), 's');
}

async function readyOnce(isUncached: boolean): Promise<number> {
  const command = resolve(import.meta.dirname, '../bin/foldback.js');
  const startedAt = performance.now();
  const child = spawn(process.execPath, [command, 'demo', '--no-open', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...(isUncached ? { NODE_DISABLE_COMPILE_CACHE: '1' } : {}) },
  });
  const ended = once(child, 'close');
  try {
    const url = await addressOf(child);
    const shown = await fetch(`${url}/console`);
    if (shown.status !== 200) throw new Error(`the console answered ${shown.status}: npm run build:console`);
    return (performance.now() - startedAt) / 1000;
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [, url] = /^Console\s+(\S+)\/console$/mu.exec(said) ?? [];
      if (url !== undefined) found(url);
    });
    child.once('close', (code) => failed(new Error(`it ended with ${code}: ${said.slice(-300)}`)));
  });
}
