import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type GitRepository, makeRepository } from '../test/support/git-repository.ts';
import { fakeSecret } from '../test/support/house.ts';
import { type Figure, figure, note, size } from './support/figure.ts';

const secondsMax = 2;
const rssMbMax = 200;
const runs = 3;
const authors = 20;
const findingsAFile = 10;

/** `foldback try` on a gitleaks report and its clone: seconds from start to end, and the most memory it took. */
export async function bench(): Promise<Figure> {
  const findings = size('TRY_FINDINGS', 1000);
  const repository = makeRepository();
  try {
    const report = join(repository.path, '.git', 'report.json');
    writeFileSync(report, JSON.stringify(leakAll(repository, findings)));
    const times: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      // The first run of a newcomer has nothing compiled beforehand; the others show what the cache saves.
      const { seconds, rssMb } = await tryOnce(report, repository.path, findings, run === 0);
      note(`${run === 0 ? 'nothing compiled before' : 'again'}: ${seconds.toFixed(2)} s, ${rssMb} MB`);
      if (rssMb > rssMbMax) note(`past ${rssMbMax} MB`);
      times.push(seconds);
    }
    return figure(secondsMax, Math.max(...times), 's');
  } finally {
    repository.remove();
  }
}

/** Commits the files and gives what gitleaks 8 would report of them. */
function leakAll(repository: GitRepository, findings: number): readonly object[] {
  const reported: object[] = [];
  for (let file = 0; file * findingsAFile < findings; file += 1) {
    const path = `services/component-${file}/settings.py`;
    const count = Math.min(findingsAFile, findings - file * findingsAFile);
    const secrets = Array.from({ length: count }, (_, n) => fakeSecret(file * findingsAFile + n));
    const who = { name: `Person ${file % authors}`, email: `p${file % authors}@example.com` };
    const commit = repository.commit(
      { [path]: secrets.map((secret) => `KEY = "${secret}"\n`).join('') },
      who,
    );
    for (const [index, secret] of secrets.entries()) {
      reported.push({
        RuleID: 'generic-api-key',
        Description: 'Detected a Generic API Key, potentially exposing access to various services',
        StartLine: index + 1,
        EndLine: index + 1,
        StartColumn: 8,
        EndColumn: 8 + secret.length,
        Match: `KEY = "${secret}"`,
        Secret: secret,
        File: path,
        SymlinkFile: '',
        Commit: commit,
        Entropy: 4.2,
        Author: who.name,
        Email: who.email,
        Date: '2026-01-05T10:00:00Z',
        Message: `change ${file}`,
        Tags: [],
        Fingerprint: `${commit}:${path}:generic-api-key:${index + 1}`,
      });
    }
  }
  return reported;
}

async function tryOnce(
  report: string,
  repo: string,
  findings: number,
  isUncached: boolean,
): Promise<{ readonly seconds: number; readonly rssMb: number }> {
  const command = resolve(import.meta.dirname, '../bin/foldback.js');
  const startedAt = performance.now();
  const child = spawn(process.execPath, [command, 'try', report, '--repo', repo, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...(isUncached ? { NODE_DISABLE_COMPILE_CACHE: '1' } : {}) },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  let rssMb = 0;
  const looking = setInterval(() => {
    rssMb = Math.max(rssMb, peakMb(child.pid));
  }, 10);
  const code = await new Promise((ended) => child.once('close', ended));
  clearInterval(looking);
  const seconds = (performance.now() - startedAt) / 1000;
  const { summary }: { readonly summary?: { readonly events: number } } = JSON.parse(
    output.trimEnd().split('\n').at(-1) ?? '{}',
  );
  if (code !== 0 || summary?.events !== findings)
    throw new Error(`it ended with ${code}: ${output.slice(-300)}`);
  return { seconds, rssMb };
}

/** The most memory that a process has had so far, as Linux counts it. */
function peakMb(pid: number | undefined): number {
  try {
    const [, kb] = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kb ?? 0) / 1024);
  } catch {
    // It has ended.
    return 0;
  }
}
