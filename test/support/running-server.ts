import { type ChildProcess, spawn } from 'node:child_process';
import { cleanEnvironment, launcher } from './run-cli.ts';

/** `foldback serve` in a process of its own, as an operator starts it. */
export type RunningServer = {
  readonly process: ChildProcess;
  /** What it said on standard error so far. */
  said(): string;
  /** Ends it and gives its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
};

/** Resolves once the server says how to stop it; rejects when it ends before. */
export function startServer(
  cwd: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<RunningServer> {
  const child = spawn(process.execPath, [launcher, 'serve', ...args], {
    cwd,
    env: { ...cleanEnvironment(env) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    void ended.then((code) => reject(new Error(`serve ended with ${code}: ${text}`)));
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (!text.includes('Stop it with Ctrl-C')) return;
      resolve({
        process: child,
        said: () => text,
        stop: (signal = 'SIGTERM') => {
          child.kill(signal);
          return ended;
        },
      });
    });
  });
}
