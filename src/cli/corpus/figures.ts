export type Rejected = { readonly file: string; readonly reason: string };

/** What was read of one format. Its name is the id of its source, or what the format is called where none reads it. */
export type SourceFigures = {
  readonly source: string;
  readonly files: number;
  /** Logs, findings, deliveries: what the files hold, read or not. */
  readonly events: number;
  /** Those that the source read, also where they say nothing that Foldback speaks about. */
  readonly parsed: number;
  readonly rejected: readonly Rejected[];
  /** Those in a form that no source reads. */
  readonly unsupported: number;
  /** Time spent on them, whole milliseconds. */
  readonly ms: number;
  /** Of a format with a source: logs that were told by what stands around them only, not by themselves. */
  readonly byName: number;
};

type Sums = {
  files: Set<string>;
  events: number;
  parsed: number;
  rejected: Rejected[];
  unsupported: number;
  ms: number;
  byName: number;
};

export type Tally = {
  add(
    source: string,
    file: string,
    more: Partial<Omit<Sums, 'files' | 'rejected'>> & { rejected?: readonly Rejected[] },
  ): void;
  figures(): readonly SourceFigures[];
};

/** @param order sources with an adapter come first, as they are registered, then the others by name */
export function openTally(order: readonly string[]): Tally {
  const sums = new Map<string, Sums>();
  const rank = (source: string): number => (order.includes(source) ? order.indexOf(source) : order.length);
  return {
    add: (source, file, { events = 0, parsed = 0, rejected = [], unsupported = 0, ms = 0, byName = 0 }) => {
      const known = sums.get(source) ?? {
        files: new Set<string>(),
        events: 0,
        parsed: 0,
        rejected: [],
        unsupported: 0,
        ms: 0,
        byName: 0,
      };
      sums.set(source, known);
      known.files.add(file);
      known.events += events;
      known.parsed += parsed;
      known.rejected.push(...rejected);
      known.unsupported += unsupported;
      known.ms += ms;
      known.byName += byName;
    },
    figures: () =>
      [...sums]
        .toSorted(([one], [other]) => rank(one) - rank(other) || (one < other ? -1 : 1))
        .map(([source, { files, ms, ...rest }]) => ({
          source,
          files: files.size,
          events: rest.events,
          parsed: rest.parsed,
          rejected: rest.rejected,
          unsupported: rest.unsupported,
          ms: Math.round(ms),
          byName: rest.byName,
        })),
  };
}
