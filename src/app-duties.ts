import type { App } from './app.ts';
import { auditDuties } from './app-audit.ts';
import { backupDuties } from './app-backup.ts';
import { pullDuties } from './app-pull.ts';
import { readSuppressions } from './config/read-suppressions.ts';
import { dayMs } from './core/duration.ts';
import type { Log } from './lib/log.ts';
import { closeMonths } from './loop/close-months.ts';
import { expireControls } from './loop/controls/decide.ts';
import { proposeControls } from './loop/controls/propose.ts';
import { lookAtExperiments } from './loop/experiments/look.ts';
import { followIdentities, followLeftOwners, listIdentities } from './loop/follow-identities.ts';
import { forgetOld } from './loop/forget.ts';
import { followLeave } from './loop/note-leave.ts';
import type { LoopParts } from './loop/parts.ts';
import { forgetDetail } from './loop/retention.ts';
import { reviewWeekly } from './loop/reviews/propose.ts';
import { followSuppressions } from './loop/suppress.ts';
import type { SuppressionRow } from './ports/store.ts';
import type { BesideDuty } from './worker.ts';

/** How often it is looked whether rules of test data came or went: an operator waits for it. */
const suppressionsEveryMs = 30_000;

/** Another process may have been told of people; whoever left while nobody looked is passed on. */
const directoryEveryMs = 15_000;

/** An operator who has just decided looks at the list. */
const identitiesEveryMs = 2_000;
/** Directories of files change at a start alone; who answers by them follows the list of people. */
const listedEveryMs = 3_600_000;

/** What is too old to be judged by is forgotten in small parts. */
const forgetEveryMs = 600_000;
const decisionsForgottenMax = 10_000;

/** Controls are weighed by people, over days. */
const controlsEveryMs = 300_000;

/** A look at the taxonomy is due once a week; whether it is, is asked more often. */
const reviewsEveryMs = 3_600_000;

async function followControls(parts: LoopParts): Promise<void> {
  await expireControls(parts);
  await proposeControls(parts);
}
/** What harms is stopped soon; more often would look no sooner, as recurrences count after a day. */
const experimentsEveryMs = 60_000;

/** What the worker does beside the turn of the loop. */
export function besideDuties(app: App): readonly BesideDuty[] {
  return [
    {
      name: 'suppressions',
      everyMs: suppressionsEveryMs,
      run: () => followSuppressions(app.parts),
    },
    { name: 'directory', everyMs: directoryEveryMs, run: () => app.followDirectory() },
    { name: 'identities', everyMs: identitiesEveryMs, run: () => followIdentities(app.parts) },
    { name: 'listed', everyMs: listedEveryMs, run: (signal) => listIdentities(app.parts, signal) },
    { name: 'orphans', everyMs: directoryEveryMs, run: () => followLeftOwners(app.parts) },
    { name: 'leave', everyMs: directoryEveryMs, run: () => followLeave(app.parts) },
    { name: 'controls', everyMs: controlsEveryMs, run: () => followControls(app.parts) },
    { name: 'reviews', everyMs: reviewsEveryMs, run: () => reviewWeekly(app.parts) },
    { name: 'forget', everyMs: forgetEveryMs, run: () => forgetOld(app.parts) },
    { name: 'measures', everyMs: forgetEveryMs, run: () => closeMonths(app.parts) },
    {
      name: 'detail',
      everyMs: forgetEveryMs,
      run: () => forgetDetail(app.parts, app.config.privacy.retention),
    },
    { name: 'decisions', everyMs: forgetEveryMs, run: () => forgetOldDecisions(app) },
    ...auditDuties(app),
    ...backupDuties(app),
    { name: 'experiments', everyMs: experimentsEveryMs, run: () => lookAtExperiments(app.parts) },
    ...pullDuties(app),
  ];
}

async function forgetOldDecisions({ parts, config }: Pick<App, 'parts' | 'config'>): Promise<void> {
  const before = parts.clock.now() - config.privacy.retention.decisionDays * dayMs;
  await parts.store.transaction((tx) => tx.forgetDecisions(before, decisionsForgottenMax));
}

/**
 * The rules of the file of test data; those that ended are told of. Errors: `bad-config` with every problem at once.
 *
 * @param idOf gives the same rule the same id at every start
 */
export function openSuppressions(
  file: string | undefined,
  now: number,
  idOf: (parts: readonly string[]) => string,
  log: Log,
): readonly SuppressionRow[] {
  if (file === undefined) return [];
  const { rules, warnings } = readSuppressions(file, now);
  for (const warning of warnings) log.warn({}, warning);
  return rules.map((rule) => ({
    ...rule,
    id: idOf(['suppression', rule.kind, rule.pattern, String(rule.until)]),
    createdAt: now,
  }));
}
