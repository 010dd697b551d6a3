import { note } from './output.ts';

export type Progress = {
  /** Where it stands; `share` from 0 to 1. Shown now and then. */
  at(text: string, share: number): void;
  /** A line of its own, above the progress. */
  say(text: string): void;
  end(): void;
};

/** Off a terminal a line at most this often. */
const everyMs = 5_000;

/** Progress on standard error: a spinner on a terminal, else a line every five seconds. */
export function openProgress(title: string): Progress {
  const started = performance.now();
  const isTerminal = process.stderr.isTTY === true && process.env.CI === undefined;
  let spinner: Spinner | undefined;
  let isOver = false;
  if (isTerminal) {
    void loadSpinner(title).then((loaded) => {
      if (isOver) loaded.clear();
      else spinner = loaded;
    });
  }
  let saidAt = started;
  return {
    at: (text, share) => {
      const now = performance.now();
      // What is sent may still wait in buffers: of the last stretch only the count says anything.
      const percent = share < 1 ? `, ${Math.floor(share * 100)} %${remaining(now - started, share)}` : '';
      const line = `${title}: ${text}${percent}`;
      if (spinner !== undefined) spinner.message(line);
      else if (!isTerminal && now - saidAt >= everyMs) {
        saidAt = now;
        note(line);
      }
    },
    say: (text) => {
      spinner?.clear();
      note(text);
      spinner?.start(title);
    },
    end: () => {
      isOver = true;
      spinner?.clear();
    },
  };
}

function remaining(elapsedMs: number, share: number): string {
  if (share <= 0.01) return '';
  return `, about ${Math.ceil((elapsedMs * (1 - share)) / share / 1000)} s left`;
}

type Spinner = { start(title: string): void; message(text: string): void; clear(): void };

async function loadSpinner(title: string): Promise<Spinner> {
  const { spinner } = await import('@clack/prompts');
  // The spinner takes the keyboard: without this, Ctrl-C would end in success. 130: as a shell counts SIGINT.
  const made = spinner({ output: process.stderr, onCancel: () => process.exit(130) });
  made.start(title);
  return {
    start: (text) => made.start(text),
    message: (text) => made.message(text),
    clear: () => made.clear(),
  };
}
