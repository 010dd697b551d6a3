import type { Context } from 'hono';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { measure } from '../../loop/measure.ts';
import { measureAll } from '../../loop/measure-all.ts';
import { measureControls } from '../../loop/measure-controls.ts';
import { measuredControlJson } from '../json/measure-control-json.ts';
import {
  definedOnly,
  measureSchema,
  overviewSchema,
  revisionJson,
  watermarkJson,
} from '../json/measure-json.ts';
import { id32, iso } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, pathPart, reading } from '../table/operation.ts';

const month = z.string().regex(/^20\d\d-(?:0[1-9]|1[0-2])$/u, 'write a month as 2026-03');
const query = z
  .strictObject({
    by: z.enum(['team', 'kind', 'control']).exactOptional(),
    team: z.string().min(1).max(200).exactOptional(),
    kind: z.enum(['person', 'workload', 'agent', 'unknown']).exactOptional(),
    from: month.exactOptional(),
    to: month.exactOptional(),
    control: id32.exactOptional(),
  })
  .refine(({ from = '', to = '9' }) => from <= to, 'from is later than to')
  .refine(
    ({ by, control }) => control === undefined || by === undefined || by === 'control',
    'control asks for figures by control',
  )
  .refine(
    ({ by, control, kind, from, to }) =>
      (by !== 'control' && control === undefined) || (kind ?? from ?? to) === undefined,
    'figures by control are of the days around it and of every kind of actor: leave out kind, from and to',
  );

const hidden = 'The group is too small to be shown, or would give a small one away.';

/** Figures of behaviours: each with its n and interval, and none from which somebody could be made out. */
export function measureRoutes(
  room: Room,
): Pick<Operations, 'GET /v1/measures' | 'GET /v1/measures/{behaviour}'> {
  const { parts, packs, config } = room.given;
  const json = (c: Context, value: object) => c.json(definedOnly(value) as Record<string, unknown>);
  return {
    'GET /v1/measures': reading({
      summary: 'The first figures of every behaviour.',
      query: noQuery,
      answers: { 200: { description: 'One item for each that has cases.', schema: overviewSchema } },
      handle: async ({ c, caller }) => {
        const { asOf, watermark, group, items } = await measureAll(parts, caller, config.measures);
        return json(c, {
          asOf: iso(asOf),
          watermark: watermarkJson(watermark),
          group,
          ...(items === undefined ? { hidden } : {}),
          items: items ?? [],
        });
      },
    }),
    'GET /v1/measures/{behaviour}': reading({
      summary:
        'The figures of a behaviour, by team, kind of actor or control. Groups under five people are not shown.',
      query,
      answers: { 200: { description: 'The figures.', schema: measureSchema } },
      handle: async ({ c, caller, query: { by: asked, team, kind, from, to, control } }) => {
        const by = control === undefined ? asked : 'control';
        const behaviour = pathPart(c, 'behaviour');
        if (!packs.behaviours.has(behaviour)) throw new AppError('not-found', 'No behaviour has this id.');
        const period =
          from === undefined && to === undefined
            ? {}
            : { months: { from: from ?? '2000-01', to: to ?? '2099-12' } };
        const inGroups = by === 'control' ? undefined : by;
        const question = { behaviour, ...optional({ by: inGroups, team, kind }), ...period };
        const found = await measure(parts, caller, question, config.measures);
        const controls =
          by === 'control'
            ? await measureControls(
                parts,
                caller,
                { behaviour, ...optional({ team, control }) },
                config.measures,
              )
            : undefined;
        if (control !== undefined && controls?.length === 0)
          throw new AppError('not-found', 'No control of this behaviour has this id and is or was in force.');
        const { whole } = found;
        return json(c, {
          behaviour,
          asOf: iso(found.asOf),
          watermark: watermarkJson(found.watermark),
          group: found.group,
          ...(whole.kind === 'hidden' ? { hidden } : withoutKind(whole)),
          ...optional({ by }),
          groups: found.groups.map((group) =>
            group.kind === 'hidden' ? { id: group.id, hidden } : withoutKind(group),
          ),
          taxonomy: found.taxonomy,
          ...optional({ comparison: found.comparison, controls: controls?.map(measuredControlJson) }),
          revised: found.revised.map(revisionJson),
        });
      },
    }),
  };
}

function withoutKind<Given extends { readonly kind: string }>({ kind: _kind, ...rest }: Given) {
  return rest;
}

/** The members that were given. */
function optional<Given extends object>(
  given: Given,
): { readonly [K in keyof Given]?: Exclude<Given[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof Given]?: Exclude<Given[K], undefined>;
  };
}
