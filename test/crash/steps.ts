import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { openSmtpSink } from '../support/smtp-sink.ts';
import { peopleFile, type Step, type StepReport, type StepSettings, stepReport } from './step-settings.ts';

export type KillAt = { readonly step: Step; readonly nth: number };

const program = join(import.meta.dirname, 'step-child.ts');

/** The test that a process which is killed at each of these steps, and started again, keeps what it promised. */
export function survives(kills: readonly KillAt[]): void {
  const { url, reason } = inject('postgres');
  test(`over the embedded store`, () => play(kills), 3_600_000);
  test.skipIf(url === undefined)(
    `over PostgreSQL${url === undefined ? `: ${reason}` : ''}`,
    () => play(kills, url),
    3_600_000,
  );
}

async function play(kills: readonly KillAt[], postgres?: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'foldback-crash-'));
  writeFileSync(join(folder, 'people.yaml'), peopleFile(kills.length + 1));
  const sink = await openSmtpSink();
  const schema = `s_${randomBytes(6).toString('hex')}`;
  const database = postgres === undefined ? undefined : new pg.Client({ connectionString: postgres });
  await database?.connect();
  await database?.query(`create schema ${schema}`);
  const base = {
    folder,
    smtpPort: sink.port,
    seed: 7,
    ...(postgres === undefined ? {} : { database: `${postgres}?options=-c%20search_path%3D${schema}` }),
  };
  const reports: StepReport[] = [];
  let killed = 0;
  try {
    for (let start = 0; start <= kills.length; start += 1) {
      const kill = kills[start];
      const ended = await runChild({
        ...base,
        start,
        ...(start === 0 ? {} : { finish: start - 1 }),
        ...(kill === undefined ? {} : { begin: { work: start, ...kill } }),
      });
      if (ended.signal === 'SIGKILL') killed += 1;
      reports.push(...ended.reports);
    }
    const ids = sink.mails.map(({ mail }) => mail.messageId ?? '');
    const sent = new Set(ids.map((id) => id.replace(/^<|@.*$/gu, '')));
    const accepted = reports.flatMap(({ mails }) => mails);
    const uncertain = reports.flatMap((report) => report.uncertain);
    const figures = {
      kills: kills.length,
      killed,
      events: reports.reduce((sum, { events }) => sum + events, 0),
      mails: ids.length,
      uncertain: uncertain.length,
      doubled: ids.length - new Set(ids).size,
    };
    process.stdout.write(
      `${JSON.stringify({ store: postgres === undefined ? 'embedded' : 'postgres', ...figures })}\n`,
    );
    expect(reports.flatMap(({ faults }) => faults)).toEqual([]);
    expect(figures.doubled).toBe(0);
    expect(accepted.filter((id) => !sent.has(id))).toEqual([]);
    expect([...sent].filter((id) => !accepted.includes(id) && !uncertain.includes(id))).toEqual([]);
    expect(killed).toBeGreaterThan(kills.length / 2);
  } finally {
    await database?.query(`drop schema ${schema} cascade`);
    await database?.end();
    await sink.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Ended = { readonly signal: NodeJS.Signals | null; readonly reports: readonly StepReport[] };

async function runChild(settings: StepSettings): Promise<Ended> {
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-4000);
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('close', (...how) => resolve(how));
  });
  if (code !== 0 && signal !== 'SIGKILL')
    throw new Error(`start ${settings.start} ended with ${code}: ${complaint}`);
  const lines = said.split('\n').filter((line) => line !== '');
  return { signal, reports: lines.map((line) => stepReport.parse(JSON.parse(line))) };
}
