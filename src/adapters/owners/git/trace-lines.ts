import { LRUCache } from 'lru-cache';
import type { Where } from '../../../core/event.ts';
import type { Clone } from '../../../lib/git/clones.ts';
import { lineCommits } from '../../../lib/git/line-commits.ts';

/** Files of one batch whose lines are traced; each costs a process and a walk through the file's history. */
const filesMax = 200;
/** Processes side by side. */
const processesMax = 4;
/** After this many files that took too long, the rest of a batch is left alone. */
const failuresMax = 3;
const linesKeptMax = 50_000;

/** For places without a commit: which commit brought the line that stands at the head now, by `lineKey`. */
export type TraceLines = (
  clone: Clone,
  head: string,
  places: readonly Where[],
) => Promise<ReadonlyMap<string, string>>;

export const lineKey = (file: string, line: number): string => `${line} ${file}`;

/** Remembers what it traced: the same lines come again with every report. */
export function openLineTracer(): TraceLines {
  const kept = new LRUCache<string, string>({ max: linesKeptMax });
  return async (clone, head, places) => {
    const traced = new Map<string, string>();
    const keptKey = (key: string): string => `${clone.path}\n${head}\n${key}`;
    const open = new Map<string, number[]>();
    for (const { commit, file, line } of places) {
      if (commit !== undefined || file === undefined || line === undefined) continue;
      const known = kept.get(keptKey(lineKey(file, line)));
      if (known !== undefined) {
        traced.set(lineKey(file, line), known);
        continue;
      }
      const lines = open.get(file) ?? [];
      lines.push(line);
      open.set(file, lines);
    }
    const files = [...open].slice(0, filesMax);
    let next = 0;
    let failures = 0;
    const work = async (): Promise<void> => {
      for (let entry = files[next++]; entry !== undefined && failures < failuresMax; entry = files[next++]) {
        const [file, lines] = entry;
        const commits = await lineCommits(clone, head, file, lines);
        if (commits === undefined) failures += 1;
        for (const [line, oid] of commits ?? []) {
          traced.set(lineKey(file, line), oid);
          kept.set(keptKey(lineKey(file, line)), oid);
        }
      }
    };
    await Promise.all(Array.from({ length: processesMax }, work));
    return traced;
  };
}
