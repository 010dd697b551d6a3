import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openSmtpSink } from '../support/smtp-sink.ts';
import { type CrashSettings, isAnswered, peopleFile } from './crash-app.ts';
import { type Outcome, readOutcome } from './outcome.ts';

export type RoundsOptions = {
  /** A real PostgreSQL; the embedded store when left out. */
  readonly postgres?: string;
  /** How often the process is killed. */
  readonly rounds: number;
  readonly seed: number;
  /** Kills no more than twice after this, for a machine with little time; the outcome tells how many rounds there were. */
  readonly minutesMax?: number;
};

/** The outcome, with the number of times that the process was killed. */
export type Killed = Outcome & { readonly rounds: number };

const program = join(import.meta.dirname, 'child.ts');
/** Longest time that a process may take to be ready or to come to its end. */
const patienceMs = 120_000;

/** Kills the product again and again while it works, lets it finish, and reads what is left. */
export async function runRounds(options: RoundsOptions): Promise<Killed> {
  const { postgres, rounds, seed } = options;
  const folder = mkdtempSync(join(tmpdir(), 'foldback-crash-'));
  writeFileSync(join(folder, 'people.yaml'), peopleFile());
  const sink = await openSmtpSink();
  const schema = `k_${randomBytes(6).toString('hex')}`;
  const database = postgres === undefined ? undefined : new pg.Client({ connectionString: postgres });
  await database?.connect();
  await database?.query(`create schema ${schema}`);
  const heard = { accepted: new Set<number>(), replied: new Set<number>() };
  const random = seeded(seed);
  const settingsOf = (round: number): CrashSettings => ({
    folder,
    ...(postgres === undefined ? {} : { database: `${postgres}?options=-c%20search_path%3D${schema}` }),
    smtpPort: sink.port,
    seed,
    round,
    next: heard.accepted.size,
    toAnswer: [...heard.accepted].filter((n) => isAnswered(n) && !heard.replied.has(n)),
  });
  const listen = (line: string): void => {
    const [word, n] = line.split(' ');
    if (word === 'accepted') heard.accepted.add(Number(n));
    if (word === 'replied') heard.replied.add(Number(n));
  };
  try {
    // Ends by itself, so that Node keeps the compiled modules for those that are killed.
    await runChild({ ...settingsOf(0), last: 0 }, listen);
    const endsAt = performance.now() + (options.minutesMax ?? 600) * 60_000;
    let round = 1;
    for (; round <= rounds && (round <= 2 || performance.now() < endsAt); round += 1) {
      // Half of them die while they start and mend, the others in the midst of their work, however slow the machine.
      const after = round % 2 === 0 ? 'ready' : 'accepted';
      await runChild(settingsOf(round), listen, { after, ms: Math.floor(20 + random() * 580) });
    }
    await runChild({ ...settingsOf(round), last: heard.accepted.size }, listen);
    return { rounds: round - 1, ...(await readOutcome(settingsOf(round + 1), heard, sink.mails)) };
  } finally {
    await database?.query(`drop schema ${schema} cascade`);
    await database?.end();
    await sink.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the program until it is killed, so many milliseconds after it was ready or had accepted something, or to its end. */
async function runChild(
  settings: CrashSettings,
  listen: (line: string) => void,
  kill?: { readonly after: 'ready' | 'accepted'; readonly ms: number },
): Promise<void> {
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(settings.folder, 'compiled') },
  });
  const lines: string[] = [];
  let rest = '';
  let complaint = '';
  let isDoomed = false;
  let timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-4000);
  });
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      listen(line);
      if (kill === undefined || isDoomed || !line.startsWith(kill.after)) continue;
      isDoomed = true;
      clearTimeout(timer);
      timer = setTimeout(() => child.kill('SIGKILL'), kill.ms);
    }
  });
  // `close` and not `exit`: all that it said before it died has been read by then.
  const signal = await new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('close', (_code, by) => resolve(by));
  });
  clearTimeout(timer);
  const isAsPlanned = kill === undefined ? lines.at(-1) === 'done' : signal === 'SIGKILL' && isDoomed;
  if (!isAsPlanned) throw new Error(`round ${settings.round} ended by itself (${signal}): ${complaint}`);
}

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
