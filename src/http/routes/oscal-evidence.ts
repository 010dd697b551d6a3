import type { Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import { type OutcomeFigures, oscalResults } from '../../ledger/oscal.ts';
import type { OscalDocument } from '../../ledger/oscal-shape.ts';
import { coverageOf } from '../../packs/coverage.ts';
import { type CoverageFigures, withFigures } from '../../packs/coverage-loops.ts';
import type { LoopRow, Period } from '../../ports/store.ts';
import type { Room } from '../room.ts';

/** The framework whose outcomes OSCAL speaks of: the others have no catalog of theirs. */
const oscalFramework = 'NIST-CSF';
/** In force at once; a control has one behaviour and scope. */
const controlsMax = 5000;

/** Coverage of every framework by behaviours and by the cases of a period that the caller may see. */
export async function coverageIn(
  room: Room,
  caller: Principal,
  period: Period,
): Promise<readonly CoverageFigures[]> {
  const { packs, parts } = room.given;
  const { read } = parts.store;
  const controls = await read.controls(caller, { state: 'applied', limit: controlsMax });
  return withFigures(coverageOf(packs), await read.evidenceCounts(caller, period), controls);
}

export async function oscalOfPeriod(
  room: Room,
  caller: Principal,
  period: Period,
  exportedAt: number,
): Promise<OscalDocument> {
  const whose = caller.teams === 'all' ? 'all' : caller.teams.join(' ');
  return resultsOf(room, await coverageIn(room, caller, period), {
    subject: `${period.from} ${period.until} ${whose}`,
    title: `Foldback evidence, ${day(period.from)} to ${day(period.until - 1)}`,
    ...period,
    exportedAt,
  });
}

/** One case: whether what its behaviour bears on is satisfied as far as this case goes. */
export function oscalOfLoop(
  room: Room,
  loop: LoopRow,
  time: Period & { readonly exportedAt: number },
): OscalDocument {
  const counts = loop.state !== 'dismissed' && loop.state !== 'merged';
  const figures = {
    behaviour: loop.behaviour,
    loops: counts ? 1 : 0,
    verified: counts && loop.rung === 'verified' ? 1 : 0,
    held: counts && loop.rung === 'held' ? 1 : 0,
  };
  const coverage = coverageOf(room.given.packs).map((framework) => ({
    ...framework,
    items: framework.items
      .filter(({ behaviours }) => behaviours.includes(loop.behaviour))
      .map((item) => ({ ...item, behaviours: [loop.behaviour] })),
  }));
  const title = `Foldback evidence, case ${loop.caseCode}`;
  return resultsOf(room, withFigures(coverage, [figures], []), {
    subject: `loop ${loop.id}`,
    title,
    ...time,
  });
}

function resultsOf(
  room: Room,
  coverage: readonly CoverageFigures[],
  about: Period & { readonly exportedAt: number; readonly subject: string; readonly title: string },
): OscalDocument {
  const { config, signer } = room.given;
  const framework = coverage.find((one) => one.framework === oscalFramework);
  const outcomes: readonly OutcomeFigures[] =
    framework?.items.filter(({ behaviours }) => behaviours.length > 0) ?? [];
  if (framework === undefined || outcomes.length === 0)
    throw new AppError('conflict', `No behaviour of the packs points to ${oscalFramework} here.`);
  return oscalResults({
    organisation: config.organisation.name,
    ...about,
    framework: `${framework.title} ${framework.edition}`,
    outcomes,
    signer,
  });
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
