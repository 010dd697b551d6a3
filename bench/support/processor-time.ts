import { readFileSync } from 'node:fs';

/** Clock ticks of Linux a second, as `getconf CLK_TCK` says nearly everywhere. */
const ticksPerSecond = 100;

/** Seconds of processor time that a process has used; undefined where the system does not tell. */
export function processorSeconds(pid: number | undefined): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name may hold anything; the numbers follow its last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return undefined;
  }
}
