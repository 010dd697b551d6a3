import { dayMs } from '../../core/duration.ts';
import { seededRandom } from '../../core/measures/numeric/seeded-random.ts';
import { mergeDrafts, splitDrafts } from '../../core/review/find-kinds.ts';
import { messageDrafts } from '../../core/review/find-messages.ts';
import { repeatDrafts } from '../../core/review/find-repeats.ts';
import { type PackTexts, patchOf } from '../../core/review/patch.ts';
import type { Draft, ReviewBody } from '../../core/review/proposal.ts';
import type { ReviewRow, StoreWrite } from '../../ports/store.ts';
import { type LoopParts, loopPrincipal } from '../parts.ts';
import { behaviourUnits, repeatedClicks, spokenRecords } from './gather.ts';
import { saveWithEntry } from './story.ts';

const lookBackMs = 180 * dayMs;
const weekMs = 7 * dayMs;
/** What was taken up has its time before the same is found again. */
const restMs = 90 * dayMs;
const draftsMax = 100;
const knownMax = 5_000;
const reviewedSetting = 'taxonomy-reviewed';

/** Once a week, whichever process comes first. */
export async function reviewWeekly(parts: LoopParts): Promise<number> {
  const now = parts.clock.now();
  const last = await parts.store.read.setting(loopPrincipal, reviewedSetting);
  return typeof last === 'number' && last > now - weekMs ? 0 : reviewTaxonomy(parts);
}

/**
 * Looks for behaviours whose words do not work, that fall apart into kinds or are one kind, and for signs that people
 * miss again and again. The same evidence is the same proposal; what nobody decided about is kept up to date. Returns
 * how many are new.
 */
export async function reviewTaxonomy(parts: LoopParts): Promise<number> {
  const now = parts.clock.now();
  const packs = parts.reviews.texts();
  const known = await parts.store.read.reviews(loopPrincipal, { limit: knownMax });
  const since = [...parts.behaviours.keys()].map((behaviour) => ({
    behaviour,
    since: Math.max(now - lookBackMs, wordsChangedAt(known, behaviour)),
  }));
  const records = await spokenRecords(parts, since, (behaviour) => failedVersions(parts, known, behaviour));
  const units = await behaviourUnits(parts);
  const drafts = [
    ...messageDrafts(records),
    ...splitDrafts(units, (behaviour) =>
      seededRandom(Number.parseInt(parts.idOf(['review', behaviour]).slice(0, 12), 16)),
    ),
    ...mergeDrafts(units, profilesOf(parts)),
    ...repeatDrafts(await repeatedClicks(parts)),
  ].slice(0, draftsMax);
  return parts.store.transaction(async (tx) => {
    await tx.lock(reviewedSetting);
    const rows = await tx.read.reviews(loopPrincipal, { limit: knownMax });
    let made = 0;
    for (const draft of drafts) if (await keep(parts, tx, { draft, rows, packs, now })) made += 1;
    await lapse(parts, tx, drafts, rows, now);
    await tx.saveSetting(reviewedSetting, now);
    return made;
  });
}

const ofWords: ReadonlySet<string> = new Set(['reword', 'variant', 'control']);

/** Words are judged by what came after they were last changed. */
function wordsChangedAt(rows: readonly ReviewRow[], behaviour: string): number {
  const taken = rows.filter(
    (row) => row.behaviour === behaviour && row.state === 'accepted' && ofWords.has(row.kind),
  );
  return Math.max(0, ...taken.map(({ decidedAt }) => decidedAt ?? 0));
}

/** How many earlier wordings were found not to work, and changed. */
function failedVersions(parts: LoopParts, rows: readonly ReviewRow[], behaviour: string): number {
  const now = parts.reviews.messageVersion(behaviour);
  const failed = rows.filter(
    (row) =>
      row.behaviour === behaviour &&
      row.state === 'accepted' &&
      ofWords.has(row.kind) &&
      row.messageVersion < now,
  );
  return new Set(failed.map(({ messageVersion }) => messageVersion)).size;
}

/** The fix and the profile: what proves it, whose habit it is, how grave, what may be answered. */
function profilesOf({ behaviours }: LoopParts) {
  return [...behaviours].map(([behaviour, { detection, signals, proof, keys, severity, answers }]) => ({
    behaviour,
    profile: JSON.stringify([detection.fixed, signals, proof, keys, severity, answers]),
  }));
}

type Keeping = {
  readonly draft: Draft;
  readonly rows: readonly ReviewRow[];
  readonly packs: PackTexts;
  readonly now: number;
};

function isSame(row: ReviewRow, draft: Draft): boolean {
  return row.behaviour === draft.behaviour && row.kind === draft.kind && row.subject === draft.subject;
}

/** Whether it is new. */
async function keep(
  parts: LoopParts,
  tx: StoreWrite,
  { draft, rows, packs, now }: Keeping,
): Promise<boolean> {
  const own = rows.filter((row) => isSame(row, draft));
  const open = own.find(({ state }) => state === 'proposed');
  if (open === undefined && own.some((row) => (row.notAgainBefore ?? 0) > now)) return false;
  const { behaviour, kind, subject } = draft;
  const round = open?.round ?? own.length + 1;
  const id = open?.id ?? parts.idOf(['review', behaviour, kind, subject, String(round)]);
  const firstAt = open?.firstAt ?? now;
  const version = parts.behaviours.get(behaviour)?.version ?? 1;
  const day = new Date(firstAt).toISOString().slice(0, 10);
  const { evidence, cause, words } = draft;
  const patch = patchOf({ draft, id, day, version, packs });
  const body: ReviewBody = { evidence, ...(cause === undefined ? {} : { cause }), words, patch };
  if (open !== undefined) {
    const isKnown = JSON.stringify(sorted(open.body)) === JSON.stringify(sorted(body));
    const next = { ...open, lastAt: now, body };
    if (isKnown) await tx.saveReview(next);
    else
      await saveWithEntry(parts, tx, next, {
        kind: 'refreshed',
        at: now,
        body: { evidence: evidence.length },
      });
    return false;
  }
  const messageVersion = parts.reviews.messageVersion(behaviour);
  const row: ReviewRow = {
    ...{ id, behaviour, kind, subject, round, messageVersion, firstAt, body },
    state: 'proposed',
    lastAt: now,
    seq: 0,
    head: '',
  };
  const said = { behaviour, review: kind, subject, version, codes: evidence.map(({ code }) => code) };
  await saveWithEntry(parts, tx, row, { kind: 'proposed', at: now, body: said });
  return true;
}

function sorted({ evidence, cause, words, patch }: ReviewBody) {
  const rows = evidence.map(({ code, subject, x, n, lower, upper, against }) => [
    ...[code, subject, x, n],
    ...[lower, upper, against].map((value) => value ?? null),
  ]);
  const text = patch.kind === 'written' ? patch.text : patch.gap;
  return [rows, cause ?? null, words.map(({ word, people }) => [word, people]), text];
}

/** What a look does not find again is over, unless somebody decided about it. */
async function lapse(
  parts: LoopParts,
  tx: StoreWrite,
  drafts: readonly Draft[],
  rows: readonly ReviewRow[],
  now: number,
): Promise<void> {
  for (const row of rows) {
    if (row.state !== 'proposed' || drafts.some((draft) => isSame(row, draft))) continue;
    await saveWithEntry(parts, tx, { ...row, state: 'lapsed' }, { kind: 'lapsed', at: now, body: {} });
  }
}

/** How long a decision holds before the same is proposed again. */
export const reviewRestMs = restMs;
