import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { privacyReportPage } from '../../pages/privacy-report-page.ts';
import { noteExport, purposeQuery } from '../export-note.ts';
import { iso } from '../json/shapes.ts';
import { privacyFacts } from '../privacy-facts.ts';
import type { Room } from '../room.ts';
import { type Operations, reading } from '../table/operation.ts';

const query = z.strictObject({ format: z.enum(['json', 'html']).default('json'), purpose: purposeQuery });
const reportSchema = z.looseObject({ organisation: z.string(), at: z.string(), groupsMin: z.int() });

/** What a works council or a data protection officer asks. */
export function privacyReportRoutes(room: Room): Pick<Operations, 'GET /v1/privacy/report'> {
  return {
    'GET /v1/privacy/report': reading({
      summary: 'What is collected about people, why, for how long and who sees it; nothing about one person.',
      query,
      answers: { 200: { description: 'The report, as JSON or as a page to print.', schema: reportSchema } },
      handle: async ({ c, caller, query: asked }) => {
        room.limits.few(c, 'exports', caller);
        if (caller.teams !== 'all')
          throw new AppError(
            'forbidden',
            'The report speaks of all teams, and this token does not see them.',
          );
        await noteExport(room, caller, 'privacy', asked.purpose, { format: asked.format });
        const report = await privacyFacts(room, caller);
        if (asked.format === 'json') return c.json({ ...report, at: iso(report.at) });
        c.header('Content-Disposition', 'attachment; filename="foldback-privacy.html"');
        return c.html(privacyReportPage(report));
      },
    }),
  };
}
