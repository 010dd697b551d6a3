import { AppError, type ErrorCode, errorCatalogue } from '../core/errors.ts';
import { plain } from '../lib/escape.ts';

/** What the process ends with; the same for every command. */
export const exit = { ok: 0, failed: 1, usage: 2, notFound: 3, denied: 4 } as const;
export type ExitCode = (typeof exit)[keyof typeof exit];

/** Ends a command with a sentence of its own. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exit.usage) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

const codes: Partial<Record<ErrorCode, ExitCode>> = {
  'not-found': exit.notFound,
  unauthenticated: exit.denied,
  forbidden: exit.denied,
  conflict: exit.failed,
  'wrong-key': exit.failed,
  'store-locked': exit.failed,
  'store-unreachable': exit.failed,
  'rate-limited': exit.failed,
  internal: exit.failed,
};

/** What is wrong with what was given is for the caller to change: 2. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliError) return error.exitCode;
  return error instanceof AppError ? (codes[error.code] ?? exit.usage) : exit.failed;
}

/** A fault as lines for the screen: what, where, and what to do. Text from outside in it is inert. */
export async function errorText(error: unknown): Promise<string> {
  if (error instanceof CliError) return plain(error.message);
  if (error instanceof AppError) {
    const entry = errorCatalogue[error.code];
    const hint = error.code === 'bad-config' || error.code === 'bad-request' ? [] : [entry.operator];
    const detail = error.detail.split('\n').map((line) => `  ${line}`);
    const title = error.code === 'bad-request' ? [] : [entry.public];
    return plain([...title, ...detail, ...hint].join('\n').trimStart());
  }
  const message = error instanceof Error ? error.message : String(error);
  // Loaded only now: the logger behind it would slow every start.
  const { cleanText } = await import('../lib/log.ts');
  return plain(cleanText(`Something went wrong: ${message}`));
}
