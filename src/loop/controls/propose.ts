import { type ControlBody, evidenceEventsMax } from '../../core/control/control.ts';
import { fill } from '../../core/control/fill.ts';
import { evidenceOf, type RelapsedCase, type ScopedCases, scopesOf } from '../../core/control/scopes.ts';
import type { ControlTemplate } from '../../core/control/template.ts';
import { dayMs, durationMs } from '../../core/duration.ts';
import type { Event } from '../../core/event.ts';
import { readStoredEvent } from '../../core/stored-event.ts';
import type { ControlRow, LoopRow } from '../../ports/store.ts';
import { type LoopParts, loopPrincipal } from '../parts.ts';
import { backTest } from './back-test.ts';
import { type GoodActions, openGoodActions } from './good-actions.ts';
import { resettle } from './resettle.ts';
import { relapsedCase } from './scope.ts';
import { saveWithEntry } from './story.ts';

/** Relapses that are older ask for nothing any more. */
const lookBackMs = 180 * dayMs;
const relapsesMax = 500;
const knownMax = 1_000;
/** Good actions of half a year hardly change in less: a proposal with the same cases is not tried on them sooner. */
const triedAgainMs = 7 * dayMs;

/**
 * Looks where relapses ask for a control and proposes it: one at a time for a scope, the next only when the one before was
 * turned down, or is in force and they go on. What nobody decided about yet is brought up to date. Returns how many are new.
 */
export async function proposeControls(parts: LoopParts): Promise<number> {
  const now = parts.clock.now();
  const good = openGoodActions(parts, now - lookBackMs);
  const counts = await parts.store.read.relapseCounts(loopPrincipal, now - lookBackMs);
  let made = 0;
  for (const [id, n] of counts) {
    const behaviour = parts.behaviours.get(id);
    const templates = parts.controls.templates.filter(({ behaviours }) => behaviours.includes(id));
    if (behaviour === undefined || templates.length === 0 || n < behaviour.relapse.controlAt) continue;
    made += await proposeFor(parts, id, templates, good, now);
  }
  return made;
}

async function proposeFor(
  parts: LoopParts,
  behaviour: string,
  templates: readonly ControlTemplate[],
  good: GoodActions,
  now: number,
): Promise<number> {
  const { store } = parts;
  const since = now - lookBackMs;
  const rows = await store.read.relapsedLoops(loopPrincipal, behaviour, since, relapsesMax);
  const byLoop = new Map(rows.map((row) => [row.id, row]));
  const known = await store.read.controls(loopPrincipal, { behaviour, limit: knownMax });
  const cases = rows.flatMap((row) => relapsedCase(parts, row) ?? []);
  const least = parts.behaviours.get(behaviour)?.relapse.controlAt ?? 3;
  const kinds = new Set(templates.flatMap(({ scopes }) => scopes));
  let made = 0;
  for (const scoped of scopesOf(cases, least, kinds)) {
    const plan = planOf(templates, known, scoped, least, now);
    if (plan === undefined) continue;
    const loops = plan.cases.flatMap(({ loop }) => byLoop.get(loop) ?? []);
    const failures = await failuresOfLoops(parts, behaviour, loops);
    if (await write(parts, { ...plan, behaviour, scoped, failures, good, now, since })) made += 1;
  }
  return made;
}

type Plan = {
  readonly template: ControlTemplate;
  readonly cases: readonly RelapsedCase[];
  /** The proposal that is brought up to date. */
  readonly open?: ControlRow;
  readonly round: number;
};

/** Which control a scope asks for now; undefined when none does. */
function planOf(
  templates: readonly ControlTemplate[],
  known: readonly ControlRow[],
  { scope, cases }: ScopedCases,
  least: number,
  now: number,
): Plan | undefined {
  const own = known.filter((row) => row.scope.kind === scope.kind && row.scope.id === scope.id);
  const open = own.find(({ state }) => state === 'proposed' || state === 'accepted');
  if (open !== undefined) {
    const template = templates.find(({ id }) => id === open.template);
    const isUndecided = open.state === 'proposed' && open.acceptedAt === undefined;
    return isUndecided && template !== undefined ? { template, cases, open, round: open.round } : undefined;
  }
  // What is in force answers for what came before it.
  const inForce = own.filter(({ state }) => state === 'applied');
  const from = Math.max(0, ...inForce.map(({ appliedAt }) => appliedAt ?? 0));
  const later = cases.filter(({ at }) => at >= from);
  if (later.length < least) return undefined;
  const template = templates
    .filter(({ scopes, kind }) => scopes.includes(scope.kind) && !inForce.some((row) => row.kind === kind))
    .filter(({ id }) => !own.some((row) => row.template === id && (row.notAgainBefore ?? 0) > now))
    .toSorted((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))[0];
  if (template === undefined) return undefined;
  const round = own.filter((row) => row.template === template.id).length + 1;
  return { template, cases: later, round };
}

/** The failing events of these cases, by time and id: the same whatever order they came in. */
async function failuresOfLoops(
  parts: LoopParts,
  behaviour: string,
  loops: readonly LoopRow[],
): Promise<readonly Event[]> {
  const stored = await parts.store.read.eventsOfLoops(
    loopPrincipal,
    loops.map(({ id }) => id),
    evidenceEventsMax,
  );
  const sightings = new Set(loops.flatMap(({ facts }) => facts.kept.map(({ event }) => event)));
  const isFailure = (event: Event) =>
    sightings.has(event.id) ||
    parts.classify(event).some((meaning) => meaning.behaviour === behaviour && meaning.role === 'failed');
  return stored
    .flatMap((row) => readStoredEvent(row) ?? [])
    .filter(isFailure)
    .toSorted((a, b) => a.occurredAt - b.occurredAt || (a.id < b.id ? -1 : 1));
}

type Writing = Plan & {
  readonly behaviour: string;
  readonly scoped: ScopedCases;
  readonly failures: readonly Event[];
  readonly good: GoodActions;
  readonly now: number;
  readonly since: number;
};

async function write(parts: LoopParts, given: Writing): Promise<boolean> {
  const { template, cases, open, round, behaviour, scoped, failures, good, now, since } = given;
  const { scope, team } = scoped;
  const id = open?.id ?? parts.idOf(['control', behaviour, scope.kind, scope.id, template.id, String(round)]);
  const evidence = evidenceOf(cases);
  if (open !== undefined && isFresh(open, evidence, failures, now)) return false;
  const patch = fill({ template, events: failures, team, control: id });
  const tested = await backTest(parts, { template, patch, behaviour, failures, from: since, to: now, good });
  const body: ControlBody = { evidence, patch, backTest: tested };
  if (open !== undefined) return refresh(parts, open, body, now);
  const decider =
    template.decider === 'team' && team !== undefined
      ? ({ kind: 'team', id: team } as const)
      : ({ kind: 'duty', id: 'duty' } as const);
  const row: ControlRow = {
    id,
    behaviour,
    behaviourVersion: parts.behaviours.get(behaviour)?.version ?? 1,
    kind: template.kind,
    template: template.id,
    templateVersion: template.version,
    scope,
    ...(team === undefined ? {} : { team }),
    state: 'proposed',
    round,
    decider,
    isBlocking: template.blocks,
    proposedAt: now,
    dueAt: now + durationMs(template.decideWithin),
    lastsMs: durationMs(template.expires),
    updatedAt: now,
    seq: 0,
    head: '',
    body,
  };
  const { relapses } = body.evidence;
  const said = { behaviour, scope: scope.kind, template: template.id, version: template.version, relapses };
  const isNew = await parts.store.transaction(async (tx) => {
    // Somebody else may have proposed it meanwhile, or it was decided: then nothing is written.
    if (!(await tx.insertControl(row))) return false;
    await saveWithEntry(parts, tx, row, { kind: 'proposed', at: now, body: said });
    return true;
  });
  // What waits to be said of these cases is said of the set-up from now on.
  if (isNew) await resettle(parts, row, now);
  return isNew;
}

function isFresh(
  open: ControlRow,
  evidence: ControlBody['evidence'],
  failures: readonly Event[],
  now: number,
): boolean {
  const { evidence: was, backTest: tested } = open.body;
  const isSame = JSON.stringify(was) === JSON.stringify(evidence) && tested.failures.of === failures.length;
  return isSame && now - tested.to < triedAgainMs;
}

/** News changes a proposal for as long as nobody has decided about it; what is decided stays as it was decided. */
async function refresh(parts: LoopParts, open: ControlRow, body: ControlBody, now: number): Promise<boolean> {
  const { backTest: was, ...rest } = open.body;
  const { backTest: is, ...next } = body;
  const isSame =
    JSON.stringify(rest) === JSON.stringify(next) &&
    JSON.stringify([was.failures, was.good]) === JSON.stringify([is.failures, is.good]);
  if (isSame) return false;
  await parts.store.transaction(async (tx) => {
    const row = await tx.lockControl(open.id);
    if (row === undefined || row.state !== 'proposed' || row.acceptedAt !== undefined) return;
    const { relapses } = body.evidence;
    await saveWithEntry(
      parts,
      tx,
      { ...row, body, updatedAt: now },
      {
        kind: 'refreshed',
        at: now,
        body: { relapses },
      },
    );
  });
  return false;
}
