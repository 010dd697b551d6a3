/** One thing wrong with the settings: where it was said, which setting, what is wrong, and what to do. */
export type ConfigProblem = {
  /** `foldback.yaml:12`, an environment variable, or the command line. */
  readonly where: string;
  /** `delivery.mode`; '' when it is not about one setting. */
  readonly setting: string;
  readonly problem: string;
  readonly fix: string;
};

/** Where a value came from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'environment'; readonly name: string };

/** Answers for a setting's path; for a group, where any of it came from. */
export type OriginOf = (path: readonly PropertyKey[]) => Origin;

export function originText(origin: Origin): string {
  if (origin.kind === 'default') return 'default';
  return origin.kind === 'file' ? `${origin.file}:${origin.line}` : origin.name;
}

/** Where to look for what is wrong: a default is nobody's line. */
export function whereOf(origin: Origin): string {
  return origin.kind === 'default' ? 'settings' : originText(origin);
}

/** All problems for the screen, a line each. No value is quoted: it may be a secret. */
export function problemsText(problems: readonly ConfigProblem[]): string {
  return problems
    .map(({ where, setting, problem, fix }) => {
      const subject = [where, setting].filter((part) => part !== '').join(': ');
      return `${subject}: ${problem}. ${fix}`;
    })
    .join('\n');
}
