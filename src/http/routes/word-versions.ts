import { z } from 'zod';
import { can, type Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import { type Wording, wordingsOf } from '../../packs/wording.ts';
import type { ExperimentRow, WordingRow } from '../../ports/store.ts';
import {
  changedParts,
  listVersions,
  ranWith,
  wordsOfVersionSchema,
  wordVersionsSchema,
} from '../json/word-version-json.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, pathPart, reading } from '../table/operation.ts';

/** Versions of one behaviour that are listed, the latest first. */
export const versionsMax = 1_000;

const hash = z.string().regex(/^[0-9a-f]{64}$/u, 'write the hash of a version');
const againstQuery = z.strictObject({
  against: hash.exactOptional().describe('Hash of an earlier version of the same moment and language.'),
});

type VersionKeys =
  | 'GET /v1/behaviours/{behaviour}/versions'
  | 'GET /v1/behaviours/{behaviour}/versions/{hash}';

/** Which words of a behaviour were said, since when and until when, and what changed between two of them. */
export function wordVersionRoutes(room: Room): Pick<Operations, VersionKeys> {
  const { packs, parts } = room.given;
  const { read } = parts.store;
  let all: readonly Wording[] | undefined;
  // The packs stay as they are while the server runs.
  const currentOf = (behaviour: string): readonly Wording[] => {
    all ??= wordingsOf(packs);
    return all.filter((one) => one.behaviour === behaviour);
  };
  const behaviourOf = (id: string): string => {
    if (!packs.behaviours.has(id)) throw new AppError('not-found', 'No behaviour has this id.');
    return id;
  };
  return {
    'GET /v1/behaviours/{behaviour}/versions': reading({
      summary: 'Lists the versions of the words of a behaviour: since when, until when, and how often said.',
      query: noQuery,
      answers: {
        200: {
          description: 'By moment, variant and language, the latest first.',
          schema: wordVersionsSchema,
        },
      },
      handle: async ({ c, caller }) => {
        const behaviour = behaviourOf(pathPart(c, 'behaviour'));
        const mayCount = can(caller, 'measures:read') && caller.teams === 'all';
        const [kept, sent, experiments] = await Promise.all([
          read.wordings(caller, behaviour, versionsMax + 1),
          mayCount ? read.wordsSent(caller, behaviour) : [],
          experimentsOf(caller, behaviour),
        ]);
        const items = listVersions({
          kept: kept.slice(0, versionsMax),
          current: currentOf(behaviour),
          sent,
          mayCount,
          behaviour,
        }).map((item) => ({ ...item, experiments: ranWith(item, experiments) }));
        return c.json({ items, isCut: kept.length > versionsMax });
      },
    }),
    'GET /v1/behaviours/{behaviour}/versions/{hash}': reading({
      summary: 'The words of one version, and what changed in them since another one.',
      query: againstQuery,
      answers: { 200: { description: 'Its parts and phrases as text.', schema: wordsOfVersionSchema } },
      handle: async ({ c, caller, query }) => {
        const behaviour = behaviourOf(pathPart(c, 'behaviour'));
        const wanted = async (named: string): Promise<WordingRow> => {
          const row =
            currentOf(behaviour).find((one) => one.hash === named) ??
            (hash.safeParse(named).success ? await read.wording(caller, behaviour, named) : undefined);
          if (row === undefined)
            throw new AppError('not-found', 'No version of this behaviour has this hash.');
          return row;
        };
        const row = await wanted(pathPart(c, 'hash'));
        const earlier = query.against === undefined ? undefined : await wanted(query.against);
        if (earlier !== undefined && (earlier.moment !== row.moment || earlier.language !== row.language))
          throw new AppError('bad-request', 'against: it is of another moment or language.');
        const { moment, variant, language, version } = row;
        return c.json({
          hash: row.hash,
          moment,
          variant,
          language,
          version,
          ...(earlier === undefined
            ? {}
            : { against: { hash: earlier.hash, variant: earlier.variant, version: earlier.version } }),
          parts: changedParts(earlier ?? row, row),
        });
      },
    }),
  };

  async function experimentsOf(caller: Principal, behaviour: string): Promise<readonly ExperimentRow[]> {
    const rows = await read.experiments(caller);
    return rows.filter((row) => row.behaviour === behaviour && row.startedAt !== undefined);
  }
}
