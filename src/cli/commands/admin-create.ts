import { z } from 'zod';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type CreateFlags = StoreFlags & {
  readonly json?: boolean;
  readonly login: string;
  readonly name?: string;
  readonly role: readonly string[];
  readonly team?: readonly string[];
  readonly breakGlass?: boolean;
  readonly hours?: string;
};

const hoursDefault = 4;

/** Makes a local account, and prints the link by which its password is chosen. */
export async function adminCreateCommand(flags: CreateFlags): Promise<ExitCode> {
  if (flags.hours !== undefined && flags.breakGlass !== true)
    throw new CliError('--hours belongs to --break-glass.');
  const hours = flags.breakGlass === true ? Number(flags.hours ?? hoursDefault) : undefined;
  if (hours !== undefined && (!Number.isInteger(hours) || hours < 1))
    throw new CliError('Write --hours as a whole number from 1.');
  const { login, name = login, role: roles, team: teams = 'all' } = flags;
  const made = await withSession(flags, (session) =>
    session.ask(
      { method: 'POST', path: '/v1/accounts', body: { login, name, roles, teams, hours } },
      z.looseObject({ url: z.string(), expiresAt: z.string().optional() }),
    ),
  );
  if (flags.json === true) writeJson(made);
  else line(made.url);
  note('One use, one day: whoever opens it chooses the password.');
  if (made.expiresAt !== undefined)
    note(`The account ends at ${made.expiresAt}. It is in the record of access decisions.`);
  next('npx foldback audit list --kind access.account-made');
  return exit.ok;
}
