import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import type { OwnerWeights } from '../../../core/owner-weights.ts';
import { peopleEvidence } from '../../../core/people-evidence.ts';
import type { OwnerDirectory, OwnerQuery, People } from '../../../ports/owner-directory.ts';
import { peopleFileBytesMax, readPeople } from './read-people.ts';

/** People and teams from one file; read once, so that the same question gets the same answer. */
export const directory = {
  id: 'people',
  title: 'People and teams, from a file',
  open: async (settings: {
    readonly peopleFile?: string | undefined;
    readonly weights: OwnerWeights;
  }): Promise<OwnerDirectory | undefined> => {
    const { peopleFile, weights } = settings;
    if (peopleFile === undefined) return undefined;
    const size = (await stat(peopleFile).catch(() => undefined))?.size;
    const name = basename(peopleFile);
    if (size === undefined) throw new AppError('bad-config', `${name}: the file does not exist`);
    if (size > peopleFileBytesMax) {
      throw new AppError('bad-config', `${name}: the file is larger than ${peopleFileBytesMax} bytes`);
    }
    return directoryOf(readPeople(await readFile(peopleFile, 'utf8'), name), weights);
  },
};

function directoryOf(people: People, weights: OwnerWeights): OwnerDirectory {
  const answer = (query: OwnerQuery) => peopleEvidence(people, query, weights, 'The file of people');
  return { id: directory.id, people, evidence: (queries) => Promise.resolve(queries.map(answer)) };
}
