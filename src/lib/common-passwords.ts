let known: Promise<ReadonlySet<string>> | undefined;

/** What many people took as a password, in lower case: some fifty thousand, read at the first use. */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  known ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common']),
  );
  return known;
}
