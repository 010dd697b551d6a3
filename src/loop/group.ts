import type { Event } from '../core/event.ts';
import { fingerprintKey, isStrong } from '../core/fingerprint.ts';
import type { SpanRow } from '../ports/store.ts';

/** Where an event's bytes stand in an immutable commit, with the columns that say which bytes. */
export type Span = Omit<SpanRow, 'loop'>;

/** The keys under which an event joins a loop of a behaviour. */
export function keysOf(event: Event, behaviour: string): readonly string[] {
  const strong: string[] = [];
  const places: string[] = [];
  for (const fingerprint of event.fingerprints) {
    (isStrong(fingerprint.kind) ? strong : places).push(`${behaviour}:${fingerprintKey(fingerprint)}`);
  }
  if (strong.length === 0) return places;
  // A line of a commit with its columns never changes, so its place may join what the scanner hid in one report and
  // showed in another. A place that can change would turn a new secret on an old line into the old one.
  const isExact = event.where.commit !== undefined && event.where.startColumn !== undefined;
  return isExact ? [...strong, ...places] : strong;
}

export function spanOf(event: Event, idOf: (parts: readonly string[]) => string): Span | undefined {
  const { commit, file, line, startColumn, endColumn } = event.where;
  const provider = event.secret?.provider ?? event.identity?.provider;
  if (commit === undefined || file === undefined || line === undefined || provider === undefined)
    return undefined;
  if (startColumn === undefined || endColumn === undefined) return undefined;
  return {
    place: idOf(['span', commit, file, String(line)]),
    source: event.source,
    provider,
    startColumn,
    endColumn,
    hasContent: event.fingerprints.some((fingerprint) => fingerprint.kind === 'content'),
  };
}

/**
 * Whether two sources speak of the same bytes: the same line of the same commit, columns that overlap by half of the
 * shorter, the same provider, and at most one of them knows the secret (two that know it are compared by it).
 */
export function isSameSpan(a: Span, b: Span): boolean {
  if (a.place !== b.place || a.source === b.source || (a.hasContent && b.hasContent)) return false;
  if (a.provider !== b.provider && a.provider !== 'generic' && b.provider !== 'generic') return false;
  // Both ends count.
  const overlap = Math.min(a.endColumn, b.endColumn) - Math.max(a.startColumn, b.startColumn) + 1;
  const shorter = Math.min(a.endColumn - a.startColumn, b.endColumn - b.startColumn) + 1;
  return shorter > 0 && overlap * 2 >= shorter;
}

/** Disjoint sets over indexes 0 … n−1, with path halving. */
export function disjointSets(n: number): { find(a: number): number; join(a: number, b: number): void } {
  const parent = Array.from({ length: n }, (_, index) => index);
  const find = (start: number): number => {
    let a = start;
    for (let up = parent[a] ?? a; up !== a; up = parent[a] ?? a) {
      parent[a] = parent[up] ?? up;
      a = parent[a] ?? a;
    }
    return a;
  };
  return {
    find,
    join: (a, b) => {
      const x = find(a);
      const y = find(b);
      if (x !== y) parent[Math.max(x, y)] = Math.min(x, y);
    },
  };
}
