import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { type GitPlace, hardenedEnvironment, hardenedOptions } from './environment.ts';

/** The only commands that are ever run, each with the options that keep it from running anything else. All read. */
const readCommands = {
  'ls-tree': ['-r', '-z', '-l', '--full-tree', '--end-of-options'],
  // blame knows no --end-of-options: its caller passes a hex commit and the path after `--`.
  // An empty name empties the list of files; git sorts the setting's values, so that only the option comes last.
  blame: ['--porcelain', '--root', '--no-textconv', '--no-ext-diff', '--ignore-revs-file='],
  'check-mailmap': ['--stdin'],
  'rev-list': ['--no-textconv', '--no-ext-diff'],
  'ls-files': ['--stage', '-z', '--full-name'],
  'diff-index': ['--cached', '--raw', '-z', '--no-renames', '--no-textconv', '--no-ext-diff'],
  // -c: of a merge only what differs from all its parents.
  'diff-tree': [
    ...['--stdin', '-r', '-c', '--root', '--raw', '-z', '--no-renames'],
    ...['--no-textconv', '--no-ext-diff'],
  ],
  'batch-check': ['--batch-check'],
  'batch-read': ['--batch'],
} as const satisfies Record<string, readonly string[]>;
export type ReadCommand = keyof typeof readCommands;

export type GitFailure = 'no-git' | 'timeout' | 'too-large' | 'refused';

export type GitResult =
  | { readonly kind: 'ok'; readonly output: Buffer }
  | { readonly kind: 'failed'; readonly reason: GitFailure };

export type RunOptions = {
  readonly args?: readonly string[];
  readonly input?: string;
  /** Extra `-c name=value` settings. */
  readonly settings?: readonly string[];
  readonly timeoutMs?: number;
  readonly outputBytesMax?: number;
};

/** Long enough for the blame of a file with a long history, short enough to give up on a hostile one. */
export const timeoutMsDefault = 10_000;
/** A listing of about half a million files. */
export const outputBytesMaxDefault = 64 * 1024 * 1024;

export function spawnGit(
  place: GitPlace,
  command: ReadCommand,
  options: RunOptions = {},
): ChildProcessWithoutNullStreams {
  const name = command.startsWith('batch-') ? 'cat-file' : command;
  const args = [
    ...hardenedOptions(place, options.settings),
    name,
    ...readCommands[command],
    ...(options.args ?? []),
  ];
  return spawn('git', args, {
    cwd: place.emptyDir,
    env: hardenedEnvironment(place),
    shell: false,
    stdio: 'pipe',
    windowsHide: true,
  });
}

/** Runs one command to its end. A failure is a value; what git wrote to stderr is dropped, since it quotes the clone. */
export function runGit(place: GitPlace, command: ReadCommand, options: RunOptions = {}): Promise<GitResult> {
  return new Promise((resolve) => {
    const child = spawnGit(place, command, options);
    const chunks: Buffer[] = [];
    const bytesMax = options.outputBytesMax ?? outputBytesMaxDefault;
    let bytes = 0;
    let failure: GitFailure | undefined;
    const stop = (reason: GitFailure): void => {
      failure ??= reason;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop('timeout'), options.timeoutMs ?? timeoutMsDefault);
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) stop('too-large');
      else chunks.push(chunk);
    });
    child.stderr.resume();
    // A process that ends early closes its input; the exit code tells the story.
    child.stdin.on('error', () => undefined);
    child.on('error', () => {
      failure ??= 'no-git';
      clearTimeout(timer);
      resolve({ kind: 'failed', reason: failure });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      if (failure === undefined && code === 0) resolve({ kind: 'ok', output: Buffer.concat(chunks) });
      else resolve({ kind: 'failed', reason: failure ?? 'refused' });
    });
    child.stdin.end(options.input ?? '');
  });
}
