import { z } from 'zod';
import { isScope, scopeCatalogue, scopes } from '../../access/scope.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type TokenFlags = StoreFlags & {
  readonly json?: boolean;
  readonly name: string;
  readonly scope: readonly string[];
  readonly team?: readonly string[];
  readonly days: string;
  readonly subject?: readonly string[];
  /** The identity of the agent to which the token belongs. */
  readonly agent?: string;
};

export async function adminTokenCommand(flags: TokenFlags): Promise<ExitCode> {
  const unknown = flags.scope.find((scope) => !isScope(scope));
  if (unknown !== undefined) {
    const known = scopes.map((scope) => `  ${scope.padEnd(18)} ${scopeCatalogue[scope]}`);
    throw new CliError([`There is no scope ${unknown}. These are:`, ...known].join('\n'));
  }
  const days = Number(flags.days);
  if (!Number.isInteger(days) || days < 1) throw new CliError('Write --days as a whole number from 1.');
  const body = {
    name: flags.name,
    scopes: flags.scope,
    teams: flags.team ?? 'all',
    days,
    agent: flags.agent,
    subjectTypes: flags.subject,
  };
  const made = await withSession(flags, (session) =>
    session.ask(
      { method: 'POST', path: '/v1/tokens', body },
      z.looseObject({ token: z.string(), expiresAt: z.string().optional() }),
    ),
  );
  if (flags.json === true) writeJson(made);
  else line(made.token);
  note(
    `Shown once${made.expiresAt === undefined ? '' : `, valid until ${made.expiresAt}`}. Keep it like a password.`,
  );
  next('export FOLDBACK__TOKEN=…   then: npx foldback loops list --server <url>');
  return exit.ok;
}
