import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Which process a file speaks of. A process id alone lies: it is used again, after a restart of the machine and in
 * every container.
 */
export type ProcessIdentity = {
  readonly pid: number;
  /** Host, boot and process-id namespace: within one place process ids can be asked after. */
  readonly place: string;
  /** When the process began, in the kernel's own count; '' where the system does not say. */
  readonly began: string;
};

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, place: ownPlace(), began: processBegan(process.pid) };
}

/** Whether the process runs: `elsewhere` when it belongs to another host or container and cannot be asked after. */
export function isRunning(identity: ProcessIdentity): 'yes' | 'no' | 'elsewhere' {
  if (identity.place !== ownPlace()) return 'elsewhere';
  if (!isPidAlive(identity.pid)) return 'no';
  const began = processBegan(identity.pid);
  return began === '' || identity.began === '' || began === identity.began ? 'yes' : 'no';
}

export function isIdentity(raw: unknown): raw is ProcessIdentity {
  if (typeof raw !== 'object' || raw === null || !('pid' in raw) || !('place' in raw) || !('began' in raw))
    return false;
  const isPid = typeof raw.pid === 'number' && Number.isInteger(raw.pid) && raw.pid > 0;
  return isPid && typeof raw.place === 'string' && typeof raw.began === 'string';
}

function isPidAlive(pid: number): boolean {
  try {
    // Signal 0 is delivered to nobody; it only asks.
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, under another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return processState(pid) !== 'Z';
}

function ownPlace(): string {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname(), boot, namespace].join(' ');
}

/** Field 22 of proc_pid_stat(5): clock ticks from boot to the start of the process. */
function processBegan(pid: number): string {
  return statFields(pid)[19] ?? '';
}

/** Field 3 of proc_pid_stat(5). A zombie has released everything but its number. */
function processState(pid: number): string {
  return statFields(pid)[0] ?? '';
}

/** The fields from the third on: the second, the name, may hold blanks and parentheses. */
function statFields(pid: number): readonly string[] {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return text === '' ? [] : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** '' where this system has no such file. */
function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
