import { z } from 'zod';
import { readDocument } from '../../core/experiments/canonical.ts';
import { type ExperimentDocument, experimentSchema } from '../../core/experiments/document.ts';
import { blindness, sightHere } from '../../loop/experiments/register.ts';
import type { LoopParts } from '../../loop/parts.ts';
import { type ExperimentRow, experimentStates } from '../../ports/store.ts';
import { readoutSchema } from './readout-json.ts';
import { instant, iso, known, knownInstant } from './shapes.ts';

export const experimentJsonSchema = z.object({
  id: z.string(),
  state: z.enum(experimentStates),
  hash: z.string().describe('SHA-256 of the canonical JSON (RFC 8785) of the document.'),
  document: experimentSchema.describe('As registered; never changed.'),
  registeredAt: instant,
  registeredBy: z.string().describe('The principal that sent the document.'),
  startedAt: instant.exactOptional(),
  startedBy: z.string().exactOptional(),
  endedAt: instant.exactOptional(),
  endReason: z.string().exactOptional(),
  ledger: z.object({ chain: z.string(), seq: z.int(), head: z.string() }),
  sight: z
    .object({
      recurrences: z.int().describe('First recurrences that can come together here at most.'),
      detectable: z.number().describe('The smallest effect that they could show, a hazard ratio under 1.'),
      isEnough: z.boolean(),
      warning: z.string().exactOptional(),
    })
    .describe('What could be seen in a company of this size.'),
  readout: readoutSchema.exactOptional(),
});
export type ExperimentJson = z.infer<typeof experimentJsonSchema>;

/** Undefined for a document of another time. */
export function experimentJson(parts: LoopParts, row: ExperimentRow): ExperimentJson | undefined {
  const document = readDocument(row.document);
  if (document === undefined) return undefined;
  return {
    id: row.id,
    state: row.state,
    hash: row.hash,
    document,
    registeredAt: iso(row.registeredAt),
    registeredBy: row.registeredByName,
    ...knownInstant('startedAt', row.startedAt),
    ...known('startedBy', row.startedByName),
    ...knownInstant('endedAt', row.endedAt),
    ...known('endReason', row.endReason),
    ledger: { chain: row.chain, seq: row.seq, head: row.head },
    sight: sightJson(parts, document),
  };
}

function sightJson(parts: LoopParts, document: ExperimentDocument): ExperimentJson['sight'] {
  const sight = sightHere(parts, document);
  return { ...sight, ...known('warning', sight.isEnough ? undefined : blindness(document, sight)) };
}
