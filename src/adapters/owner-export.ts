import { AppError } from '../core/errors.ts';
import { indexOwnedThings, type OwnedThing } from '../core/owned-things.ts';
import type { OwnerWeights } from '../core/owner-weights.ts';
import { peopleEvidence } from '../core/people-evidence.ts';
import { indexPeople } from '../core/people-index.ts';
import { readCsvRows, readJsonDocuments } from '../lib/read-documents.ts';
import { readExports } from '../lib/read-exports.ts';
import type { OwnerDirectory } from '../ports/owner-directory.ts';

/** What an owner directory does with files that were exported from an identity provider: they are read once. */
export type OwnerExport = {
  readonly id: string;
  /** Who says so, in the evidence: `The export of Okta`. */
  readonly says: string;
  readonly readObjects: (objects: readonly unknown[]) => {
    readonly persons: Parameters<typeof indexPeople>[0];
    readonly teams: Parameters<typeof indexPeople>[1];
    readonly things: readonly OwnedThing[];
  };
};

export type ExportSettings = {
  readonly weights: OwnerWeights;
  readonly files?: Readonly<Record<string, readonly string[]>> | undefined;
};

/** Undefined where no file is named; throws `bad-config` naming the file that cannot be read. */
export async function openOwnerExport(
  { id, says, readObjects }: OwnerExport,
  { weights, files }: ExportSettings,
): Promise<OwnerDirectory | undefined> {
  const paths = files?.[id];
  if (paths === undefined) return undefined;
  const read = await readExports(paths, /\.(?:json|jsonl|ndjson|csv)$/iu);
  if ('problem' in read) throw new AppError('bad-config', `owners.${id}: ${read.problem}`);
  const objects = read.files.flatMap(({ name, text }) => {
    const found = /\.csv$/iu.test(name) ? readCsvRows(text) : readJsonDocuments(text);
    if ('values' in found) return found.values;
    throw new AppError('bad-config', `owners.${id}: ${name}: ${found.problem}`);
  });
  const { persons, teams, things } = readObjects(objects);
  const people = indexPeople(persons, teams);
  const owned = indexOwnedThings(things, weights);
  return {
    id,
    people,
    identities: owned.identities,
    evidence: (queries) =>
      Promise.resolve(
        queries.map((query) => [...owned.evidence(query), ...peopleEvidence(people, query, weights, says)]),
      ),
  };
}
