import type { ExperimentDocument } from '../core/experiments/document.ts';
import { registerExperiment, startExperiment } from '../loop/experiments/register.ts';
import type { LoopParts } from '../loop/parts.ts';
import { type PlantedWords, triedBehaviour, triedMoment } from './words.ts';
import { day } from './world.ts';

export const trialId = 'words-of-practice-mails';
const trialDays = 90;
/** More than a company of any size brings together: the experiment does not end in a story. */
export const recurrencesMax = 100_000;
export const trialWindowMs = trialDays * day;
const by = { id: 'simulation', name: 'The simulation' };

/** Registers and starts the experiment of a story, as an awareness team would; the company may be too small for it. */
export async function startTrial(
  parts: LoopParts,
  registeredBy: string,
  end: number,
  words: readonly PlantedWords[],
): Promise<void> {
  const document: ExperimentDocument = {
    id: trialId,
    title: 'Other words after a click',
    hypothesis: 'Other words after a click change how often the same person clicks again.',
    behaviour: triedBehaviour,
    moment: triedMoment,
    unit: 'person',
    arms: words.map((variant) => ({
      id: variant,
      share: 1 / words.length,
      message: variant,
    })),
    outcome: 'recurred',
    window: `${trialDays}d`,
    smallestEffect: 0.8,
    recurrencesMax,
    // Nobody is assigned whose window would be cut: the story ends before this does.
    endsOn: new Date(end + trialWindowMs + day).toISOString().slice(0, 10),
    guardrails: [],
    registeredBy,
  };
  const registered = await registerExperiment(parts, document, by);
  if (registered.kind !== 'registered')
    throw new Error(`the experiment was refused: ${JSON.stringify(registered)}`);
  const started = await startExperiment(parts, trialId, by, true);
  if (started.kind !== 'started')
    throw new Error(`the experiment was not started: ${JSON.stringify(started)}`);
}
