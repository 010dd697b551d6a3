import { type AccessNote, nobody } from './access-note.ts';

/**
 * Refusals that are worth a record each minute: the first of its kind at once, the others as a count. More kinds than this
 * in a minute are counted together, so that a flood from many addresses fills no disk.
 */
export const denialKindsPerMinuteMax = 100;

export type Denial = Pick<AccessNote, 'by' | 'address'> & {
  readonly kind: 'access.denied' | 'access.sign-in-failed' | 'access.input-refused';
  readonly what: string;
  readonly reason: string;
};

export type Denials = {
  /** What to record now. */
  note(denial: Denial, now: number): readonly AccessNote[];
  /** The counts of minutes that are over. */
  flush(now: number): readonly AccessNote[];
};

export function createDenials(): Denials {
  const counted = new Map<string, { readonly denial: Denial; count: number }>();
  let others = 0;
  let minute = 0;
  const noteOf = ({ kind, by, address, what, reason }: Denial, count: number): AccessNote => ({
    kind,
    by,
    address,
    body: { what, reason, count },
  });
  const flush = (now: number): readonly AccessNote[] => {
    const current = Math.floor(now / 60_000);
    if (current === minute) return [];
    minute = current;
    const repeated = [...counted.values()].flatMap(({ denial, count }) =>
      count > 1 ? [noteOf(denial, count - 1)] : [],
    );
    const rest =
      others === 0
        ? []
        : [noteOf({ kind: 'access.denied', by: nobody, what: 'various', reason: 'various' }, others)];
    counted.clear();
    others = 0;
    return [...repeated, ...rest];
  };
  return {
    flush,
    note: (denial, now) => {
      const over = flush(now);
      const key = JSON.stringify([denial.kind, denial.by, denial.address, denial.what, denial.reason]);
      const known = counted.get(key);
      if (known !== undefined) known.count += 1;
      else if (counted.size >= denialKindsPerMinuteMax) others += 1;
      else {
        counted.set(key, { denial, count: 1 });
        return [...over, noteOf(denial, 1)];
      }
      return over;
    },
  };
}
