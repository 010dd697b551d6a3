/**
 * Whether a pattern of a CODEOWNERS file covers a path. GitHub's rules: those of gitignore, except that there is no
 * negation and no character range, and that a last `*` alone does not reach into folders.
 *
 * Own matcher instead of a regular expression: patterns come from the repository, and a pattern such as `*a*a*a*b`
 * must not cost more than its length times that of the path.
 */
export type PathPattern = {
  /** Parts between slashes; `**` stands for any number of parts. */
  readonly parts: readonly string[];
  /** Whether what lies below a matching folder is covered too. */
  readonly coversBelow: boolean;
};

/** Undefined for what GitHub refuses: negation and ranges. Blanks and `#` inside are escaped by a backslash. */
export function compilePattern(pattern: string): PathPattern | undefined {
  if (pattern.startsWith('!') || /(?<!\\)[[\]]/u.test(pattern)) return undefined;
  const trimmed = pattern.replace(/^\/+/u, '').replace(/\/+$/u, '');
  const isFolder = pattern.endsWith('/');
  if (trimmed === '') return { parts: ['**'], coversBelow: true };
  const parts = trimmed.split('/').filter((part) => part !== '');
  const isAnchored = pattern.startsWith('/') || parts.length > 1;
  const last = parts.at(-1);
  // `docs/*` is what lies directly in docs; a lone `*` is anything anywhere.
  const coversBelow = isFolder || last !== '*' || !isAnchored;
  if (last === '**') parts.push('*');
  if (isFolder) parts.push('**', '*');
  return { parts: isAnchored ? parts : ['**', ...parts], coversBelow };
}

export function matchesPath(pattern: PathPattern, path: string): boolean {
  const parts = path.replace(/^\/+/u, '').split('/');
  return matchParts(pattern.parts, parts, pattern.coversBelow);
}

/** Greedy with one way back, to the last `**`: what an earlier one could take, the last one can too. */
function matchParts(pattern: readonly string[], path: readonly string[], coversBelow: boolean): boolean {
  let at = 0;
  let star = -1;
  let starAt = 0;
  let index = 0;
  for (;;) {
    const part = pattern[index];
    if (part === '**') {
      star = index;
      starAt = at;
      index += 1;
      continue;
    }
    const isEnd = part === undefined;
    if (isEnd && (at === path.length || (coversBelow && at > 0))) return true;
    const segment = path[at];
    if (!isEnd && segment !== undefined && matchPart(part, segment)) {
      index += 1;
      at += 1;
      continue;
    }
    if (star === -1 || starAt >= path.length) return false;
    starAt += 1;
    at = starAt;
    index = star + 1;
  }
}

/** `*` any characters, `?` one, a backslash makes the next character plain. */
function matchPart(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let starAt = 0;
  let index = 0;
  while (at < text.length) {
    const character = pattern[index];
    if (character === '*') {
      star = index;
      starAt = at;
      index += 1;
      continue;
    }
    const isEscaped = character === '\\' && index + 1 < pattern.length;
    const wanted = isEscaped ? pattern[index + 1] : character;
    if (wanted !== undefined && ((character === '?' && !isEscaped) || wanted === text[at])) {
      index += isEscaped ? 2 : 1;
      at += 1;
    } else if (star !== -1) {
      starAt += 1;
      at = starAt;
      index = star + 1;
    } else return false;
  }
  while (pattern[index] === '*') index += 1;
  return index === pattern.length;
}
