import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { AppError } from '../../../core/errors.ts';
import * as first from './migrations/0001-first-loop.ts';
import * as undertakings from './migrations/0002-undertakings.ts';
import * as campaigns from './migrations/0003-campaigns.ts';
import * as directory from './migrations/0004-directory.ts';
import * as policies from './migrations/0005-policies.ts';
import * as sessions from './migrations/0006-sessions.ts';
import * as notices from './migrations/0007-notices.ts';
import * as lessons from './migrations/0010-lessons.ts';
import * as agentFigures from './migrations/0011-agent-figures.ts';
import * as experiments from './migrations/0012-experiments.ts';
import * as readouts from './migrations/0013-readouts.ts';
import * as outcomes from './migrations/0014-outcomes.ts';
import * as exits from './migrations/0015-exits.ts';
import * as controls from './migrations/0016-controls.ts';
import * as samples from './migrations/0017-samples.ts';
import * as evidencePeriods from './migrations/0018-evidence-periods.ts';
import * as privacy from './migrations/0019-privacy.ts';
import * as messageMoves from './migrations/0020-message-moves.ts';
import * as channelPace from './migrations/0021-channel-pace.ts';
import * as rollout from './migrations/0022-rollout.ts';
import * as accounts from './migrations/0024-accounts.ts';
import * as audit from './migrations/0025-audit.ts';
import * as unitNames from './migrations/0027-unit-names.ts';
import * as outcomeIndexes from './migrations/0028-outcome-indexes.ts';
import * as snoozes from './migrations/0031-snoozes.ts';
import * as leave from './migrations/0032-leave.ts';
import * as coaching from './migrations/0033-coaching.ts';
import * as standIns from './migrations/0034-stand-ins.ts';
import * as secondFactor from './migrations/0037-second-factor.ts';
import * as loopNeeds from './migrations/0043-loop-needs.ts';
import * as loopCounts from './migrations/0044-loop-counts.ts';
import * as words from './migrations/0045-words.ts';
import * as provedSessions from './migrations/0046-proved-sessions.ts';
import * as accessAttempts from './migrations/0047-access-attempts.ts';
import * as identities from './migrations/0050-identities.ts';
import * as refusedLinks from './migrations/0051-refused-links.ts';

/** In order; a name is never changed or re-used. */
const migrations: Readonly<Record<string, Migration>> = {
  '0001-first-loop': first,
  '0002-undertakings': undertakings,
  '0003-campaigns': campaigns,
  '0004-directory': directory,
  '0005-policies': policies,
  '0006-sessions': sessions,
  '0007-notices': notices,
  '0010-lessons': lessons,
  '0011-agent-figures': agentFigures,
  '0012-experiments': experiments,
  '0013-readouts': readouts,
  '0014-outcomes': outcomes,
  '0015-exits': exits,
  '0016-controls': controls,
  '0017-samples': samples,
  '0018-evidence-periods': evidencePeriods,
  '0019-privacy': privacy,
  '0020-message-moves': messageMoves,
  '0021-channel-pace': channelPace,
  '0022-rollout': rollout,
  '0024-accounts': accounts,
  '0025-audit': audit,
  '0027-unit-names': unitNames,
  '0028-outcome-indexes': outcomeIndexes,
  '0031-snoozes': snoozes,
  '0032-leave': leave,
  '0033-coaching': coaching,
  '0034-stand-ins': standIns,
  '0037-second-factor': secondFactor,
  '0043-loop-needs': loopNeeds,
  '0044-loop-counts': loopCounts,
  '0045-words': words,
  '0046-proved-sessions': provedSessions,
  '0047-access-attempts': accessAttempts,
  '0050-identities': identities,
  '0051-refused-links': refusedLinks,
};

/** Other programs keep lists of their own in the same database, under the usual names, in whatever schema. */
export const migrationTable = 'foldback_migrations';
export const migrationLockTable = 'foldback_migrations_lock';

/** `done` of `of` steps that were missing are taken, and `step` is next. */
export type OnSchemaStep = (progress: {
  readonly step: string;
  readonly done: number;
  readonly of: number;
}) => void;

/** The steps, each saying so before it is taken. */
function told(onStep: OnSchemaStep, pending: () => number): Record<string, Migration> {
  let done = 0;
  return Object.fromEntries(
    Object.entries(migrations).map(([step, { up }]) => [
      step,
      {
        up: async (db) => {
          onStep({ step, done, of: pending() });
          await up(db);
          done += 1;
        },
      },
    ]),
  );
}

async function pendingOf(migrator: Migrator): Promise<number> {
  return (await migrator.getMigrations()).filter(({ executedAt }) => executedAt === undefined).length;
}

/** Every step of the schema that this program knows, in order. */
export const schemaSteps: readonly string[] = Object.keys(migrations);

/**
 * Brings the schema up to date under a lock, each migration in the one transaction of the run: a kill at any point
 * leaves the old schema or the new one. A schema newer than this program is refused.
 *
 * @param upTo the last step to take, for rows that a backup of then holds; all of them unless given
 * @param onStep told before each step that is taken
 */
export async function migrate(
  db: Kysely<unknown>,
  schema?: string,
  upTo?: string,
  onStep?: OnSchemaStep,
): Promise<void> {
  if (schema !== undefined) await sql`create schema if not exists ${sql.id(schema)}`.execute(db);
  const current = await sql<{ name: string }>`select current_schema() as name`.execute(db);
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () => (onStep === undefined ? { ...migrations } : told(onStep, () => pending)),
    },
    migrationTableName: migrationTable,
    migrationLockTableName: migrationLockTable,
    migrationTableSchema: schema ?? current.rows[0]?.name ?? 'public',
  });
  const pending = onStep === undefined ? 0 : await pendingOf(migrator);
  const { error } = await (upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo));
  if (error !== undefined) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('bad-config', `the database schema could not be brought up to date: ${reason}`, {
      cause: error,
    });
  }
}
