import { ingest } from '../loop/ingest.ts';
import { noteWords } from '../loop/note-words.ts';
import { type LoopParts, loopPrincipal } from '../loop/parts.ts';
import { isRejection, type MapContext, type Source } from '../ports/source.ts';
import type { WordingRow } from '../ports/store.ts';
import { readArchive } from './archive.ts';
import { loadArchive, startDemoExperiment } from './demo-experiments.ts';
import { openDraws } from './draw.ts';
import { awsKeyId } from './leaks.ts';
import { makeOrganisation, type Organisation } from './organisation.ts';
import { gitleaksFinding } from './payloads/gitleaks.ts';
import { playStory } from './run-story.ts';
import { day, hour } from './world.ts';

const seed = 12;
const weeks = 12;
const people = 40;
const squadSize = 8;

/** The company of the demonstration: always the same. */
export const demoOrganisation = (): Organisation => makeOrganisation(seed, people, weeks * 7, squadSize);

export type DemoStage = {
  readonly parts: LoopParts;
  readonly sources: readonly Source[];
  readonly mapContext: (receivedAt: number) => MapContext;
  /** What is said in the story, from its first day on. */
  readonly words: readonly WordingRow[];
  readonly clock: { readonly now: () => number; readonly set: (at: number) => void };
};

/**
 * Plays twelve weeks, and the days of this week so far, up to `now`; then a key that works is found, and nobody has
 * answered yet. The story begins on a Monday, so that it is the same whenever it is played.
 */
export async function playDemo(stage: DemoStage, organisation: Organisation, now: number): Promise<void> {
  const today = now - (now % day);
  const sinceMonday = (new Date(today).getUTCDay() + 6) % 7;
  const start = today - (weeks * 7 + sinceMonday) * day;
  const registeredBy = organisation.members[0]?.email ?? '';
  stage.clock.set(start);
  await noteWords(stage.parts, stage.words);
  await loadArchive(stage.parts, readArchive(), registeredBy, start - 100 * day);
  await startDemoExperiment(stage.parts, registeredBy, now);
  await playStory(
    { ...stage, accepted: newlyAccepted(stage.parts) },
    { seed, start, days: weeks * 7 + sinceMonday, organisation, slotHours: 12, lookEveryDays: 7 },
  );
  stage.clock.set(now);
  await findWorkingKey(stage, organisation, now);
}

/** More than half a day says to forty people, so that one look at the latest is mostly enough. */
const newAtOnce = 25;

/** Asks the store, so that the outbox of the installation is the very one that is shown. */
function newlyAccepted(parts: LoopParts): () => Promise<readonly string[]> {
  const known = new Set<string>();
  return async () => {
    const fresh: string[] = [];
    let after: string | undefined;
    do {
      const page = await parts.store.read.messages(loopPrincipal, {
        state: 'accepted',
        limit: newAtOnce,
        ...(after === undefined ? {} : { after }),
      });
      const unknown = page.items.filter(({ id }) => !known.has(id));
      fresh.push(...unknown.map(({ id }) => id));
      // The latest come first: beyond a page that is all known there is nothing new.
      after = unknown.length < page.items.length ? undefined : page.next;
    } while (after !== undefined);
    for (const id of fresh) known.add(id);
    return fresh.sort();
  };
}

async function findWorkingKey(stage: DemoStage, organisation: Organisation, now: number): Promise<void> {
  const [by, repository] = [organisation.members[9], organisation.repositories[1]];
  const source = stage.sources.find(({ id }) => id === 'gitleaks');
  if (by === undefined || repository === undefined || source === undefined) return;
  const draws = openDraws(seed);
  const key = awsKeyId(draws, 'urgent');
  const finding = gitleaksFinding(
    'aws-access-token',
    key,
    {
      repository: repository.name,
      file: `${repository.folder}/deploy/settings.yaml`,
      line: 41,
      startColumn: 18,
      commit: draws.hex(40, 'urgent commit'),
      author: { name: by.name, email: by.email },
      at: now - hour / 2,
    },
    false,
  );
  const events = source.map({ ...finding, ValidationStatus: 'VALID' }, stage.mapContext(now));
  if (isRejection(events)) throw new Error(events.rejected);
  await ingest(stage.parts, { source: source.id, receivedAt: now, mode: 'live', events });
}
