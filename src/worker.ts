import type { Log } from './lib/log.ts';
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
  /** Further duties. They wait for others, so each runs beside the turn: nobody's message waits for them. */
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

type Duty = {
  readonly name: string;
  readonly everyMs: number;
  readonly run: () => Promise<number>;
  next: number;
};

/** Runs the loop's duties until stopped. A duty that fails is logged and tried again; the others go on. */
export function startWorker(options: WorkerOptions): Worker {
  const { parts, sealer, log } = options;
  const everyMs = options.everyMs ?? 200;
  const duties: readonly Duty[] = [
    { name: 'abandoned', everyMs: 5_000, run: () => settleAbandoned(parts), next: 0 },
    { name: 'sweep', everyMs: 1_000, run: () => sweep(parts), next: 0 },
    { name: 'speak', everyMs: 0, run: () => speak(parts), next: 0 },
    { name: 'verify', everyMs: 600_000, run: () => verify(parts), next: 0 },
    { name: 'seal', everyMs: 10_000, run: () => sealLedger(parts, sealer), next: 0 },
  ];
  let isStopping = false;
  let isAwake = true;
  let rouse: () => void = () => undefined;

  const turn = async (): Promise<boolean> => {
    let isBusy = false;
    for (const duty of duties) {
      const now = performance.now();
      if (isStopping || now < duty.next) continue;
      duty.next = now + duty.everyMs;
      try {
        if ((await duty.run()) > 0 && duty.everyMs === 0) isBusy = true;
      } catch (error) {
        log.error({ error, duty: duty.name }, 'a duty failed and will be tried again');
        duty.next = performance.now() + Math.max(duty.everyMs, 1_000);
      }
    }
    return isBusy;
  };

  const run = async () => {
    while (!isStopping) {
      isAwake = false;
      const isBusy = await turn();
      if (isBusy || isAwake || isStopping) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        rouse = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const stopping = new AbortController();
  const beside = (options.beside ?? []).map((duty) => runBeside(duty, log, stopping.signal));
  const running = run();
  const wake = () => {
    isAwake = true;
    rouse();
  };
  return {
    wake,
    stop: async () => {
      isStopping = true;
      stopping.abort();
      wake();
      await Promise.all([running, ...beside]);
    },
  };
}

async function runBeside(duty: BesideDuty, log: Log, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await duty.run(signal);
    } catch (error) {
      if (!signal.aborted) log.error({ error, duty: duty.name }, 'a duty failed and will be tried again');
    }
    await pause(duty.everyMs, signal);
  }
}

/** Over early when the signal comes. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
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
