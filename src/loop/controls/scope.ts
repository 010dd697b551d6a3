import { isWithinScope, type RelapsedCase } from '../../core/control/scopes.ts';
import type { LoopFacts } from '../../core/loop/facts.ts';
import type { LoopRow, OpenScope } from '../../ports/store.ts';
import type { LoopParts } from '../parts.ts';

type Parts = Pick<LoopParts, 'idOf'>;

/** Keyed hash of the workload or agent that did it; undefined where it was nobody's program. */
export function programOf(parts: Parts, facts: LoopFacts): string | undefined {
  const actor = facts.kept.find(({ trust }) => trust === undefined)?.actor ?? facts.kept[0]?.actor;
  if (actor?.type !== 'workload' && actor?.type !== 'agent') return undefined;
  const id = actor.id ?? actor.name;
  return id === undefined ? undefined : parts.idOf(['control-program', actor.type, id]);
}

/** A relapse as controls see it; undefined for one that says too little. */
export function relapsedCase(parts: Parts, row: LoopRow): RelapsedCase | undefined {
  const [first] = row.facts.kept;
  if (first === undefined || row.habit === undefined) return undefined;
  const program = programOf(parts, row.facts);
  return {
    loop: row.id,
    event: first.event,
    at: first.at,
    habit: row.habit,
    ...(row.team === undefined ? {} : { team: row.team }),
    ...(program === undefined ? {} : { program }),
  };
}

/** The open control about a case; of several the one furthest from done, for it holds messages. */
export function controlOver(
  parts: Parts,
  scopes: readonly OpenScope[],
  facts: LoopFacts,
  team: string | undefined,
): LoopFacts['control'] {
  if (scopes.length === 0 || facts.kept.length === 0) return undefined;
  const program = programOf(parts, facts);
  const given = { ...(team === undefined ? {} : { team }), ...(program === undefined ? {} : { program }) };
  const own = scopes.filter(
    ({ behaviour, scope }) => behaviour === facts.behaviour && isWithinScope(scope, given),
  );
  const found = own.find(({ state }) => state === 'accepted') ?? own[0];
  return found === undefined ? undefined : { id: found.control, state: found.state };
}

/** A case as it stands under the controls of this moment: between its last change and now one may have been decided. */
export function withControlOf(parts: Parts, scopes: readonly OpenScope[], row: LoopRow): LoopRow {
  const { control: _control, ...rest } = row.facts;
  const control = controlOver(parts, scopes, row.facts, row.team);
  return { ...row, facts: control === undefined ? rest : { ...rest, control } };
}
