import type { ControlEvidence, ControlScope } from './control.ts';
import { evidenceLoopsMax } from './control.ts';

/** A relapse, as far as controls go. */
export type RelapsedCase = {
  readonly loop: string;
  /** Its first failing event: the same whatever order the news came in. */
  readonly event: string;
  readonly at: number;
  readonly habit: string;
  readonly team?: string;
  /** Keyed hash of the workload or agent that did it. */
  readonly program?: string;
};

export type ScopedCases = {
  readonly scope: ControlScope;
  readonly cases: readonly RelapsedCase[];
  readonly team?: string;
};

/**
 * Whose relapses ask for a control: those of one workload or agent, else of a team, else of everyone, each from `least`
 * on. A case counts once. One person's relapses alone never do: the change is to the set-up, and a scope that is one
 * person would be about them.
 */
export function scopesOf(
  cases: readonly RelapsedCase[],
  least: number,
  kinds: ReadonlySet<ControlScope['kind']>,
): readonly ScopedCases[] {
  const sorted = cases.toSorted((a, b) => a.at - b.at || (a.event < b.event ? -1 : 1));
  const taken = new Set<string>();
  const found: ScopedCases[] = [];
  const take = (scope: ControlScope, own: readonly RelapsedCase[], team: string | undefined) => {
    for (const { loop } of own) taken.add(loop);
    found.push({ scope, cases: own, ...(team === undefined ? {} : { team }) });
  };
  const groups = (of: (one: RelapsedCase) => string | undefined) =>
    [
      ...Map.groupBy(
        sorted.filter(({ loop }) => !taken.has(loop)),
        of,
      ),
    ]
      .flatMap(([id, own]) => (id === undefined || own.length < least ? [] : [{ id, own }]))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  if (kinds.has('owner'))
    for (const { id, own } of groups(({ program }) => program))
      take({ kind: 'owner', id }, own, commonTeam(own));
  if (kinds.has('team'))
    for (const { id, own } of groups(({ team }) => team)) take({ kind: 'team', id }, own, id);
  if (kinds.has('everyone')) {
    const rest = sorted.filter(({ loop }) => !taken.has(loop));
    if (rest.length >= least && new Set(rest.map(({ habit }) => habit)).size > 1)
      take({ kind: 'everyone', id: '' }, rest, undefined);
  }
  return found;
}

/** All of one team, or nobody's. */
function commonTeam(cases: readonly RelapsedCase[]): string | undefined {
  const [first] = cases;
  return cases.every(({ team }) => team === first?.team) ? first?.team : undefined;
}

/** Whether a case is within a scope. */
export function isWithinScope(
  scope: ControlScope,
  { team, program }: Pick<RelapsedCase, 'team' | 'program'>,
): boolean {
  switch (scope.kind) {
    case 'owner':
      return program === scope.id;
    case 'team':
      return team === scope.id;
    case 'everyone':
      return true;
  }
}

export function evidenceOf(cases: readonly RelapsedCase[]): ControlEvidence {
  return {
    loops: cases.slice(0, evidenceLoopsMax).map(({ loop }) => loop),
    relapses: cases.length,
    habits: new Set(cases.map(({ habit }) => habit)).size,
    firstAt: cases[0]?.at ?? 0,
    lastAt: cases.at(-1)?.at ?? 0,
  };
}
