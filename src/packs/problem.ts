/** What is wrong in a pack, for the person who wrote it. `line` is 1-based; 0 means the file as a whole. */
export type PackProblem = { readonly file: string; readonly line: number; readonly reason: string };

/** By file, then line, each only once. */
export function sortProblems(problems: readonly PackProblem[]): readonly PackProblem[] {
  const byText = new Map(problems.map((problem) => [problemText(problem), problem]));
  return [...byText.values()].sort(
    (one, other) =>
      (one.file < other.file ? -1 : one.file > other.file ? 1 : 0) ||
      one.line - other.line ||
      (one.reason < other.reason ? -1 : 1),
  );
}

/** `messages/x/told.en.md:12: …` */
export function problemText(problem: PackProblem): string {
  return `${problem.file}${problem.line === 0 ? '' : `:${problem.line}`}: ${problem.reason}`;
}
