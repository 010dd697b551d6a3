import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeBareRepository } from './bare-repository.ts';
import { labelFiles } from './identities.ts';
import { codeownersFile, type Organisation, peopleFile } from './organisation.ts';

/** A company's files on disk, as directories of owners read them. */
export type CompanyFiles = {
  readonly people: string;
  /** Exports of labels. */
  readonly labels: readonly string[];
  readonly clones: readonly { readonly repository: string; readonly path: string }[];
};

/** Writes the file of people, exports of labels where there are any, and a clone with CODEOWNERS for every repository. */
export async function writeCompany(folder: string, organisation: Organisation): Promise<CompanyFiles> {
  const people = join(folder, 'people.yaml');
  await mkdir(folder, { recursive: true });
  await writeFile(people, peopleFile(organisation));
  const clones: { readonly repository: string; readonly path: string }[] = [];
  for (const [repository, parts] of Map.groupBy(organisation.repositories, ({ name }) => name)) {
    const path = join(folder, 'repositories', repository);
    await writeBareRepository(path, 'CODEOWNERS', codeownersFile(parts));
    clones.push({ repository, path });
  }
  const labels: string[] = [];
  for (const [at, file] of labelFiles(organisation.identities).entries()) {
    const path = join(folder, `identities-${at + 1}.json`);
    await writeFile(path, JSON.stringify(file));
    labels.push(path);
  }
  return { people, labels, clones };
}
