import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { evidenceSchema, exportEvidence } from '../../ledger/evidence.ts';
import { evidencePage } from '../../ledger/evidence-page.ts';
import { csvHeader, csvRow } from '../../ledger/period-csv.ts';
import { entriesOfRows, privateOfRows, sealedOf } from '../../ledger/rows.ts';
import { sealText } from '../../ledger/sealed-text.ts';
import { noteExport, purposeQuery } from '../export-note.ts';
import type { Room } from '../room.ts';
import { type Operations, pathPart, reading } from '../table/operation.ts';
import { findStory } from './loops.ts';
import { oscalOfLoop } from './oscal-evidence.ts';

/** For the description: the whole shape is `evidenceSchema`, which verifying reads. */
const fileSchema = z.looseObject({
  format: evidenceSchema.shape.format,
  loop: z.string(),
  organisation: z.string(),
  exportedAt: z.int().describe('Epoch milliseconds, as in everything that is hashed and signed.'),
});

const query = z.strictObject({
  format: z.enum(['json', 'csv', 'html', 'oscal']).default('json'),
  purpose: purposeQuery,
});

/** A loop's story as a file that anyone can check. */
export function evidenceRoutes(room: Room): Pick<Operations, 'GET /v1/loops/{id}/evidence'> {
  const { given } = room;
  const { read } = given.parts.store;
  return {
    'GET /v1/loops/{id}/evidence': reading({
      summary:
        'Exports a loop’s story, sealed: JSON with every entry, a row, a page, or OSCAL assessment results.',
      query,
      answers: { 200: { description: 'The evidence.', schema: fileSchema } },
      handle: async ({ c, caller, query: asked }) => {
        room.limits.few(c, 'exports', caller);
        const { loop } = await findStory(room, caller, pathPart(c, 'id'));
        const rows = await read.ledger(caller, loop.id);
        if (rows === undefined) throw new AppError('not-found', 'No loop has this id or case code.');
        const checkpoints = await read.checkpointsOf(caller, loop.id);
        const evidence = exportEvidence({
          loop: loop.id,
          organisation: given.config.organisation.name,
          exportedAt: given.parts.clock.now(),
          entries: entriesOfRows(rows.entries),
          private: privateOfRows(rows.personal),
          sealed: checkpoints.map(sealedOf),
          keys: given.publicKeys,
          signer: given.signer,
        });
        const name = `foldback-evidence-${loop.caseCode}`;
        await noteExport(room, caller, 'loop-evidence', asked.purpose, {
          loop: loop.id,
          format: asked.format,
        });
        const attach = (ending: string): void =>
          c.header('Content-Disposition', `attachment; filename="${name}.${ending}"`);
        const about = {
          from: loop.firstOccurredAt,
          until: evidence.exportedAt,
          exportedAt: evidence.exportedAt,
        };
        if (asked.format === 'json') {
          attach('json');
          return c.json(evidence);
        }
        if (asked.format === 'csv') {
          attach('csv');
          const { organisation } = evidence;
          const { seq: entries, head } = loop;
          const row = csvRow(
            { organisation, ...about, of: 1 },
            1,
            { ...loop, loop: loop.id, entries, head },
            given.signer,
          );
          return c.body(csvHeader() + row, 200, { 'Content-Type': 'text/csv; charset=utf-8' });
        }
        if (asked.format === 'oscal') {
          attach('oscal.json');
          return c.json(oscalOfLoop(room, loop, about));
        }
        // A page to keep and print: as a file, it carries its own style, which ours may not.
        attach('html');
        return c.html(sealText(evidencePage(evidence), given.signer));
      },
    }),
  };
}
