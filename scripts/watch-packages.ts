import { spawnSync } from 'node:child_process';
import { z } from 'zod';

/** Whether a package that ships has a weakness that is known. Ends with 0: none; 1: some; 2: nobody could be asked. */
export type Verdict =
  | { readonly kind: 'clean'; readonly packages: number }
  | { readonly kind: 'found'; readonly lines: readonly string[] }
  | { readonly kind: 'unasked'; readonly reason: string };

/** Days in which it is mended or worked around, as SECURITY.md promises. */
const daysFor: Readonly<Record<string, number>> = { critical: 7, high: 7 };
const daysForOthers = 30;

const report = z.object({
  auditReportVersion: z.number(),
  vulnerabilities: z.record(
    z.string(),
    z.object({ severity: z.string(), range: z.string().default(''), fixAvailable: z.unknown() }),
  ),
  metadata: z.object({ dependencies: z.object({ prod: z.number() }) }),
});

/** Reads what `npm audit --json` wrote. Only a whole report counts as an answer: silence is no good news. */
export function judgeAudit(text: string, isOffline: boolean): Verdict {
  if (isOffline) return { kind: 'unasked', reason: 'npm is set to work offline' };
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return { kind: 'unasked', reason: 'npm gave no report' };
  }
  const parsed = report.safeParse(read);
  if (!parsed.success) {
    const said = z.object({ message: z.string() }).safeParse(read);
    return { kind: 'unasked', reason: said.success ? said.data.message : 'npm gave no report' };
  }
  const found = Object.entries(parsed.data.vulnerabilities);
  if (found.length === 0) return { kind: 'clean', packages: parsed.data.metadata.dependencies.prod };
  const lines = found.map(([name, { severity, range, fixAvailable }]) => {
    const days = daysFor[severity] ?? daysForOthers;
    const fix = fixAvailable === false ? 'no newer version mends it' : 'a newer version mends it';
    return `${name} ${range}: ${severity}, to be mended within ${days} days; ${fix}`;
  });
  return { kind: 'found', lines };
}

const ended = { clean: 0, found: 1, unasked: 2 } as const;

function main(): number {
  const npm = (args: readonly string[]) => spawnSync('npm', args, { encoding: 'utf8' }).stdout.trim();
  const isOffline = npm(['config', 'get', 'offline']) === 'true';
  const verdict = judgeAudit(isOffline ? '' : npm(['audit', '--json', '--omit=dev']), isOffline);
  if (verdict.kind === 'clean') console.log(`No known weakness in ${verdict.packages} packages.`);
  if (verdict.kind === 'found') for (const line of verdict.lines) console.log(line);
  if (verdict.kind === 'unasked')
    console.log(`Nothing was checked: the registry could not be asked (${verdict.reason}).`);
  return ended[verdict.kind];
}

if (import.meta.main) process.exitCode = main();
