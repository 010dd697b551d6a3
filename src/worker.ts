import type { Log } from './lib/log.ts';
import { pause } from './lib/pause.ts';
import { traced } from './lib/trace.ts';
import { announce } from './loop/announce.ts';
import { deliver, isPaused, settleAbandoned } from './loop/deliver.ts';
import type { LoopParts } from './loop/parts.ts';
import { plan } from './loop/plan.ts';
import { type Sealer, sealLedger } from './loop/seal.ts';
import { sweep } from './loop/sweep.ts';
import { verify } from './loop/verify.ts';

export type Worker = {
  /** Look now instead of at the next turn. */
  wake(): void;
  /** Ends after the turn that runs; what was claimed is recorded. */
  stop(): Promise<void>;
};

export type WorkerOptions = {
  readonly parts: LoopParts;
  readonly sealer: Sealer;
  readonly log: Log;
  /** Further duties, such as reading sources. */
  readonly beside?: readonly BesideDuty[];
  /** Longest wait between two looks, milliseconds. Another process may have made something due. */
  readonly everyMs?: number;
};

export type BesideDuty = {
  readonly name: string;
  /** Pause between the end of one run and the next. */
  readonly everyMs: number;
  /** Ends early when the worker stops. */
  readonly run: (signal: AbortSignal) => Promise<unknown>;
};

/**
 * Runs the loop's duties until stopped. A duty that fails is logged and tried again; the others go on. Speaking has a
 * turn of its own: what waits for a clone or looks through many cases never holds up a message.
 */
export function startWorker(options: WorkerOptions): Worker {
  const { parts, sealer, log } = options;
  const everyMs = options.everyMs ?? 200;
  const stopping = new AbortController();
  let isAwake = true;
  let rouse: () => void = () => undefined;
  const duties: readonly BesideDuty[] = [
    { name: 'abandoned', everyMs: 5_000, run: () => settleAbandoned(parts) },
    { name: 'sweep', everyMs: 1_000, run: () => sweep(parts) },
    { name: 'verify', everyMs: 600_000, run: () => verify(parts) },
    { name: 'announce', everyMs: 1_000, run: (signal) => tellPrograms(parts, log, signal) },
    { name: 'seal', everyMs: 10_000, run: () => sealLedger(parts, sealer) },
    ...(options.beside ?? []),
  ];

  const turn = async (): Promise<boolean> => {
    try {
      return (await speak(parts)) > 0;
    } catch (error) {
      log.error({ error, duty: 'speak' }, 'a duty failed and will be tried again');
      await pause(1_000, stopping.signal);
      return false;
    }
  };

  const run = async () => {
    while (!stopping.signal.aborted) {
      isAwake = false;
      const isBusy = await turn();
      if (isBusy || isAwake || stopping.signal.aborted) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        rouse = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = [run(), ...duties.map((duty) => runBeside(duty, log, stopping.signal))];
  const wake = () => {
    isAwake = true;
    rouse();
  };
  return {
    wake,
    stop: async () => {
      stopping.abort();
      wake();
      await Promise.all(running);
    },
  };
}

async function tellPrograms(parts: LoopParts, log: Log, signal: AbortSignal): Promise<void> {
  const { dead } = await announce(parts, signal);
  if (dead > 0) log.warn({ dead }, 'changes of cases that no receiver took for days are told no more');
}

async function runBeside(duty: BesideDuty, log: Log, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await traced('duty', { 'foldback.duty': duty.name }, () => duty.run(signal));
    } catch (error) {
      if (!signal.aborted) log.error({ error, duty: duty.name }, 'a duty failed and will be tried again');
    }
    await pause(duty.everyMs, signal);
  }
}

async function speak(parts: LoopParts): Promise<number> {
  if (await isPaused(parts)) return 0;
  // Beside each other: what is planned now is handed over in the next turn, which follows at once.
  const [planned, delivered] = await Promise.allSettled([plan(parts), deliver(parts)]);
  if (planned.status === 'rejected') throw planned.reason;
  if (delivered.status === 'rejected') throw delivered.reason;
  const { sent, uncertain, failed } = delivered.value;
  return planned.value + sent + uncertain + failed;
}
