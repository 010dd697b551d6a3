import { AppError } from '../../../core/errors.ts';
import { indexOwnedThings } from '../../../core/owned-things.ts';
import type { OwnerWeights } from '../../../core/owner-weights.ts';
import { readJsonDocuments, readYamlDocuments } from '../../../lib/read-documents.ts';
import { readExports } from '../../../lib/read-exports.ts';
import type { OwnerDirectory } from '../../../ports/owner-directory.ts';
import { readResources } from './resources.ts';

/** Owner labels and tags of exported resources; read once, so that the same question gets the same answer. */
export const directory = {
  id: 'labels',
  title: 'Owner labels and tags of cloud and Kubernetes resources',
  open: async (settings: {
    readonly weights: OwnerWeights;
    readonly files?: Readonly<Record<string, readonly string[]>> | undefined;
  }): Promise<OwnerDirectory | undefined> => {
    const paths = settings.files?.[directory.id];
    if (paths === undefined) return undefined;
    const read = await readExports(paths, /\.(?:ya?ml|json|jsonl|ndjson)$/iu);
    if ('problem' in read) throw new AppError('bad-config', `owners.${directory.id}: ${read.problem}`);
    const things = read.files.flatMap(({ name, text }) => {
      const documents = /\.ya?ml$/iu.test(name) ? readYamlDocuments(text) : readJsonDocuments(text);
      if ('values' in documents) return documents.values.flatMap(readResources);
      throw new AppError('bad-config', `owners.${directory.id}: ${name}: ${documents.problem}`);
    });
    const owned = indexOwnedThings(things, settings.weights);
    return {
      id: directory.id,
      identities: owned.identities,
      evidence: (queries) => Promise.resolve(queries.map(owned.evidence)),
    };
  },
};
