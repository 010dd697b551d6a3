import type { OwnerRef } from '../../../core/owner.ts';
import { compilePattern, matchesPath, type PathPattern } from './match-path.ts';

export type Rule = {
  readonly line: number;
  readonly text: string;
  readonly pattern: PathPattern;
  /** Empty: the rule takes ownership away. */
  readonly owners: readonly OwnerRef[];
  /** Whether the pattern covers every file. */
  readonly isDefault: boolean;
};
export type CodeownersFile = {
  readonly rules: readonly Rule[];
  /** Lines that GitHub skips too. */
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
};

/** GitHub reads no larger file ("CODEOWNERS file size", about code owners). */
export const codeownersBytesMax = 3 * 1024 * 1024;
const rulesMax = 50_000;
const ownersOfRuleMax = 100;

/** `@login`, `@organisation/team`; logins have at most 39 characters, enterprise-managed ones an underscore. */
const handle = /^@([A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})(?:\/[A-Za-z0-9_.-]{1,100})?)$/u;
const email = /^[^\s@<>]{1,64}@[^\s@<>]{1,190}$/u;

/** Parses a CODEOWNERS file as GitHub does. A line with a syntax error is skipped, never a fault. */
export function parseCodeowners(text: string): CodeownersFile {
  const rules: Rule[] = [];
  const skipped: { readonly line: number; readonly reason: string }[] = [];
  for (const [index, raw] of text
    .replace(/^\ufeff/u, '')
    .split(/\r\n|\n|\r/u)
    .entries()) {
    const line = index + 1;
    if (rules.length >= rulesMax) {
      skipped.push({ line, reason: `only ${rulesMax} rules are read` });
      break;
    }
    const [patternText, ...words] = splitLine(raw);
    if (patternText === undefined) continue;
    const pattern = compilePattern(patternText);
    const owners = words.slice(0, ownersOfRuleMax).map(ownerOf);
    if (pattern === undefined)
      skipped.push({ line, reason: 'negation and character ranges are not supported' });
    else if (owners.includes(undefined))
      skipped.push({ line, reason: 'an owner is neither @name nor an e-mail' });
    else {
      rules.push({
        line,
        text: patternText,
        pattern,
        owners: owners.flatMap((owner) => owner ?? []),
        isDefault: /^\/?\*{1,2}(?:\/\*{1,2})?$|^\/$/u.test(patternText) && patternText !== '/*',
      });
    }
  }
  return { rules, skipped };
}

/** Words of a line: blanks part them unless escaped; `#` at the start of a word begins a comment. */
function splitLine(raw: string): readonly string[] {
  const words: string[] = [];
  for (const match of raw.matchAll(/(?:\\.|[^\s\\]|\\$)+/gu)) {
    if (match[0].startsWith('#')) break;
    words.push(match[0]);
  }
  return words;
}

function ownerOf(word: string): OwnerRef | undefined {
  const name = handle.exec(word)?.[1];
  if (name !== undefined) return { kind: 'stranger', account: { system: 'github', name } };
  return email.test(word) ? { kind: 'stranger', email: word.toLowerCase() } : undefined;
}

/** The last rule that covers the path; undefined when none does. Its owners may be empty: then nobody owns it. */
export function findRule(file: CodeownersFile, path: string): Rule | undefined {
  return file.rules.findLast((rule) => matchesPath(rule.pattern, path));
}
