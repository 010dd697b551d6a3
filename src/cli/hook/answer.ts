import type { MessageWords } from '../../core/message-template.ts';
import { oneLine } from '../../lib/escape.ts';
import { plural } from '../output.ts';
import type { FileHit } from './scan-files.ts';

export type HookKind = 'pre-commit' | 'pre-receive';

/** Places shown; more than these are found again once the first are gone. */
const shownMax = 20;

/** The behaviour whose words say what a secret is called and how it is replaced. */
export const spokenBehaviour = 'secret-in-repository';

const heads: Readonly<Record<HookKind, (count: string) => string>> = {
  'pre-commit': (count) =>
    `Foldback found ${count} in what you are about to commit. The commit was not made.`,
  'pre-receive': (count) => `Foldback found ${count} in what was pushed. The push was not taken.`,
};

const takeOut: Readonly<Record<HookKind, string>> = {
  'pre-commit': 'Take it out of the file, keep it in your vault, and commit again.',
  'pre-receive': 'Take it out of the commit (git commit --amend, or git rebase), then push again.',
};

/** What the person at the keyboard reads: where, what kind, and the one thing to do. Never the value. */
export function answerText(
  kind: HookKind,
  hits: readonly FileHit[],
  words: MessageWords | undefined,
): string {
  const lines = [heads[kind](plural(hits.length, 'secret')), ''];
  for (const { path, line, commit, provider } of hits.slice(0, shownMax)) {
    const fix = words?.providers.get(provider) ?? words?.generic;
    const at = commit === undefined ? '' : `, commit ${commit.slice(0, 10)}`;
    lines.push(`  ${oneLine(path)}, line ${line}${at}: ${fix?.thing ?? 'a secret'}`);
    lines.push(`    ${takeOut[kind]}`);
    if (fix !== undefined)
      lines.push(`    If anyone may have seen it: ${fix.step} (${fix.minutes} minutes).`);
  }
  if (hits.length > shownMax) lines.push(`  … and ${hits.length - shownMax} more.`);
  lines.push('', 'Made up for tests? Whoever runs Foldback can say so, in the file of suppressions.');
  return lines.join('\n');
}
