import type { Behaviour } from '../core/behaviour.ts';
import { dayMs } from '../core/duration.ts';
import type { Json } from '../core/event.ts';
import type { LoopFacts } from '../core/loop/facts.ts';
import { needOf } from '../core/loop/needs.ts';
import { type Addressee, type Position, positionOf } from '../core/loop/position.ts';
import { shadowOccasion, withoutShadow, withShadow } from '../core/loop/rollout.ts';
import { pathBetween } from '../core/loop/states.ts';
import { thanksOf, type Want, wantsOf } from '../core/loop/wants.ts';
import type { LedgerRow, LoopRow, OpenScope, PrivateRow, StoreWrite, WantRow } from '../ports/store.ts';
import { addNotices, type LoopChange } from './announce.ts';
import { hoursOf } from './calendar.ts';
import { controlOver } from './controls/scope.ts';
import { leaveRules, presentHours, readLeaves } from './leaves.ts';
import { decidingEvidence, type LedgerFact, type LoopParts, ownerView } from './parts.ts';
import { findRelapses } from './relapse.ts';
import { isSpokenOf, readStandingOrders } from './rollout.ts';
import { mayStillHarm, severityOf, severityRank, snoozeLimits } from './severity.ts';

/** A loop whose facts changed, with what is to be told of it in the ledger. */
export type Change = {
  readonly before: LoopRow;
  readonly facts: LoopFacts;
  readonly story: readonly LedgerFact[];
};

/**
 * Derives state, owner, proof and due words of changed loops and writes them with their ledger entries, in the
 * caller's transaction. The one place where a loop's row changes.
 */
export async function settle(
  parts: LoopParts,
  tx: StoreWrite,
  changes: readonly Change[],
  now: number,
): Promise<readonly LoopRow[]> {
  if (changes.length === 0) return [];
  const scopes = await readStandingOrders(parts, tx);
  await readLeaves(parts, tx.read);
  const owned = changes.map((change) => withOwner(parts, change));
  const related = (await findRelapses(parts, tx, owned)).map((change) =>
    withControl(parts, scopes, change, now),
  );
  const rows: LoopRow[] = [];
  const wants: WantRow[] = [];
  const entries: LedgerRow[] = [];
  const personal: PrivateRow[] = [];
  const changed: LoopChange[] = [];
  for (const change of related) {
    const settled = settleOne(parts, change, now);
    rows.push(settled.row);
    changed.push({ before: change.before, after: settled.row });
    wants.push(...settled.wants);
    entries.push(...settled.entries);
    personal.push(...settled.personal);
  }
  await tx.saveLoops(rows);
  await tx.noteIdentityNews(
    changed.flatMap(({ before, after }) => (isIdentityNews(before, after) ? [after.id] : [])),
  );
  await tx.appendLedger(entries, personal);
  await addNotices(parts, tx, changed, now);
  await tx.replaceWants(
    rows.map((row) => row.id),
    wants,
  );
  return rows;
}

/** Whether an identity may have another owner, or another latest loop, by this. */
function isIdentityNews(before: LoopRow, after: LoopRow): boolean {
  if (after.facts.identity === undefined || after.isStub) return false;
  return (
    before.seq === 0 ||
    before.isStub ||
    before.facts.identity?.id !== after.facts.identity.id ||
    before.facts.identity.provider !== after.facts.identity.provider ||
    before.lastOccurredAt !== after.lastOccurredAt ||
    before.owner.kind !== after.owner.kind ||
    before.owner.id !== after.owner.id ||
    before.owner.confidence !== after.owner.confidence ||
    before.team !== after.team ||
    before.mergedInto !== after.mergedInto
  );
}

export type OwnedChange = Change & {
  readonly owned: Pick<LoopRow, 'owner' | 'team' | 'habit' | 'repository'>;
};

function withOwner(parts: LoopParts, change: Change): OwnedChange {
  const { facts } = change;
  const resolved = parts.resolveOwner(decidingEvidence(facts));
  const repository = facts.kept.find((sighting) => sighting.where.repository !== undefined)?.where.repository;
  const view = ownerView(parts, resolved, repository);
  const habit = habitOf(parts, facts, resolved.kind === 'person' ? resolved.id : undefined, view.team?.id);
  return {
    ...change,
    owned: {
      owner: {
        kind: resolved.kind,
        confidence: resolved.confidence,
        ...(resolved.id === undefined ? {} : { id: resolved.id }),
      },
      ...(view.team === undefined ? {} : { team: view.team.id }),
      ...(repository === undefined ? {} : { repository }),
      ...(habit === undefined ? {} : { habit }),
    },
  };
}

/** Notes which open control is about this case, and where it stands: what is said depends on it. */
function withControl(
  parts: LoopParts,
  scopes: readonly OpenScope[],
  change: OwnedChange,
  now: number,
): OwnedChange {
  const { facts, owned } = change;
  const found = controlOver(parts, scopes, facts, owned.team);
  if (found?.id === facts.control?.id && found?.state === facts.control?.state) return change;
  const { control: _control, ...rest } = facts;
  const body = found === undefined ? { open: false } : { open: true, id: found.id, state: found.state };
  return {
    ...change,
    facts: found === undefined ? rest : { ...rest, control: found },
    story: [...change.story, { kind: 'control', at: now, body }],
  };
}

/** Whose habit it is: the person, else the workload, else the team. Kept as a keyed hash. */
function habitOf(
  parts: LoopParts,
  facts: LoopFacts,
  person: string | undefined,
  team: string | undefined,
): string | undefined {
  if (person !== undefined) return habitOfPerson(parts, facts.behaviour, person);
  const workload = facts.kept.find(
    (sighting) => sighting.actor.type === 'workload' || sighting.actor.type === 'agent',
  );
  const id = workload?.actor.id ?? workload?.actor.name;
  if (id !== undefined) return habitOfWorkload(parts, facts.behaviour, id);
  return team === undefined ? undefined : habitUnder(parts, ['habit', facts.behaviour, 'team', team]);
}

/** What it takes to name a habit: both keys. */
export type HabitParts = Pick<LoopParts, 'idOf' | 'pseudonymOf'>;

export function habitOfPerson(parts: HabitParts, behaviour: string, person: string): string {
  return habitUnder(parts, ['habit', behaviour, 'person', person]);
}

export function habitOfWorkload(parts: HabitParts, behaviour: string, id: string): string {
  return habitUnder(parts, ['habit', behaviour, 'workload', id]);
}

function habitUnder({ idOf, pseudonymOf }: HabitParts, whose: readonly string[]): string {
  return pseudonymOf(idOf(whose));
}

/** Where a loop stands now and the words that are due for it. */
export function standing(
  parts: LoopParts,
  behaviour: Behaviour,
  facts: LoopFacts,
  owner: LoopRow['owner'],
  repository: string | undefined,
  now: number,
): { readonly position: Position; readonly wants: readonly Want[]; readonly isUrgent: boolean } {
  const view = ownerView(parts, owner, repository);
  const isSpoken = isSpokenOf(parts, facts, view);
  const said = isSpoken ? withoutShadow(facts) : withShadow(facts);
  const shown = (wants: readonly Want[]) =>
    isSpoken ? wants : wants.map((want) => ({ ...want, occasion: shadowOccasion(want.occasion) }));
  const position = positionOf(said, behaviour, view, now);
  const severity = severityOf(behaviour, facts);
  const isUrgent = severity >= severityRank[parts.delivery.urgentSeverity];
  if (facts.kept.length === 0) return { position, wants: shown(thanksOf(said, view, now)), isUrgent };
  const person = owner.kind === 'person' ? parts.people.person(owner.id ?? '') : undefined;
  const workingHours = hoursOf(parts, person);
  const calendar = {
    timeZone: person?.timeZone ?? parts.delivery.timeZone,
    workingHours,
    presentHours: (to: Addressee) => presentHours(parts, to, workingHours),
  };
  const isDangerous = mayStillHarm(severity, facts);
  const isSnoozable = snoozeLimits(parts, behaviour, facts) !== undefined;
  const leave = leaveRules(parts);
  const rules = { behaviour, owner: view, position, calendar, isUrgent, isDangerous, isSnoozable, leave };
  return { position, wants: shown(wantsOf(said, rules, now)), isUrgent };
}

function settleOne(parts: LoopParts, change: OwnedChange, now: number) {
  const { before, facts, owned } = change;
  const behaviour = parts.behaviours.get(before.behaviour);
  const isStub = facts.kept.length === 0;
  const first = facts.kept[0];
  if (behaviour === undefined || isStub) {
    // A behaviour may leave the packs and return: such a case is looked at again later, and holds up nobody.
    const later = before.dueAt !== undefined && before.dueAt <= now ? { dueAt: now + dayMs } : {};
    const { lastOccurredAt } = facts;
    const row: LoopRow = { ...before, ...later, isStub, facts, lastOccurredAt, updatedAt: now };
    if (behaviour === undefined || facts.wanted === undefined)
      return { row, wants: [], entries: [], personal: [] };
    const { owner, team, repository } = owned;
    const thanks = standing(parts, behaviour, facts, owner, repository, now).wants;
    const waiting = { loop: row.id, behaviour: row.behaviour, ...(team === undefined ? {} : { team }) };
    const wants = thanks.map((want) => ({ ...want, ...waiting }));
    return {
      row: { ...row, owner, ...(team === undefined ? {} : { team }) },
      wants,
      entries: [],
      personal: [],
    };
  }
  const { position, wants, isUrgent } = standing(parts, behaviour, facts, owned.owner, owned.repository, now);

  const isNew = before.seq === 0;
  const story = [...change.story];
  const path = isNew ? [position.state] : (pathBetween(before.state, position.state) ?? [position.state]);
  if (path.length > 0 || isNew) {
    story.push({
      kind: 'state',
      at: now,
      body: { path: [...path], reason: position.reason, rung: position.proof.rung },
    });
  }
  if (isNew || before.owner.id !== owned.owner.id || before.owner.kind !== owned.owner.kind) {
    // Not `kind`: that names what the entry tells, and this would write over it.
    const body: { [key: string]: Json } = {
      owner: owned.owner.kind,
      confidence: Math.round(owned.owner.confidence * 100) / 100,
    };
    if (owned.owner.id !== undefined) body['id'] = owned.owner.id;
    story.push({
      kind: 'owner',
      at: now,
      body,
      ...(owned.owner.id === undefined ? {} : { personal: ['/id'] }),
    });
  }
  const appended = parts.appendLedger(before, oneEntry(story));
  const isFixed = position.proof.rung === 'verified' || position.proof.rung === 'held';
  const {
    habit: _habit,
    team: _team,
    repository: _repository,
    dueAt: _dueAt,
    verifiedAt: _verifiedAt,
    relapseOf: _relapseOf,
    needs: _needs,
    ...rest
  } = before;
  const needs = needOf(facts, { state: position.state, ownerKind: owned.owner.kind, isUrgent });
  const row: LoopRow = {
    ...rest,
    ...owned,
    state: position.state,
    isStub: false,
    rung: position.proof.rung,
    isLive: facts.isLive || facts.releasedAt !== undefined,
    firstOccurredAt: first?.at ?? before.firstOccurredAt,
    lastOccurredAt: facts.lastOccurredAt,
    ...(isFixed ? { verifiedAt: position.proof.verifiedAt ?? position.proof.at } : {}),
    ...(facts.relapseOf === undefined ? {} : { relapseOf: facts.relapseOf }),
    // A time that has passed stays: the end of a hold window is judged by the sweep, whoever settled it before.
    ...(position.dueAt === undefined ? {} : { dueAt: position.dueAt }),
    ...(facts.mergedInto === undefined ? {} : { mergedInto: facts.mergedInto }),
    ...(needs === undefined ? {} : { needs }),
    updatedAt: now,
    seq: appended.seq,
    head: appended.head,
    facts,
  };
  return {
    row,
    wants: wants.map((want) => ({
      ...want,
      loop: row.id,
      behaviour: row.behaviour,
      ...(row.team === undefined ? {} : { team: row.team }),
    })),
    entries: appended.entries,
    personal: appended.personal,
  };
}

/** One ledger entry a loop and transaction, however much it tells: what changed together stays together. */
function oneEntry(story: readonly LedgerFact[]): readonly LedgerFact[] {
  const [first] = story;
  if (first === undefined) return [];
  return [
    {
      kind: first.kind,
      at: story.reduce((latest, fact) => Math.max(latest, fact.at), first.at),
      body: { story: story.map((fact) => ({ kind: fact.kind, at: fact.at, ...fact.body })) },
      personal: story.flatMap((fact, index) =>
        (fact.personal ?? []).map((pointer) => `/story/${index}${pointer}`),
      ),
    },
  ];
}
