import type { LoopParts } from '../../loop/parts.ts';
import type { Principal } from '../../ports/principal.ts';
import type { DenialNote } from '../../ports/store.ts';

/** Denials of which it is not known yet that the same went through: a grant that settles one is worth an event. */
export type OpenLessons = {
  opened(note: DenialNote): void;
  closed(actor: string, ruleClass: string): void;
  /** Classes of which the actor was refused this very thing, each with the round of its case. */
  settledBy(actor: string, form: string): readonly Settled[];
  /** Reads what other processes wrote. */
  refresh(principal: Principal, now: number): Promise<void>;
};

export type Settled = { readonly ruleClass: string; readonly round: number };
type Opened = Pick<DenialNote, 'actor' | 'ruleClass' | 'rule' | 'form' | 'round'>;
type Known = { readonly form: string; readonly round: number };

/** As long as a relapse counts; and as many as fit in some megabytes. */
const rememberedMs = 90 * 86_400_000;
const lessonsMax = 20_000;
/** Rows written at the same time may become visible later than one with a younger time. */
const overlapMs = 60_000;

export function createOpenLessons({ store }: Pick<LoopParts, 'store'>): OpenLessons {
  /** By actor, the form of each class: `<action> <type>:<id>`. */
  const byActor = new Map<string, Map<string, Known>>();
  let readUpTo: number | undefined;
  const closed: OpenLessons['closed'] = (actor, ruleClass) => {
    const classes = byActor.get(actor);
    classes?.delete(ruleClass);
    if (classes?.size === 0) byActor.delete(actor);
  };
  const opened = ({ actor, ruleClass, rule, form, round }: Opened): void => {
    const classes = byActor.get(actor) ?? new Map<string, Known>();
    // Last in is last out: whoever was refused long ago makes room.
    byActor.delete(actor);
    byActor.set(actor, classes.set(ruleClass, { form: form.slice(rule.length + 1), round }));
    const [oldest] = byActor.keys();
    if (byActor.size > lessonsMax && oldest !== undefined) byActor.delete(oldest);
  };
  return {
    opened,
    closed,
    settledBy: (actor, form) =>
      [...(byActor.get(actor) ?? [])].flatMap(([ruleClass, known]) =>
        known.form === form ? [{ ruleClass, round: known.round }] : [],
      ),
    refresh: async (principal, now) => {
      const since = readUpTo === undefined ? now - rememberedMs : readUpTo - overlapMs;
      readUpTo = now;
      const rows = await store.read.lessons(principal, { since, limit: lessonsMax });
      for (const row of rows.toReversed()) {
        if (row.settledAt === undefined) opened(row);
        else closed(row.actor, row.ruleClass);
      }
    },
  };
}
