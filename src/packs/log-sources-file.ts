import { z } from 'zod';
import { Refusal } from '../core/detection/node.ts';
import { type LogSourceEntry, openLogSources } from '../core/rules/log-source.ts';
import type { PackFolder } from './pack-folder.ts';
import type { PackProblem } from './problem.ts';

const part = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/u, 'use small letters, digits, dots, hyphens and underscores');
const paths = z.array(z.string().max(200)).min(1);

/** `detection/fields.yaml`: which events a logsource means, and how its fields are named. */
export const logSourcesSchema = z.array(
  z.strictObject({
    logsource: z.strictObject({
      category: part.exactOptional(),
      product: part.exactOptional(),
      /** Several that share everything else stand as a list. */
      service: z.union([part, z.array(part).min(1)]).exactOptional(),
    }),
    sources: z.array(part).min(1).exactOptional(),
    when: z.unknown().optional(),
    names: z.record(z.string(), paths).exactOptional(),
    prefixes: z.record(z.string(), paths).exactOptional(),
    under: paths.exactOptional(),
  }),
);

/** What the packs say of log sources; empty when the file is missing or has problems. */
export function readLogSourceEntries(folder: PackFolder, problems: PackProblem[]): readonly LogSourceEntry[] {
  for (const { file } of folder.matching(/^detection\/fields\.yaml$/u)) {
    const read = folder.yaml(file, logSourcesSchema);
    if (read === undefined) return [];
    const entries: LogSourceEntry[] = [];
    for (const [index, { logsource, when, ...entry }] of read.value.entries()) {
      const { service, ...others } = logsource;
      const services = service === undefined || typeof service === 'string' ? [service] : service;
      const made = services.map((one) => ({
        ...entry,
        logsource: one === undefined ? others : { ...others, service: one },
        ...(when === undefined ? {} : { when }),
      }));
      try {
        openLogSources(made);
        entries.push(...made);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const path = [index, ...error.path.slice(1)];
        problems.push({ file, line: read.lineOf(path), reason: error.message });
      }
    }
    return entries;
  }
  return [];
}
