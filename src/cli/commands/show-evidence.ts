import { line, plural } from '../output.ts';
import type { FileVerdict } from './evidence-verify.ts';

type Shown = NonNullable<FileVerdict['summary']> & {
  readonly loop?: string;
  readonly from?: number;
  readonly until?: number;
  readonly stories?: number;
  readonly rows?: number;
  readonly results?: number;
  readonly entries?: number;
  readonly sealedThrough?: number;
  readonly notSealedYet?: number;
  readonly checkpoints?: number;
  readonly held?: number;
  readonly erased?: number;
};

/** What was checked of a file, and every finding. */
export function showVerdict(file: string, verdict: FileVerdict, checkpoints: string | undefined): void {
  const { findings, isWhole, more = 0 } = verdict;
  const summary: Shown | undefined = verdict.summary;
  const n = findings.length + more;
  line(`${file}: ${isWhole ? 'whole' : `not as it was written, ${plural(n, 'finding')}`}`);
  if (summary !== undefined) showSummary(summary, checkpoints);
  for (const { kind, where, detail } of findings) line(`  ${kind}: ${where}. ${detail}`);
  if (more > 0) line(`  and ${more} more`);
}

function showSummary(summary: Shown, checkpoints: string | undefined): void {
  const { loop, from, until, stories, rows, results, entries, held, erased = 0 } = summary;
  if (loop !== undefined) line(`  loop         ${loop}`);
  if (from !== undefined && until !== undefined) line(`  period       ${instant(from)} to ${instant(until)}`);
  if (stories !== undefined) line(`  stories      ${stories}${openStories(summary)}`);
  if (rows !== undefined) line(`  rows         ${rows}`);
  if (results !== undefined) line(`  results      ${results}`);
  if (entries !== undefined) line(`  entries      ${entries}${openEntries(summary)}`);
  if (summary.checkpoints !== undefined)
    line(
      `  checkpoints  ${summary.checkpoints}${checkpoints === undefined ? '' : `, held against ${checkpoints}`}`,
    );
  if (held !== undefined)
    line(`  personal     ${plural(held, 'value')}${erased > 0 ? `, ${erased} erased` : ''}`);
  line(`  signed by    ${summary.keyIds.join(', ')}${summary.isTrusted ? ', trusted' : ''}`);
}

function openStories({ notSealedYet = 0 }: Shown): string {
  return notSealedYet > 0 ? `, ${notSealedYet} of them not sealed to the end yet` : ', all sealed';
}

function openEntries({ entries = 0, sealedThrough }: Shown): string {
  if (sealedThrough === undefined) return '';
  const open = entries - sealedThrough;
  return open > 0 ? `, the last ${open} not sealed yet` : ', all sealed';
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
