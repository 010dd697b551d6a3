import { documentJson, readDocument } from '../../core/experiments/canonical.ts';
import {
  checkExperiment,
  type ExperimentGround,
  type Refusal,
  type Sight,
  sightOf,
} from '../../core/experiments/check-document.ts';
import type { ExperimentDocument } from '../../core/experiments/document.ts';
import type { ExperimentRow, StoreWrite } from '../../ports/store.ts';
import { type LedgerFact, type LoopParts, loopPrincipal } from '../parts.ts';
import { severityRank } from '../severity.ts';

/** Who does it: a principal. */
export type Doer = { readonly id: string; readonly name: string };

export type Registered =
  | { readonly kind: 'registered'; readonly row: ExperimentRow; readonly isNew: boolean }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  /** The id is taken by another document: what is registered is never changed. */
  | { readonly kind: 'taken' };

/** Registers a document for ever: its hash stands in a ledger chain of its own. The same document again is no news. */
export async function registerExperiment(
  parts: LoopParts,
  document: ExperimentDocument,
  by: Doer,
): Promise<Registered> {
  const refusals = checkExperiment(document, await groundOf(parts, document));
  if (refusals.length > 0) return { kind: 'refused', refusals };
  const { id, behaviour, moment } = document;
  const json = documentJson(document);
  const { text, hash } = parts.experiments.seal(json);
  const now = parts.clock.now();
  const chain = parts.idOf(['experiment', id]);
  const first = parts.appendLedger({ id: chain, seq: 0, head: '' }, [
    {
      kind: 'experiment.registered',
      at: now,
      body: { document: json, hash, by: by.id },
      personal: [
        '/document/registeredBy',
        ...(document.approvedBy === undefined ? [] : ['/document/approvedBy']),
      ],
    },
  ]);
  const row: ExperimentRow = {
    id,
    state: 'registered',
    behaviour,
    moment,
    document: text,
    hash,
    registeredAt: now,
    registeredBy: by.id,
    registeredByName: by.name,
    chain,
    seq: first.seq,
    head: first.head,
  };
  return parts.store.transaction(async (tx): Promise<Registered> => {
    if (await tx.insertExperiment(row)) {
      await tx.appendLedger(first.entries, first.personal);
      return { kind: 'registered', row, isNew: true };
    }
    const known = await tx.lockExperiment(id);
    if (known === undefined || known.hash !== hash) return { kind: 'taken' };
    return { kind: 'registered', row: known, isNew: false };
  });
}

/** What could be seen at best in a company of this size. */
export function sightHere(parts: LoopParts, document: ExperimentDocument): Sight {
  return sightOf(document, parts.people.all().filter(({ isActive }) => isActive).length);
}

async function groundOf(parts: LoopParts, document: ExperimentDocument): Promise<ExperimentGround> {
  const behaviour = parts.behaviours.get(document.behaviour);
  const { delivery } = parts;
  const { after = [], teams = {}, people = {} } = delivery.ladder ?? {};
  const ids =
    delivery.mode === 'live'
      ? [delivery.channel, ...after, ...Object.values(teams).flat(), ...Object.values(people).flat()]
      : [delivery.shadowChannel];
  return {
    now: parts.clock.now(),
    behaviour,
    isUrgent:
      behaviour !== undefined && severityRank[behaviour.severity] >= severityRank[delivery.urgentSeverity],
    isReadByOthers: ids.some((id) => parts.channel(id)?.isReadByOthers === true),
    words: parts.experiments.words(document.behaviour, document.moment),
    languages: parts.experiments.languages,
    control:
      document.control === undefined
        ? undefined
        : await parts.store.read.control(loopPrincipal, document.control),
    people: parts.people.all().filter(({ isActive }) => isActive).length,
    teams: parts.people.teams().length,
    repositories: await parts.store.read.repositoriesSeen(loopPrincipal),
    personOf: (text) => parts.people.find(text) ?? parts.people.byEmail(text),
  };
}

export type Started =
  | { readonly kind: 'started'; readonly row: ExperimentRow }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly reason: string; readonly refusals?: readonly Refusal[] };

/** @param isAnyway whether it may start although nothing of the size that matters could be seen */
export async function startExperiment(
  parts: LoopParts,
  id: string,
  by: Doer,
  isAnyway: boolean,
): Promise<Started> {
  const found = await parts.store.read.experiment(loopPrincipal, id);
  const document = found === undefined ? undefined : readDocument(found.document);
  if (found === undefined || document === undefined) return { kind: 'missing' };
  // Packs, people and channels may have changed since it was registered.
  const refusals = checkExperiment(document, await groundOf(parts, document));
  const sight = sightHere(parts, document);
  return parts.store.transaction(async (tx): Promise<Started> => {
    await tx.lock('experiments');
    const row = await tx.lockExperiment(id);
    if (row === undefined) return { kind: 'missing' };
    const refused = (reason: string): Started => ({ kind: 'refused', reason });
    if (row.state !== 'registered')
      return refused(`It is ${row.state}. What was started once is a new experiment under a new id.`);
    if (refusals.length > 0)
      return { kind: 'refused', reason: 'By now it would not be registered any more.', refusals };
    const { pseudonymKey } = parts.experiments;
    if (pseudonymKey === undefined)
      return refused(
        'Pseudonyms need a key of their own: set keys.analytics, or run npx foldback keys rotate analytics.',
      );
    if (document.arms.some(({ holdOut }) => holdOut === true) && by.id === row.registeredBy)
      return refused('A hold-out is started by another person than the one who registered it.');
    if (document.unit === 'person' && !sight.isEnough && !isAnyway)
      return refused(`${blindness(document, sight)} To start it all the same, say so (--anyway).`);
    const others = (await tx.runningExperiments()).filter((one) => one.row.behaviour === row.behaviour);
    if (others[0] !== undefined)
      return refused(`"${others[0].row.id}" runs on this behaviour. One at a time: stop it first.`);
    const started = await written(
      parts,
      tx,
      {
        ...row,
        state: 'running',
        startedAt: parts.clock.now(),
        startedByName: by.name,
        pseudonymKey,
        salt: `${parts.randomId()}${parts.randomId()}`,
      },
      {
        kind: 'experiment.started',
        at: parts.clock.now(),
        body: { hash: row.hash, by: by.id, anyway: isAnyway },
      },
    );
    return { kind: 'started', row: started };
  });
}

/** A ratio under this is said as what it is: nothing could be seen. */
export const showableMin = 0.05;

/** Said before starting: waiting for what cannot be seen helps nobody. */
export function blindness(
  { smallestEffect }: ExperimentDocument,
  { recurrences, detectable }: Sight,
): string {
  if (detectable < showableMin)
    return `Here at most ${recurrences} first recurrences can come together: too few to show anything of the size that would matter.`;
  return `Here at most ${recurrences} first recurrences can come together. They could show a ratio of ${detectable.toFixed(2)}, not the ${smallestEffect} that would matter.`;
}

export type Stopped =
  | { readonly kind: 'stopped'; readonly row: ExperimentRow }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Ends assignment. Whoever was assigned is followed to the end of their window. */
export async function stopExperiment(
  parts: LoopParts,
  id: string,
  by: Doer,
  reason: string,
): Promise<Stopped> {
  return parts.store.transaction(async (tx): Promise<Stopped> => {
    const row = await tx.lockExperiment(id);
    if (row === undefined) return { kind: 'missing' };
    if (row.state === 'stopped' || row.state === 'ended')
      return { kind: 'refused', reason: `It is ${row.state} already.` };
    return { kind: 'stopped', row: await endExperiment(parts, tx, row, 'stopped', reason, by.id) };
  });
}

/** In the caller's transaction, which holds the row. */
export function endExperiment(
  parts: LoopParts,
  tx: StoreWrite,
  row: ExperimentRow,
  state: 'stopped' | 'ended',
  reason: string,
  by: string,
): Promise<ExperimentRow> {
  const at = parts.clock.now();
  return written(
    parts,
    tx,
    { ...row, state, endedAt: at, endReason: reason },
    { kind: `experiment.${state}`, at, body: { hash: row.hash, by, reason } },
  );
}

/** Saves the row with an entry in its chain. The caller holds the row. */
export async function written(
  parts: LoopParts,
  tx: StoreWrite,
  row: ExperimentRow,
  fact: LedgerFact,
): Promise<ExperimentRow> {
  const appended = parts.appendLedger({ id: row.chain, seq: row.seq, head: row.head }, [fact]);
  const next = { ...row, seq: appended.seq, head: appended.head };
  await tx.saveExperiment(next);
  await tx.appendLedger(appended.entries, appended.personal);
  return next;
}
