import type { Kysely } from 'kysely';
import type { Store, StoreRead, StoreWrite } from '../../../ports/store.ts';
import type { BackupHead } from '../../../ports/store-backup.ts';
import { dump } from './backup/dump.ts';
import * as agents from './queries/agent-counts.ts';
import { attemptWrites } from './queries/attempts.ts';
import * as audit from './queries/audit.ts';
import * as coaching from './queries/coaching.ts';
import * as directory from './queries/directory.ts';
import { erasePerson } from './queries/erase-person.ts';
import { factorReads, factorWrites } from './queries/factors.ts';
import * as privacy from './queries/forget-detail.ts';
import * as leave from './queries/leave.ts';
import * as marks from './queries/marks.ts';
import * as mineReviews from './queries/mine-reviews.ts';
import * as moveMessages from './queries/move-messages.ts';
import * as notices from './queries/notices.ts';
import * as operateMessages from './queries/operate-messages.ts';
import * as readAccounts from './queries/read-accounts.ts';
import * as readCampaigns from './queries/read-campaigns.ts';
import * as readChanges from './queries/read-changes.ts';
import * as readControls from './queries/read-controls.ts';
import * as readEvidence from './queries/read-evidence.ts';
import * as readExperiments from './queries/read-experiments.ts';
import * as readHeld from './queries/read-held.ts';
import * as readIdentities from './queries/read-identities.ts';
import * as readLoops from './queries/read-loops.ts';
import * as readMany from './queries/read-many.ts';
import * as readMeasureControls from './queries/read-measure-controls.ts';
import * as readMeasureTimes from './queries/read-measure-times.ts';
import * as readMeasures from './queries/read-measures.ts';
import * as readPolicies from './queries/read-policies.ts';
import * as readRefused from './queries/read-refused.ts';
import * as readRelapses from './queries/read-relapses.ts';
import * as readReviews from './queries/read-reviews.ts';
import * as readSessions from './queries/read-sessions.ts';
import * as readSettings from './queries/read-settings.ts';
import * as readSourceRhythms from './queries/read-source-rhythms.ts';
import * as readTotals from './queries/read-totals.ts';
import * as readUntold from './queries/read-untold.ts';
import * as links from './queries/refused-links.ts';
import * as renameUnits from './queries/rename-units.ts';
import * as rollout from './queries/rollout.ts';
import * as samples from './queries/samples.ts';
import { takePace } from './queries/take-pace.ts';
import { wordReads, wordWrites } from './queries/words.ts';
import * as writeAccounts from './queries/write-accounts.ts';
import * as writeCampaigns from './queries/write-campaigns.ts';
import * as writeControls from './queries/write-controls.ts';
import * as writeDirectory from './queries/write-directory.ts';
import * as writeEvidence from './queries/write-evidence.ts';
import * as writeExperiments from './queries/write-experiments.ts';
import * as writeIdentities from './queries/write-identities.ts';
import * as ledger from './queries/write-ledger.ts';
import * as writeLoops from './queries/write-loops.ts';
import * as writeMeasures from './queries/write-measures.ts';
import * as messages from './queries/write-messages.ts';
import * as personLinks from './queries/write-person-links.ts';
import * as writePolicies from './queries/write-policies.ts';
import * as writeReviews from './queries/write-reviews.ts';
import * as writeSessions from './queries/write-sessions.ts';
import * as settings from './queries/write-settings.ts';

type Db = Kysely<unknown>;

/** A function of (db, …rest) becomes one of (…rest). */
type Bound<T> = {
  readonly [K in keyof T]: T[K] extends (db: Db, ...rest: infer A) => infer R ? (...rest: A) => R : never;
};

/** A list of queries is a module, which is slow to list: that is done once and not for every transaction. */
const listed = new WeakMap<object, readonly (readonly [string, (db: Db, ...rest: never[]) => unknown])[]>();

function bind<T extends Record<string, (db: Db, ...rest: never[]) => unknown>>(db: Db, queries: T): Bound<T> {
  const entries = listed.get(queries) ?? Object.entries(queries);
  listed.set(queries, entries);
  const bound: Record<string, unknown> = {};
  for (const [name, query] of entries) {
    bound[name] = (...rest: never[]) => query(db, ...rest);
  }
  return bound as Bound<T>;
}

const { lockAuditChain, appendAudit, ...auditReads } = audit;
const { storedEvents, ...loopWrites } = writeLoops;
const { deedsOf: _deedsOf, ...markWrites } = marks;
const { withWants: _withWants, ...messageQueries } = messages;
const { checkpointOf: _checkpointOf, ...ledgerQueries } = ledger;
const { leaves, ...leaveWrites } = leave;
const { refusedLinks, ...linkWrites } = links;
const { identityOf: _identityOf, ...identityReads } = readIdentities;
const { addRolloutSwitch, touchSpoken, ...rolloutReads } = rollout;
const { failedMessages, repeatsOf, ...operatorWrites } = operateMessages;
const { erasures, ...privacyWrites } = privacy;
const { lessonOf: _lessonOf, ...policyReads } = readPolicies;
const { samples: sampleRead, ...sampleWrites } = samples;
const { controlOf: _controlOf, scopeOf: _scopeOf, ...controlReads } = readControls;
const { reviewOf: _reviewOf, ...reviewReads } = readReviews;
const { agentCounts, ...agentWrites } = agents;
const { visible: _visible, eventOf: _eventOf, ...loopReads } = readLoops;

/** The store over one Kysely database, embedded or PostgreSQL: the same SQL for both. */
export function createStore(db: Db, kind: BackupHead['store'], close: () => Promise<void>): Store {
  return {
    read: reader(db),
    transaction: (work) => again(() => db.transaction().execute((trx) => work(writer(trx)))),
    loopsOfEvents: (ids) => writeLoops.loopsOfEvents(db, ids),
    storedEvents: (ids) => storedEvents(db, ids),
    spansAt: (places) => writeLoops.spansAt(db, places),
    marksOf: (keys) => marks.marksOf(db, keys),
    deedsOf: (keys) => marks.deedsOf(db, keys),
    dump: (at) => dump(db, { at, store: kind }),
    close,
  };
}

/** What PostgreSQL ends so that another may go on: a serialization failure, a deadlock. Nothing of it has happened. */
const yieldedCodes = new Set(['40001', '40P01']);
const attemptsMax = 5;

async function again<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (fault) {
      const code = fault instanceof Error && 'code' in fault ? fault.code : undefined;
      if (typeof code !== 'string' || !yieldedCodes.has(code) || attempt === attemptsMax) throw fault;
    }
  }
}

function reader(db: Db): StoreRead {
  return {
    ...bind(db, loopReads),
    ...bind(db, readSettings),
    ...bind(db, readMany),
    ...bind(db, readSessions),
    ...bind(db, readAccounts),
    ...bind(db, factorReads),
    ...bind(db, wordReads),
    ...bind(db, auditReads),
    ...bind(db, readChanges),
    ...bind(db, readSourceRhythms),
    ...bind(db, readTotals),
    ...bind(db, readUntold),
    ...bind(db, readRefused),
    ...bind(db, directory),
    ...bind(db, readEvidence),
    ...bind(db, { erasures }),
    ...bind(db, readHeld),
    ...bind(db, identityReads),
    ...bind(db, readCampaigns),
    ...bind(db, { failedMessages, repeatsOf }),
    ...bind(db, rolloutReads),
    ...bind(db, { leaves }),
    ...bind(db, { refusedLinks }),
    ...bind(db, readMeasures),
    ...bind(db, readMeasureControls),
    ...bind(db, readMeasureTimes),
    ...bind(db, policyReads),
    ...bind(db, controlReads),
    ...bind(db, readRelapses),
    ...bind(db, reviewReads),
    ...bind(db, mineReviews),
    ...bind(db, { samples: sampleRead }),
    ...bind(db, { agentCounts }),
    ...bind(db, readExperiments),
  };
}

function writer(trx: Db): StoreWrite {
  let read: StoreRead | undefined;
  return {
    get read() {
      // Most transactions read nothing further.
      read ??= reader(trx);
      return read;
    },
    ...bind(trx, loopWrites),
    ...bind(trx, markWrites),
    ...bind(trx, messageQueries),
    ...bind(trx, notices),
    ...bind(trx, operatorWrites),
    ...bind(trx, moveMessages),
    ...bind(trx, { takePace }),
    ...bind(trx, { addRolloutSwitch, touchSpoken }),
    ...bind(trx, leaveWrites),
    ...bind(trx, linkWrites),
    ...bind(trx, writeIdentities),
    ...bind(trx, coaching),
    ...bind(trx, ledgerQueries),
    ...bind(trx, writeEvidence),
    ...bind(trx, { erasePerson, ...privacyWrites }),
    ...bind(trx, personLinks),
    ...bind(trx, settings),
    ...bind(trx, writeSessions),
    ...bind(trx, writeAccounts),
    ...bind(trx, factorWrites),
    ...bind(trx, wordWrites),
    ...bind(trx, attemptWrites),
    ...bind(trx, { lockAuditChain, appendAudit }),
    ...bind(trx, writeDirectory),
    ...bind(trx, writeCampaigns),
    ...bind(trx, writePolicies),
    ...bind(trx, writeControls),
    ...bind(trx, sampleWrites),
    ...bind(trx, writeReviews),
    ...bind(trx, agentWrites),
    ...bind(trx, renameUnits),
    ...bind(trx, writeMeasures),
    ...bind(trx, writeExperiments),
  };
}
