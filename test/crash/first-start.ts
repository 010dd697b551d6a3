import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';

const program = join(import.meta.dirname, 'start-child.ts');

/** Starts the program on a folder; kills it as soon as its store has so many files. */
async function run(folder: string, filesMax?: number): Promise<string> {
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(said)));
  if (filesMax !== undefined) {
    while (child.exitCode === null && filesIn(folder) < filesMax) await pause(2);
    child.kill('SIGKILL');
  }
  return ended;
}

function filesIn(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true }).length;
  } catch {
    // Not there yet, or moved while it was looked through.
    return 0;
  }
}

/** The tests that an embedded store opens after its first start was killed when it had so many files. */
export function opensAfterKillAt(counts: readonly number[]): void {
  for (const files of counts) {
    test(`an embedded store whose first start was killed at its ${files}. file opens at the next one`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'foldback-test-'));
      try {
        await run(folder, files);
        expect(await run(folder)).toBe('opening\nopened 0\n');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }, 120_000);
  }
}
