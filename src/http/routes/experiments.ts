import { z } from 'zod';
import type { Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import type { Refusal } from '../../core/experiments/check-document.ts';
import { experimentSchema } from '../../core/experiments/document.ts';
import { keptNote } from '../../core/kept-text.ts';
import { readOutExperiments } from '../../loop/experiments/read-out.ts';
import { registerExperiment, startExperiment, stopExperiment } from '../../loop/experiments/register.ts';
import type { ExperimentRow } from '../../ports/store.ts';
import { requireAllTeams } from '../caller/caller.ts';
import { type ExperimentJson, experimentJson, experimentJsonSchema } from '../json/experiment-json.ts';
import { readoutJson } from '../json/readout-json.ts';
import type { Room } from '../room.ts';
import { changing, type Operations, pathPart, reading } from '../table/operation.ts';

const languageQuery = z.strictObject({
  language: z
    .string()
    .regex(/^[a-z]{2}(-[A-Z]{2})?$/u, 'write a language as en or pt-BR')
    .exactOptional()
    .describe('Of the sentences.'),
});
const startBody = z.strictObject({
  anyway: z
    .boolean()
    .default(false)
    .describe('Starts although an effect of the size that matters could not be seen here.'),
});
const stopBody = z.strictObject({ reason: z.string().trim().min(3).max(300) });

type ExperimentKeys =
  | 'GET /v1/experiments'
  | 'POST /v1/experiments'
  | 'GET /v1/experiments/{id}'
  | 'POST /v1/experiments/{id}/start'
  | 'POST /v1/experiments/{id}/stop';

/** Experiments with words: registered first, started, stopped, and read at any time. */
export function experimentRoutes(room: Room): Pick<Operations, ExperimentKeys> {
  const { parts, packs } = room.given;
  const { read } = parts.store;
  const shown = (row: ExperimentRow): ExperimentJson => {
    const json = experimentJson(parts, row);
    if (json === undefined) throw new AppError('not-found', 'Its document is of another version.');
    return json;
  };
  const withReadouts = async (
    caller: Principal,
    rows: readonly ExperimentRow[],
    language = room.given.config.delivery.language,
  ): Promise<ExperimentJson[]> => {
    const words = packs.experimentWords(language);
    const readouts = await readOutExperiments(parts, caller, rows);
    return rows.flatMap((row) => {
      const json = experimentJson(parts, row);
      const readout = readouts.get(row.id);
      if (json === undefined) return [];
      if (readout === undefined || words === undefined || row.startedAt === undefined) return [json];
      return [{ ...json, readout: readoutJson(json.document, readout, words, parts.clock.now()) }];
    });
  };
  return {
    'GET /v1/experiments': reading({
      summary: 'Lists experiments, the latest first.',
      query: languageQuery,
      answers: {
        200: { description: 'The experiments.', schema: z.object({ items: z.array(experimentJsonSchema) }) },
      },
      handle: async ({ c, caller, query }) => {
        const rows = await read.experiments(caller);
        return c.json({ items: await withReadouts(caller, rows, query.language) });
      },
    }),
    'POST /v1/experiments': changing({
      summary: 'Registers an experiment: refused, with every reason, unless it is valid. It stays as it is.',
      body: experimentSchema,
      answers: {
        201: { description: 'Registered, and not started.', schema: experimentJsonSchema },
        200: { description: 'The same document was registered before.', schema: experimentJsonSchema },
      },
      handle: async ({ c, caller, body }) => {
        requirePerson(caller);
        requireAllTeams(caller);
        const done = await registerExperiment(parts, body, caller);
        if (done.kind === 'refused') throw refused('This experiment is not valid.', done.refusals);
        if (done.kind === 'taken')
          throw new AppError(
            'conflict',
            'Another document is registered under this id. Other shares, another window or outcome make a new experiment: give it a new id.',
          );
        return c.json(shown(done.row), done.isNew ? 201 : 200);
      },
    }),
    'GET /v1/experiments/{id}': reading({
      summary: 'An experiment as registered, and where it stands.',
      query: languageQuery,
      answers: { 200: { description: 'The experiment.', schema: experimentJsonSchema } },
      handle: async ({ c, caller, query }) => {
        const row = await read.experiment(caller, pathPart(c, 'id'));
        const [json] = row === undefined ? [] : await withReadouts(caller, [row], query.language);
        if (json === undefined) throw missing();
        return c.json(json);
      },
    }),
    'POST /v1/experiments/{id}/start': changing({
      summary:
        'Starts an experiment. A hold-out is started by another person than the one who registered it.',
      body: startBody,
      answers: { 200: { description: 'It runs.', schema: experimentJsonSchema } },
      handle: async ({ c, caller, body }) => {
        requirePerson(caller);
        requireAllTeams(caller);
        const done = await startExperiment(parts, pathPart(c, 'id'), caller, body.anyway);
        if (done.kind === 'missing') throw missing();
        if (done.kind === 'refused') throw refused(done.reason, done.refusals, 'conflict');
        return c.json(shown(done.row));
      },
    }),
    'POST /v1/experiments/{id}/stop': changing({
      summary: 'Stops an experiment: nobody new is assigned. Who was is followed to the end of their window.',
      body: stopBody,
      answers: { 200: { description: 'It is stopped.', schema: experimentJsonSchema } },
      handle: async ({ c, caller, body }) => {
        requirePerson(caller);
        requireAllTeams(caller);
        const done = await stopExperiment(parts, pathPart(c, 'id'), caller, keptNote(body.reason));
        if (done.kind === 'missing') throw missing();
        if (done.kind === 'refused') throw new AppError('conflict', done.reason);
        return c.json(shown(done.row));
      },
    }),
  };
}

function missing(): AppError {
  return new AppError('not-found', 'No experiment has this id.');
}

function refused(
  detail: string,
  refusals: readonly Refusal[] = [],
  code: 'invalid-experiment' | 'conflict' = 'invalid-experiment',
): AppError {
  return new AppError(code, detail, { places: refusals });
}

function requirePerson(caller: Principal): void {
  if (caller.kind === 'agent') throw new AppError('forbidden', 'An agent decides about no experiment.');
}
