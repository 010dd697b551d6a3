import type { LoopParts } from '../../loop/parts.ts';
import type { PolicyRequest } from '../../policy/request.ts';
import type { Principal } from '../../ports/principal.ts';
import type { ExceptionRow } from '../../ports/store.ts';

/** Exceptions as this process knows them: those in force, and those that ended lately. */
export type ExceptionList = {
  /** Those that let this very request past a rule. */
  inForce(request: PolicyRequest, now: number): readonly ExceptionRow[];
  /** Whether one of these rules had an exception for this request that ended between the two instants. */
  endedFor(request: PolicyRequest, rules: readonly string[], since: number, now: number): boolean;
  used(rows: readonly ExceptionRow[]): void;
  takeUses(): readonly { readonly id: string; readonly n: number }[];
  /** Takes one in that was decided here, so that it holds at once. */
  put(row: ExceptionRow): void;
  /** Reads what other processes decided. */
  refresh(principal: Principal, now: number): Promise<void>;
};

export const exceptionsMax = 10_000;

export function createExceptionList({ store }: Pick<LoopParts, 'store'>): ExceptionList {
  let rows: ExceptionRow[] = [];
  let byKey = new Map<string, ExceptionRow[]>();
  let uses = new Map<string, number>();
  let isRead = false;
  const index = (): void => {
    byKey = new Map();
    for (const row of rows) {
      const key = rowKey(row);
      byKey.set(key, [...(byKey.get(key) ?? []), row]);
    }
  };
  const of = (request: PolicyRequest) => (rows.length === 0 ? [] : (byKey.get(requestKey(request)) ?? []));
  return {
    inForce: (request, now) =>
      of(request).filter(({ state, until = 0 }) => state === 'approved' && until > now),
    endedFor: (request, rules, since, now) =>
      of(request).some(
        ({ rule, until = 0, decidedAt = 0 }) => rules.includes(rule) && until <= now && decidedAt >= since,
      ),
    used: (held) => {
      for (const { id } of held) uses.set(id, (uses.get(id) ?? 0) + 1);
    },
    takeUses: () => {
      const taken = [...uses].map(([id, n]) => ({ id, n }));
      uses = new Map();
      return taken;
    },
    put: (row) => {
      rows = [row, ...rows.filter(({ id }) => id !== row.id)].slice(0, exceptionsMax);
      index();
    },
    refresh: async (principal, now) => {
      const filter = isRead ? { inForceAt: now } : {};
      const found = await store.read.exceptions(principal, { ...filter, limit: exceptionsMax });
      const known = new Set(found.map(({ id }) => id));
      // What is not in force any more stays known as ended; somebody may have ended it early.
      const others = rows
        .filter(({ id }) => !known.has(id))
        .map((row) => ((row.until ?? 0) > now ? { ...row, state: 'ended' as const, until: now } : row));
      rows = [...found.filter(({ decidedAt }) => decidedAt !== undefined), ...others].slice(0, exceptionsMax);
      isRead = true;
      index();
    },
  };
}

function rowKey(row: ExceptionRow): string {
  return JSON.stringify([row.subjectType, row.subjectId, row.action, row.resourceType, row.resourceId]);
}

function requestKey({ subject, action, resource }: PolicyRequest): string {
  return JSON.stringify([subject.type, subject.id, action.name, resource.type, resource.id]);
}
