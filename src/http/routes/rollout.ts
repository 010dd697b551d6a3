import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { stages } from '../../core/loop/rollout.ts';
import { moments } from '../../core/message.ts';
import { instantOf } from '../../lib/instant.ts';
import { readRollout, turnSwitch } from '../../loop/rollout.ts';
import { instant, iso, known } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { changing, noQuery, type Operations, reading } from '../table/operation.ts';

const place = {
  behaviour: z.string().min(1).max(100).exactOptional(),
  team: z.string().min(1).max(100).exactOptional(),
};
const share = z.number().min(0).max(1).exactOptional();

const rolloutSchema = z.object({
  mode: z.enum(['shadow', 'live']).describe('Of whatever no rule speaks of.'),
  rules: z
    .array(z.object({ ...place, stage: z.enum(stages), share }))
    .describe('In force; the narrower rule counts, of two alike the first.'),
  turns: z
    .array(
      z.object({
        at: instant,
        by: z.string(),
        ...place,
        stage: z.enum([...stages, 'settings']),
        share,
        reason: z.string(),
      }),
    )
    .describe('Who turned which switch, the latest first.'),
});

export type RolloutJson = z.infer<typeof rolloutSchema>;

const countSchema = z.object({ messages: z.int(), recipients: z.int(), loops: z.int() });
const shadowSchema = z.object({
  items: z.array(
    z.object({
      behaviour: z.string(),
      team: z.string().exactOptional(),
      moment: z.enum(moments),
      shown: countSchema.describe('What would have been said.'),
      said: countSchema,
    }),
  ),
});

export type ShadowJson = z.infer<typeof shadowSchema>;

const turnsShownMax = 100;

/** The switches between shadow and live, and what either side of them holds. */
export function rolloutRoutes(
  room: Room,
): Pick<Operations, 'GET /v1/rollout' | 'POST /v1/rollout' | 'GET /v1/shadow'> {
  const { parts } = room.given;
  const { read } = parts.store;
  const shown = async (caller: Parameters<typeof read.rolloutSwitches>[0]) => {
    await readRollout(parts, read);
    const isSeen = (team: string | undefined) =>
      caller.teams === 'all' || team === undefined || caller.teams.includes(team);
    return {
      mode: parts.delivery.mode,
      rules: parts.rollout.rules().filter(({ team }) => isSeen(team)),
      turns: (await read.rolloutSwitches(caller, turnsShownMax)).map((turn) => ({
        ...turn,
        at: iso(turn.at),
      })),
    };
  };
  const answers = { 200: { description: 'The switches.', schema: rolloutSchema } };
  return {
    'GET /v1/rollout': reading({
      summary: 'Of which behaviours and teams people are told, and what is shown only.',
      query: noQuery,
      answers,
      handle: async ({ c, caller }) => c.json(await shown(caller)),
    }),
    'POST /v1/rollout': changing({
      summary: 'Turns a switch. What was only shown stays history until it is released.',
      body: z
        .strictObject({
          ...place,
          stage: z.enum([...stages, 'settings']).describe('`settings` gives it back to the settings.'),
          share,
          reason: z.string().trim().min(3).max(500),
        })
        .refine(({ stage, share: part }) => (stage === 'canary') === (part !== undefined), {
          message: 'a canary, and nothing else, has a share',
        }),
      answers,
      handle: async ({ c, caller, body }) => {
        if (caller.teams !== 'all' && (body.team === undefined || !caller.teams.includes(body.team)))
          throw new AppError('forbidden', 'It takes a token for all teams, or for the team that is named.');
        const turned = await turnSwitch(parts, caller, body);
        if (turned.kind === 'refused')
          throw new AppError(
            'conflict',
            `${turned.reason.slice(0, 1).toUpperCase()}${turned.reason.slice(1)}.`,
          );
        return c.json(await shown(caller));
      },
    }),
    'GET /v1/shadow': reading({
      summary: 'What would have been said beside what was, by behaviour, team and moment.',
      query: z.strictObject({
        ...place,
        since: z
          .string()
          .refine((text) => instantOf(text) !== undefined, 'write a time such as 2026-12-24T09:00:00Z')
          .exactOptional(),
      }),
      answers: { 200: { description: 'One item for each that has any.', schema: shadowSchema } },
      handle: async ({ c, caller, query }) => {
        const { since, ...filter } = query;
        const counts = await read.shadowCounts(caller, {
          ...filter,
          ...known('since', instantOf(since ?? '')),
        });
        const groups = Map.groupBy(counts, ({ behaviour, team, moment }) =>
          JSON.stringify([behaviour, team, moment]),
        );
        const items = [...groups.values()].flatMap((both) => {
          const [first] = both;
          if (first === undefined) return [];
          const of = (isShadow: boolean) => {
            const found = both.find((one) => one.isShadow === isShadow);
            return {
              messages: found?.messages ?? 0,
              recipients: found?.recipients ?? 0,
              loops: found?.loops ?? 0,
            };
          };
          const { behaviour, team, moment } = first;
          return [{ behaviour, ...known('team', team), moment, shown: of(true), said: of(false) }];
        });
        return c.json({ items });
      },
    }),
  };
}
