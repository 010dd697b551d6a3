import { z } from 'zod';
import { verdictCodes } from '../core/measures/experiment/verdict.ts';
import type { PackFolder } from './pack-folder.ts';
import type { PackProblem } from './problem.ts';

/** What each text may show. */
const slots = [
  'arm',
  'usual',
  'lower',
  'upper',
  'armRisk',
  'usualRisk',
  'window',
  'gapLower',
  'gapUpper',
  'e',
  'n',
  'detectable',
  'date',
  'armClusters',
  'usualClusters',
  'due',
  'delivered',
  'missing',
];
const sentence = z
  .string()
  .trim()
  .min(3)
  .max(200)
  .superRefine((text, context) => {
    for (const [, slot = ''] of text.matchAll(/\{([^{}]*)\}/gu))
      if (!slots.includes(slot))
        context.addIssue({
          code: 'custom',
          message: `{${slot}} is no slot here; known: ${slots.join(', ')}`,
        });
  });

/** `packs/experiments/verdicts.<language>.yaml`: what is said of an experiment. */
export const experimentWordsSchema = z.strictObject({
  language: z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/u, 'write a language as en or pt-BR'),
  version: z.int().min(1),
  reviewedBy: z.string().min(1),
  reviewedOn: z.iso.date(),
  verdicts: z.record(z.enum([...verdictCodes, 'too-early-open', 'too-early-clusters']), sentence),
  readout: z.record(
    z.enum([
      'risks',
      'gapClosed',
      'gapOpen',
      'evidence',
      'detectable',
      'nothingYet',
      'check',
      'drifting',
      'notAlone',
      'silent',
      'clusters',
    ]),
    sentence,
  ),
  faults: z.record(
    z.enum(['sample-ratio', 'delivery', 'detector', 'source', 'opportunities', 'exits']),
    sentence,
  ),
});
export type ExperimentWords = z.infer<typeof experimentWordsSchema>;

export type ExperimentWordsFile = {
  readonly file: string;
  readonly words: ExperimentWords;
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

export function readExperimentWords(
  folder: PackFolder,
  problems: PackProblem[],
): readonly ExperimentWordsFile[] {
  return folder.matching(/^experiments\/verdicts\.([^/.]+)\.yaml$/u).flatMap(({ file, groups }) => {
    const read = folder.yaml(file, experimentWordsSchema);
    if (read === undefined) return [];
    if (read.value.language !== groups[0])
      problems.push({
        file,
        line: read.lineOf(['language']),
        reason: '"language" and the name of the file differ',
      });
    return [{ file, words: read.value, lineOf: read.lineOf }];
  });
}
