import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import type { Evidence } from '../../../core/owner.ts';
import { type OwnerWeights, weightOf } from '../../../core/owner-weights.ts';
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
  return {
    id: directory.id,
    people,
    evidence: (queries) =>
      Promise.resolve(
        queries.map((query) => [...known(people, query, weights), ...holder(people, query, weights)]),
      ),
  };
}

/** Authors whom the file lists as active, also under addresses that look like a machine's. */
function known(people: People, query: OwnerQuery, weights: OwnerWeights): readonly Evidence[] {
  return query.leads.flatMap((lead) => {
    if (lead.kind !== 'commit-author' && lead.kind !== 'commit-committer') return [];
    const { account, email } = lead;
    const person =
      (account === undefined ? undefined : people.byAccount(account.system, account.name)) ??
      (email === undefined ? undefined : people.byEmail(email));
    if (person?.isActive !== true) return [];
    return [
      evidenceOf(
        weights,
        'known-person',
        person.id,
        'The file of people has this address or account, as active.',
      ),
    ];
  });
}

function holder(people: People, { identity }: OwnerQuery, weights: OwnerWeights): readonly Evidence[] {
  if (identity?.provider === undefined) return [];
  const person = people.byAccount(identity.provider, identity.id);
  return person === undefined
    ? []
    : [evidenceOf(weights, 'account-holder', person.id, 'The file of people says whose account this is.')];
}

function evidenceOf(weights: OwnerWeights, kind: string, id: string, detail: string): Evidence {
  return { kind, owner: { kind: 'person', id }, detail, weight: weightOf(weights, kind) };
}
