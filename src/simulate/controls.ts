import type { ControlChange } from '../core/control/before-after.ts';
import { readBeforeAfter } from '../loop/controls/before-after.ts';
import { decideControl, expireControls } from '../loop/controls/decide.ts';
import { proposeControls } from '../loop/controls/propose.ts';
import { type LoopParts, loopPrincipal } from '../loop/parts.ts';
import type { Principal } from '../ports/principal.ts';
import type { ControlRow } from '../ports/store.ts';
import type { Setups } from './setups.ts';
import { day, isWorkday, type World } from './world.ts';

/** What the control of a squad does in truth, as a ratio of leaks a push, and what the product says that it did. */
export type ControlOutcome = {
  readonly id: string;
  readonly behaviour: string;
  readonly template: string;
  readonly scope: { readonly kind: string; readonly id: string };
  readonly state: string;
  /** What the control leaves of the leaks; null where nothing was planted. */
  readonly planted: number | null;
  /** That and whatever else changed on the way, such as people who were told. */
  readonly true: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** What the ratio would be with nothing done, as the product reckons it. */
  readonly expected: number | null;
  readonly per: 'opportunity' | 'day' | null;
  readonly before: { readonly failures: number; readonly chances: number } | null;
  readonly after: { readonly failures: number; readonly chances: number } | null;
  readonly verdict: string;
};

const behaviour = 'secret-in-repository';
const controlsMax = 1_000;
const measures = { sensitiveTeams: [], minutesPerDecision: 5 };

/**
 * One evening: the engine proposes what relapses ask for, and the squads whose set-up is known to be at fault take one
 * step: the lead agrees, then the duty role, then it is put in force from the next morning on. Nobody decides about the
 * others, and about no second one of the same squad: two at once could not be told apart.
 */
export async function followControls(parts: LoopParts, world: World): Promise<void> {
  await expireControls(parts);
  await proposeControls(parts);
  const now = parts.clock.now();
  if (!isWorkday(now - 1)) return;
  for (const { team } of world.setups.all) {
    const own = await controlsOf(parts, team);
    if (own.some(({ appliedAt }) => appliedAt !== undefined)) continue;
    for (const row of own) await takeStep(parts, world, row, now);
  }
}

async function controlsOf(parts: LoopParts, team: string): Promise<readonly ControlRow[]> {
  const rows = await parts.store.read.controls(loopPrincipal, { behaviour, team, limit: controlsMax });
  return rows.filter(
    ({ scope, state }) =>
      scope.kind === 'team' && scope.id === team && (state in steps || state === 'applied'),
  );
}

const steps = { proposed: true, accepted: true };

async function takeStep(parts: LoopParts, world: World, row: ControlRow, now: number): Promise<void> {
  const team = row.scope.id;
  const lead = world.organisation.members.find((one) => one.team === team && one.manager === undefined);
  const duty = world.organisation.members.find(({ isDuty }) => isDuty);
  if (lead === undefined || duty === undefined) return;
  const asLead = operator(lead, [team]);
  if (row.state === 'accepted') {
    // A whole day counts to one side.
    const from = now - (now % day) + (now % day === 0 ? 0 : day);
    await decided(parts, asLead, row, { decision: 'apply', from });
    world.setups.putInForce(team, from);
    return;
  }
  // A proposal of this evening is read tomorrow.
  if (row.proposedAt === now) return;
  await decided(parts, row.acceptedAt === undefined ? asLead : operator(duty, 'all'), row, {
    decision: 'accept',
  });
}

function operator(
  { id, name }: { readonly id: string; readonly name: string },
  teams: Principal['teams'],
): Principal {
  return { id, name, kind: 'operator', scopes: new Set(['controls:write']), teams };
}

async function decided(
  parts: LoopParts,
  by: Principal,
  { id }: ControlRow,
  input: Parameters<typeof decideControl>[3],
): Promise<void> {
  const answer = await decideControl(parts, by, id, input);
  if (answer.kind === 'refused') throw new Error(`the control ${id} was refused: ${answer.reason}`);
  if (answer.kind === 'not-found') throw new Error(`${by.id} does not see the control ${id}`);
}

/** What became of every control, by the measure that the product shows of it. */
export async function readControls(parts: LoopParts, setups: Setups): Promise<readonly ControlOutcome[]> {
  const rows = await parts.store.read.controls(loopPrincipal, { limit: controlsMax });
  const found: ControlOutcome[] = [];
  for (const row of rows.toSorted((a, b) => a.proposedAt - b.proposedAt || (a.id < b.id ? -1 : 1)))
    found.push(outcomeOf(row, await readBeforeAfter(parts, row, measures), setups));
  return found;
}

function outcomeOf(row: ControlRow, effect: ControlChange | undefined, setups: Setups): ControlOutcome {
  const { id, template, scope, state } = row;
  const planted =
    row.appliedAt === undefined || row.behaviour !== behaviour ? undefined : setups.of(scope.id);
  const truth = planted === undefined ? undefined : setups.trueRatio(planted.team);
  const seen = effect?.kind === 'ratio' ? effect : undefined;
  return {
    id,
    behaviour: row.behaviour,
    template,
    scope,
    state,
    planted: planted?.left ?? null,
    true: rounded(truth),
    low: rounded(seen?.ratio.lower),
    high: rounded(seen?.ratio.upper),
    expected: rounded(seen?.expected),
    per: seen?.per ?? null,
    before: seen === undefined ? null : { failures: seen.own.before, chances: seen.own.chancesBefore },
    after: seen === undefined ? null : { failures: seen.own.after, chances: seen.own.chancesAfter },
    verdict: effect === undefined ? 'not in force' : verdictOf(effect),
  };
}

function verdictOf(effect: ControlChange): string {
  if (effect.kind === 'not-enough-data') return 'not enough data';
  return effect.verdict === 'too-early' ? 'too early to tell' : effect.verdict;
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1_000) / 1_000;
}
