import { z } from 'zod';
import type { Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import { type LoopState, states } from '../../core/loop/states.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, pathPart, reading } from '../table/operation.ts';

/** Figures about fewer people than this would be figures about a person. */
export const groupPeopleMin = 5;
/** With fewer loops than this a share says more about chance than about people. */
export const shareLoopsMin = 30;

const measuresSchema = z.object({
  behaviour: z.string(),
  group: z.object({ teams: z.union([z.literal('all'), z.array(z.string())]), people: z.int() }),
  hidden: z.string().exactOptional().describe('Why the figures are not shown.'),
  loops: z.object({ n: z.int(), byState: z.partialRecord(z.enum(states), z.int()) }).exactOptional(),
  opportunities: z
    .object({ n: z.int(), from: z.iso.date().exactOptional(), to: z.iso.date().exactOptional() })
    .exactOptional(),
  fixed: z
    .object({ n: z.int(), of: z.int(), note: z.string().exactOptional() })
    .exactOptional()
    .describe('Verified or held, of all that somebody was told of. Claims are not counted.'),
});

/** States before anybody was told: they say nothing about whether telling works. */
const untold: ReadonlySet<LoopState> = new Set(['backlog', 'triage', 'open', 'dismissed', 'merged']);

/** Plain counts, with their n; rates come only where there is enough to say something. */
export function measureRoutes(room: Room): Pick<Operations, 'GET /v1/measures/{behaviour}'> {
  const { parts, packs } = room.given;
  const { read } = parts.store;
  return {
    'GET /v1/measures/{behaviour}': reading({
      summary: 'Counts loops and opportunities of a behaviour. Groups under five people are not shown.',
      query: noQuery,
      answers: { 200: { description: 'The figures.', schema: measuresSchema } },
      handle: async ({ c, caller }) => {
        const behaviour = pathPart(c, 'behaviour');
        if (!packs.behaviours.has(behaviour)) throw new AppError('not-found', 'No behaviour has this id.');
        const group = groupOf(room, caller);
        if (caller.teams !== 'all' && group.people < groupPeopleMin) {
          return c.json({ behaviour, group, hidden: `Fewer than ${groupPeopleMin} people.` });
        }
        const counts = (await read.counts(caller)).filter((row) => row.behaviour === behaviour);
        const opportunities = (await read.counters(caller, behaviour)).filter(
          ({ name }) => name === 'opportunity',
        );
        const of = sum(counts.filter(({ state }) => !untold.has(state)));
        const fixed = sum(counts.filter(({ state }) => state === 'verified' || state === 'held'));
        const days = opportunities.map(({ day }) => day).sort();
        const [from, to] = [days[0], days.at(-1)];
        return c.json({
          behaviour,
          group,
          loops: {
            n: sum(counts),
            byState: Object.fromEntries(counts.map(({ state, n }) => [state, n])),
          },
          opportunities: {
            n: sum(opportunities),
            ...(from === undefined || to === undefined ? {} : { from, to }),
          },
          fixed: { n: fixed, of, ...(of < shareLoopsMin ? { note: 'not enough data' } : {}) },
        });
      },
    }),
  };
}

function groupOf(room: Room, { teams }: Principal) {
  const people = room.given.parts.people
    .all()
    .filter(
      (person) =>
        person.isActive && (teams === 'all' || (person.team !== undefined && teams.includes(person.team))),
    );
  return { teams, people: people.length };
}

function sum(rows: readonly { readonly n: number }[]): number {
  return rows.reduce((total, { n }) => total + n, 0);
}
