import { AppError } from '../../../core/errors.ts';
import type { OwnerWeights } from '../../../core/owner-weights.ts';
import { peopleEvidence } from '../../../core/people-evidence.ts';
import { indexPeople } from '../../../core/people-index.ts';
import { readJsonDocuments } from '../../../lib/read-documents.ts';
import { readExports } from '../../../lib/read-exports.ts';
import type { OwnerDirectory } from '../../../ports/owner-directory.ts';
import { readTeams } from './teams.ts';

/** Teams of GitHub organisations with their members, exported; read once. */
export const directory = {
  id: 'github-teams',
  title: 'Teams of GitHub organisations, exported',
  open: async (settings: {
    readonly weights: OwnerWeights;
    readonly files?: Readonly<Record<string, readonly string[]>> | undefined;
  }): Promise<OwnerDirectory | undefined> => {
    const { weights } = settings;
    const paths = settings.files?.[directory.id];
    if (paths === undefined) return undefined;
    const read = await readExports(paths, /\.(?:json|jsonl|ndjson)$/iu);
    if ('problem' in read) throw new AppError('bad-config', `owners.${directory.id}: ${read.problem}`);
    const documents = read.files.flatMap(({ name, text }) => {
      const found = readJsonDocuments(text);
      if ('values' in found) return found.values;
      throw new AppError('bad-config', `owners.${directory.id}: ${name}: ${found.problem}`);
    });
    const { persons, teams } = readTeams(documents);
    const people = indexPeople(persons, teams);
    const list = 'The export of GitHub teams';
    return {
      id: directory.id,
      people,
      evidence: (queries) =>
        Promise.resolve(queries.map((query) => peopleEvidence(people, query, weights, list))),
    };
  },
};
