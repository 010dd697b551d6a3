import { createHash } from 'node:crypto';
import type { AgentDayRow, DenialNote, LessonRow, Store } from '../../ports/store.ts';

/** Counts denials durably; those that come together share a transaction, and a lone one does not wait. */
export type RememberedDenials = {
  /**
   * @param count what is counted of it in the same transaction, by whether the class was denied before
   * @returns what was known before; undefined for the first denial of its class
   */
  note(note: DenialNote, count: CountDenial): Promise<LessonRow | undefined>;
};

export type CountDenial = (kind: 'first' | 'repeat') => AgentDayRow | undefined;

const groupMax = 200;

type Waiting = {
  readonly note: DenialNote;
  readonly count: CountDenial;
  readonly resolve: (known: LessonRow | undefined) => void;
  readonly reject: (fault: unknown) => void;
};

export function rememberDenials(store: Store): RememberedDenials {
  let waiting: Waiting[] = [];
  let isBusy = false;
  const drain = async (): Promise<void> => {
    isBusy = true;
    while (waiting.length > 0) {
      const group = new Map<string, Waiting>();
      const rest: Waiting[] = [];
      for (const one of waiting) {
        const key = keyOf(one.note);
        // The same actor and class twice: the second is to hear of the first.
        if (group.has(key) || group.size >= groupMax) rest.push(one);
        else group.set(key, one);
      }
      waiting = rest;
      await write(store, group);
    }
    isBusy = false;
  };
  return {
    note: (note, count) =>
      new Promise((resolve, reject) => {
        waiting.push({ note, count, resolve, reject });
        if (!isBusy) void drain();
      }),
  };
}

/** Never rejects: everybody of the group is answered. */
async function write(store: Store, group: ReadonlyMap<string, Waiting>): Promise<void> {
  try {
    const notes = [...group.values()].map(({ note }) => note);
    const known = await store.transaction(async (tx) => {
      const before = new Map((await tx.noteDenials(notes)).map((row) => [keyOf(row), row]));
      const counts = [...group].flatMap(
        ([key, { count }]) => count(before.has(key) ? 'repeat' : 'first') ?? [],
      );
      await tx.addAgentCounts(counts);
      return before;
    });
    for (const [key, { resolve }] of group) resolve(known.get(key));
  } catch (fault) {
    for (const { reject } of group.values()) reject(fault);
  }
}

function keyOf({ actor, ruleClass }: Pick<LessonRow, 'actor' | 'ruleClass'>): string {
  return `${ruleClass} ${actor}`;
}

/** Actor and form as they are remembered. Very long names are told apart by a hash. */
export function memoryKey(text: string): string {
  return text.length <= 300 ? text : `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
