/** What a password must be. Length is what counts (NIST SP 800-63B): no kinds of characters, no end. */
export const passwordCharsMin = 12;
export const passwordCharsMax = 200;

export type PasswordVerdict = 'good' | 'too-short' | 'too-long' | 'too-plain' | 'breached';

/** Words that stand in every list of guesses, and what this installation is about. */
const plainWords = [
  'password',
  'passwort',
  'contraseña',
  'foldback',
  'admin',
  'welcome',
  'letmein',
  'qwerty',
  'asdf',
];
const distinctMin = 6;

/**
 * @param own names of the account: a password that is mostly one of them is none
 * @param common what many people took, in lower case: none of them, nor one with digits and marks around it
 */
export function judgePassword(
  password: string,
  own: readonly string[],
  common: ReadonlySet<string>,
): PasswordVerdict {
  const characters = [...password];
  if (characters.length < passwordCharsMin) return 'too-short';
  if (characters.length > passwordCharsMax) return 'too-long';
  const lower = password.normalize('NFKC').toLowerCase();
  const bare = lower.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  if (common.has(lower) || common.has(bare)) return 'too-plain';
  const words = [...plainWords, ...own.flatMap((name) => name.toLowerCase().split(/[^\p{L}\p{N}]+/u))];
  const rest = words
    .filter((word) => word.length > 2)
    .reduce((text, word) => text.replaceAll(word, ''), lower)
    .replace(/\d{1,4}$/u, '');
  const isRow = [...lower].every((one, at, all) => at === 0 || isNeighbour(all[at - 1] ?? '', one));
  return isRow || new Set(lower).size < distinctMin || [...rest].length < 6 ? 'too-plain' : 'good';
}

function isNeighbour(one: string, other: string): boolean {
  const step = (other.codePointAt(0) ?? 0) - (one.codePointAt(0) ?? 0);
  return Math.abs(step) <= 1 || (one === '9' && other === '0');
}

/** The name under which a local account signs in: what is typed with capitals or blanks around it is the same. */
export function loginOf(text: string): string | undefined {
  const login = text.trim().toLowerCase();
  return /^[a-z0-9][a-z0-9._@+-]{1,79}$/u.test(login) ? login : undefined;
}
