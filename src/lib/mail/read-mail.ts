import { Worker } from 'node:worker_threads';
import { type MailInput, type MailResult, mailBytesMax } from './parse-mail.ts';

/** A mail of the largest size takes a tenth of this. */
const timeMsMax = 5000;
const heapMbMax = 192;

/**
 * Reads a mail that anybody may have written, in a thread of its own with a bound on memory and time: what does not
 * end is ended. Never throws.
 */
export async function readMail(input: MailInput, timeoutMs = timeMsMax): Promise<MailResult> {
  if (input.kind === 'eml' && input.bytes.length > mailBytesMax)
    return { kind: 'unreadable', reason: `larger than ${mailBytesMax} bytes` };
  // The published package holds built files beside this one.
  const file = import.meta.url.endsWith('.ts') ? './mail-worker.ts' : './mail-worker.js';
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: input,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heapMbMax, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<MailResult>((resolve) => {
      const give = (reason: string) => resolve({ kind: 'unreadable', reason });
      timer = setTimeout(() => give('it takes too long to read'), timeoutMs);
      worker.once('message', resolve);
      worker.once('error', () => give('it takes too much memory to read, or is no mail'));
      worker.once('exit', () => give('it could not be read'));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
