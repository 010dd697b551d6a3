import { AppError } from '../../../core/errors.ts';
import { indexOwnedThings } from '../../../core/owned-things.ts';
import type { OwnerWeights } from '../../../core/owner-weights.ts';
import { peopleEvidence } from '../../../core/people-evidence.ts';
import { indexPeople } from '../../../core/people-index.ts';
import { readCsvRows, readJsonDocuments } from '../../../lib/read-documents.ts';
import { readExports } from '../../../lib/read-exports.ts';
import type { OwnerDirectory } from '../../../ports/owner-directory.ts';
import { readObjects } from './objects.ts';

/** Users and applications exported from Microsoft Entra; read once. */
export const directory = {
  id: 'entra-export',
  title: 'Users and applications, exported from Microsoft Entra',
  open: async (settings: {
    readonly weights: OwnerWeights;
    readonly files?: Readonly<Record<string, readonly string[]>> | undefined;
  }): Promise<OwnerDirectory | undefined> => {
    const { weights } = settings;
    const paths = settings.files?.[directory.id];
    if (paths === undefined) return undefined;
    const read = await readExports(paths, /\.(?:json|jsonl|ndjson|csv)$/iu);
    if ('problem' in read) throw new AppError('bad-config', `owners.${directory.id}: ${read.problem}`);
    const objects = read.files.flatMap(({ name, text }) => {
      const found = /\.csv$/iu.test(name) ? readCsvRows(text) : readJsonDocuments(text);
      if ('values' in found) return found.values;
      throw new AppError('bad-config', `owners.${directory.id}: ${name}: ${found.problem}`);
    });
    const { persons, teams, things } = readObjects(objects);
    const people = indexPeople(persons, teams);
    const owned = indexOwnedThings(things, weights);
    return {
      id: directory.id,
      people,
      identities: owned.identities,
      evidence: (queries) =>
        Promise.resolve(
          queries.map((query) => [
            ...owned.evidence(query),
            ...peopleEvidence(people, query, weights, 'The export of Entra'),
          ]),
        ),
    };
  },
};
