import { AppError } from '../../../core/errors.ts';
import { indexOwnedThings } from '../../../core/owned-things.ts';
import type { OwnerWeights } from '../../../core/owner-weights.ts';
import { peopleEvidence } from '../../../core/people-evidence.ts';
import { indexPeople } from '../../../core/people-index.ts';
import { readJsonDocuments, readYamlDocuments } from '../../../lib/read-documents.ts';
import { readExports } from '../../../lib/read-exports.ts';
import type { OwnerDirectory } from '../../../ports/owner-directory.ts';
import { readCatalog } from './catalog.ts';

/** A Backstage catalogue from its files; read once, so that the same question gets the same answer. */
export const directory = {
  id: 'backstage',
  title: 'Backstage catalogue, from its files',
  open: async (settings: {
    readonly weights: OwnerWeights;
    readonly files?: Readonly<Record<string, readonly string[]>> | undefined;
  }): Promise<OwnerDirectory | undefined> => {
    const { weights } = settings;
    const paths = settings.files?.[directory.id];
    if (paths === undefined) return undefined;
    const read = await readExports(paths, /\.(?:ya?ml|json)$/iu);
    if ('problem' in read) throw new AppError('bad-config', `owners.${directory.id}: ${read.problem}`);
    const entities = read.files.flatMap(({ name, text }) => {
      const documents = /\.json$/iu.test(name) ? readJsonDocuments(text) : readYamlDocuments(text);
      if ('values' in documents) return documents.values;
      throw new AppError('bad-config', `owners.${directory.id}: ${name}: ${documents.problem}`);
    });
    const { persons, teams, things } = readCatalog(entities);
    const owned = indexOwnedThings(things, weights);
    const people = indexPeople(persons, teams);
    return {
      id: directory.id,
      people,
      identities: owned.identities,
      evidence: (queries) =>
        Promise.resolve(
          queries.map((query) => [
            ...owned.evidence(query),
            ...peopleEvidence(people, query, weights, 'The catalogue'),
          ]),
        ),
    };
  },
};
