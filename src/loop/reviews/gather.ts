import { dayMs } from '../../core/duration.ts';
import { cuesSchema } from '../../core/mail-cues/simulation.ts';
import { horizonHours } from '../../core/measures/measure-rows.ts';
import { replyTroubles } from '../../core/measures/mining/message-trouble.ts';
import { tellingWords } from '../../core/measures/mining/telling-words.ts';
import type { BehaviourUnits } from '../../core/review/find-kinds.ts';
import type { SpokenRecord } from '../../core/review/find-messages.ts';
import type { RepeatedClicks } from '../../core/review/find-repeats.ts';
import { type Note, wordsIn, wordsOf } from '../../core/review/reply-words.ts';
import type { Click, NoteRow, SpokenSince } from '../../ports/store.ts';
import { type Campaign, campaignsOf } from '../campaign.ts';
import { readOutExperiments, type ShownReadout } from '../experiments/read-out.ts';
import { type LoopParts, loopPrincipal } from '../parts.ts';

const horizonMs = horizonHours * 3_600_000;
const yearMs = 365 * dayMs;
const notesMax = 5_000;
const unitsMax = 5_000;
const clicksMax = 50_000;
const troubled: ReadonlySet<string> = new Set(replyTroubles);

/** What is known of the words of every behaviour, since they were last changed. */
export async function spokenRecords(
  parts: LoopParts,
  since: readonly SpokenSince[],
  failedVersions: (behaviour: string) => number,
): Promise<readonly SpokenRecord[]> {
  const { read } = parts.store;
  const counts = await read.spokenCounts(loopPrincipal, since, parts.clock.now());
  const answers = await read.answerCounts(loopPrincipal, since);
  const notes = await read.replyNotes(loopPrincipal, since, notesMax);
  const names = namesOf(parts);
  const trials = await trialBounds(parts, since);
  return counts.map(({ behaviour, people, opened, fixed }) => {
    const share = (reply: string) => ({
      x: answers.find((one) => one.behaviour === behaviour && one.answer === reply)?.people ?? 0,
      n: people,
    });
    const isOwn = (note: NoteRow) => note.behaviour === behaviour && troubled.has(note.answer);
    const [own, others] = [notes.filter(isOwn), notes.filter((note) => !isOwn(note))];
    return {
      behaviour,
      people,
      firsts: trials.get(behaviour)?.firsts ?? 0,
      riskRatioUpper: trials.get(behaviour)?.upper ?? null,
      verified: { x: fixed, n: opened },
      replies: {
        'need-help': share('need-help'),
        wrong: share('wrong'),
        'not-mine': share('not-mine'),
      },
      notes: own.length,
      words: tellingWords(wordsOf(own satisfies readonly Note[], names), wordsOf(others, names)),
      failedVersions: failedVersions(behaviour),
    };
  });
}

/** Names of people and teams are no words about a message. */
function namesOf({ people }: Pick<LoopParts, 'people'>): ReadonlySet<string> {
  return wordsIn([
    ...people
      .all()
      .flatMap(({ id, name, emails, accounts }) => [
        id,
        name,
        ...emails,
        ...accounts.map((account) => account.name),
      ]),
    ...people.teams().flatMap(({ id, name }) => [id, name]),
  ]);
}

/** By the experiments of a behaviour: the best that other words did against the usual ones. */
async function trialBounds(parts: LoopParts, since: readonly SpokenSince[]) {
  const { read } = parts.store;
  const asked = new Map(since.map((one) => [one.behaviour, one.since]));
  const rows = (await read.experiments(loopPrincipal)).filter(
    ({ behaviour, startedAt }) => startedAt !== undefined && startedAt >= (asked.get(behaviour) ?? Infinity),
  );
  const shown: ReadonlyMap<string, ShownReadout> =
    rows.length === 0 ? new Map() : await readOutExperiments(parts, loopPrincipal, rows);
  const bounds = new Map<string, { readonly firsts: number; readonly upper: number }>();
  for (const { id, behaviour } of rows) {
    const found = shown.get(id);
    if (found?.kind !== 'shown') continue;
    for (const { code, n, riskRatio } of found.readout.comparisons) {
      const upper = riskRatio?.upper ?? null;
      if (code === 'broken' || upper === null) continue;
      const known = bounds.get(behaviour);
      if (known === undefined || upper < known.upper) bounds.set(behaviour, { firsts: n, upper });
    }
  }
  return bounds;
}

/** First cases that were followed for ninety days, by behaviour. */
export async function behaviourUnits(parts: LoopParts): Promise<readonly BehaviourUnits[]> {
  const now = parts.clock.now();
  const { read } = parts.store;
  const cases = await read.firstCases(loopPrincipal, now - yearMs, now - horizonMs, unitsMax);
  const keys = campaignKeys(cases);
  const known: ReadonlyMap<string, Campaign> = keys.length === 0 ? new Map() : await campaignsOf(read, keys);
  const units = cases.map((one) => {
    const rating = known.get(`${one.source} ${one.campaign}`)?.difficulty.rating;
    const features = rating === undefined ? one.features : { ...one.features, difficulty: rating };
    // A half that neither the unit nor what it did decides.
    const half: 0 | 1 = parts.idOf(['review half', one.unit]) < '8' ? 0 : 1;
    return { behaviour: one.behaviour, unit: { features, isEvent: one.again, half } };
  });
  return [...Map.groupBy(units, ({ behaviour }) => behaviour)].map(([behaviour, all]) => ({
    behaviour,
    units: all.map(({ unit }) => unit),
  }));
}

function campaignKeys(rows: readonly Pick<Click, 'source' | 'campaign'>[]) {
  const keys = rows.flatMap(({ source, campaign }) => (campaign === '' ? [] : [{ source, id: campaign }]));
  return [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
}

/** Who followed several practice mails, and the signs that these showed. */
export async function repeatedClicks(parts: LoopParts): Promise<readonly RepeatedClicks[]> {
  const { read } = parts.store;
  const clicks = await read.clicks(loopPrincipal, parts.clock.now() - yearMs, clicksMax);
  if (clicks.length === 0) return [];
  const rows = await read.campaigns(loopPrincipal, campaignKeys(clicks));
  const signs = new Map(
    rows.flatMap(({ source, id, cues }) => {
      const read = cuesSchema.safeParse(cues);
      return read.success
        ? [[`${source} ${id}`, new Set(read.data.map(({ kind }) => kind as string))] as const]
        : [];
    }),
  );
  const known = clicks.flatMap((one) => {
    const shown = signs.get(`${one.source} ${one.campaign}`);
    return shown === undefined ? [] : [{ ...one, shown }];
  });
  return [...Map.groupBy(known, ({ behaviour }) => behaviour)].map(([behaviour, all]) => ({
    behaviour,
    repeaters: [...Map.groupBy(all, ({ unit }) => unit).values()]
      .filter((own) => own.length >= 2)
      .map((own) => ({ signs: own.map(({ shown }) => shown) })),
    mails: [...new Map(all.map((one) => [`${one.source} ${one.campaign}`, one.shown])).values()],
  }));
}
