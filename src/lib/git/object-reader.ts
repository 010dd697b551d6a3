import { Socket } from 'node:net';
import { type BatchAnswer, type ObjectInfo, openBatchParser } from './batch-parser.ts';
import type { GitPlace } from './environment.ts';
import { spawnGit } from './run.ts';

/**
 * Long-lived `git cat-file` processes: one answers what an object is, the other gives its content. Starting a
 * process costs milliseconds, an answer microseconds. Both start when first asked and end when idle.
 */
export type ObjectReader = {
  /** What a name such as `HEAD^{commit}` or `<commit>:<path>` stands for. */
  check(name: string): Promise<ObjectInfo | undefined>;
  /** Content of an object up to `bytesMax`; asked only after its size is known. */
  read(info: ObjectInfo, bytesMax: number): Promise<Buffer | 'missing' | 'too-large'>;
  /** Lets the processes end. The reader may be asked again: they start anew. */
  close(): void;
};

/** Names longer than this are no path that git could hold in a report. */
const nameLengthMax = 8192;
/** No answer within this time: the process is ended and everything asked is unknown. Idle as long, it ends too. */
const silenceMsMax = 10_000;

export function openObjectReader(place: GitPlace): ObjectReader {
  const checker = openBatch(place, 'batch-check');
  const contents = openBatch(place, 'batch-read');
  return {
    check: async (name) => (await checker.ask(name))?.info,
    read: async (info, bytesMax) => {
      if (info.size > bytesMax) return 'too-large';
      return (await contents.ask(info.oid))?.content ?? 'missing';
    },
    close: () => {
      checker.close();
      contents.close();
    },
  };
}

type Batch = { ask(name: string): Promise<BatchAnswer | undefined>; close(): void };

function openBatch(place: GitPlace, mode: 'batch-check' | 'batch-read'): Batch {
  let running: Running | undefined;
  return {
    ask: (name) => {
      if (name === '' || name.length > nameLengthMax || /[\n\0]/u.test(name))
        return Promise.resolve(undefined);
      if (running === undefined || running.ended()) running = start(place, mode);
      return running.ask(name);
    },
    close: () => {
      running?.finish();
      running = undefined;
    },
  };
}

type Running = {
  ask(name: string): Promise<BatchAnswer | undefined>;
  finish(): void;
  ended(): boolean;
};

function start(place: GitPlace, mode: 'batch-check' | 'batch-read'): Running {
  const child = spawnGit(place, mode);
  const waiting: ((answer: BatchAnswer | undefined) => void)[] = [];
  let first = 0;
  let hasEnded = false;
  let isHeld = true;

  const end = (): void => {
    hasEnded = true;
    clearTimeout(timer);
    for (const resolve of waiting.splice(0).slice(first)) resolve(undefined);
    first = 0;
    child.kill('SIGKILL');
  };
  const tick = (): void => (waiting.length > first ? end() : finish());
  const finish = (): void => {
    hasEnded = true;
    child.stdin.end();
  };
  const timer = setTimeout(tick, silenceMsMax).unref();

  /** Only open questions keep this process alive. */
  const hold = (isWanted: boolean): void => {
    if (isHeld === isWanted) return;
    isHeld = isWanted;
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) {
      if (handle === child || handle instanceof Socket) {
        if (isWanted) handle.ref();
        else handle.unref();
      }
    }
    timer.refresh();
  };
  const answer = (found: BatchAnswer | undefined): void => {
    const resolve = waiting[first];
    first += 1;
    if (first === waiting.length) {
      waiting.length = 0;
      first = 0;
      hold(false);
    }
    resolve?.(found);
  };

  const feed = openBatchParser(mode === 'batch-read', answer, end);
  child.stdout.on('data', (chunk: Buffer) => {
    timer.refresh();
    feed(chunk);
  });
  child.stderr.resume();
  child.stdin.on('error', end);
  child.on('error', end);
  child.on('close', end);

  return {
    ask: (name) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        hold(true);
        child.stdin.write(`${name}\n`);
      }),
    finish,
    ended: () => hasEnded,
  };
}
