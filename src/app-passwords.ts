import { judgePassword, type PasswordVerdict } from './access/password.ts';
import { AppError } from './core/errors.ts';
import { type BreachedPasswords, openBreached } from './lib/breached-passwords.ts';
import { commonPasswords } from './lib/common-passwords.ts';

/** Whether a password that somebody chooses may be theirs. */
export type JudgeChosen = (password: string, own: readonly string[]) => Promise<PasswordVerdict>;

/** @param breachedFile the list of breached passwords that the operator keeps here, if there is one */
export function openPasswordJudge(breachedFile?: string): JudgeChosen {
  const breached: BreachedPasswords | undefined =
    breachedFile === undefined ? undefined : openBreached(breachedFile);
  return async (password, own) => {
    const verdict = judgePassword(password, own, await commonPasswords());
    if (verdict !== 'good' || breached === undefined) return verdict;
    return (await breached.has(password)) ? 'breached' : 'good';
  };
}

/** A list that cannot be looked into stops the start: otherwise nobody could choose a password. */
export async function checkBreached(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const found = await openBreached(file).check();
  if (found.kind === 'ok') return;
  throw new AppError(
    'bad-config',
    `access.local.breachedPasswords: ${file}: ${found.reason}. ${breachedFix}`,
  );
}

export const breachedFix =
  'Name a file with SHA-1 and count a line, in the order of the hashes, as Have I Been Pwned gives it out.';
