import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { periodOf, periodQuery } from '../json/period.ts';
import { instant, iso } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { type Operations, reading } from '../table/operation.ts';
import { coverageIn } from './oscal-evidence.ts';

const count = z.int().min(0);
const itemSchema = z.object({
  id: z.string(),
  reference: z
    .string()
    .describe('The id with its framework and edition: alone it means something else elsewhere.'),
  title: z.string(),
  behaviours: z.array(z.string()),
  loops: count.describe('Cases in the period, without those dismissed or merged.'),
  verified: count,
  held: count,
  controls: z.array(z.string()).describe('Ids of the controls in force for its behaviours.'),
});

export const coverageSchema = z.object({
  from: instant,
  until: instant,
  items: z.array(
    z.object({
      framework: z.string(),
      edition: z.string(),
      title: z.string(),
      notes: z.array(z.string()),
      items: z.array(itemSchema),
      gaps: z.array(z.string()).describe('Items that no behaviour bears on.'),
      silent: z.array(z.string()).describe('Items that a behaviour bears on, without a case in the period.'),
    }),
  ),
});
export type CoverageJson = z.infer<typeof coverageSchema>;

const query = z.strictObject({
  ...periodQuery,
  framework: z.string().max(64).exactOptional().describe('Only this one, such as NIST-CSF.'),
});

const usualDays = 90;

/** What the behaviours, and the cases of a period, cover of each framework. */
export function coverageRoutes(room: Room): Pick<Operations, 'GET /v1/coverage'> {
  return {
    'GET /v1/coverage': reading({
      summary: 'Shows which items of each framework have behaviours, cases and controls, and which are gaps.',
      query,
      answers: { 200: { description: 'Every framework of the packs.', schema: coverageSchema } },
      handle: async ({ c, caller, query: asked }) => {
        const { from, until } = periodOf(asked, room.given.parts.clock.now(), usualDays);
        const all = await coverageIn(room, caller, { from, until });
        const chosen = all.filter(
          ({ framework }) => asked.framework === undefined || framework === asked.framework,
        );
        if (chosen.length === 0) {
          const names = all.map(({ framework }) => framework).join(', ');
          throw new AppError('bad-request', `No framework has this name; there are ${names}.`);
        }
        const items = chosen.map((one) => ({
          ...one,
          items: one.items.map((item) => ({
            ...item,
            reference: `${one.framework} ${one.edition} ${item.id}`,
          })),
        }));
        return c.json({ from: iso(from), until: iso(until), items });
      },
    }),
  };
}
