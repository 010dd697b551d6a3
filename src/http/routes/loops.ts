import { z } from 'zod';
import type { Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import { needs } from '../../core/loop/needs.ts';
import { states } from '../../core/loop/states.ts';
import { campaignOf } from '../../loop/campaign.ts';
import { readCaseCode } from '../../loop/case-code.ts';
import { release } from '../../loop/decide.ts';
import type { LoopStory } from '../../ports/store.ts';
import { reportByHand } from '../capture/report-by-hand.ts';
import { loopJson, loopSchema } from '../json/loop-json.ts';
import { id32, pageQuery } from '../json/shapes.ts';
import { storyJson, storySchema } from '../json/story-json.ts';
import type { Room } from '../room.ts';
import { changing, noQuery, type Operations, pathPart, reading } from '../table/operation.ts';

const filter = z.strictObject({
  state: z.enum(states).exactOptional(),
  behaviour: z.string().max(64).exactOptional(),
  team: z.string().max(100).exactOptional(),
  owner: z.string().max(300).exactOptional().describe('Id of a person or team.'),
  ownerKind: z.enum(['person', 'team', 'unknown']).exactOptional(),
  repository: z.string().max(300).exactOptional(),
  needs: z
    .enum(needs)
    .exactOptional()
    .describe(
      'What it needs a person for: danger that nobody answered, to decide on a risk, to help, to say who owns it.',
    ),
  ...pageQuery,
});

const ticket = z
  .string()
  .trim()
  .regex(/^[\w.:/#-]{2,80}$/u, 'write a ticket number such as SEC-123')
  .refine((text) => readCaseCode(text) === undefined && !/^[0-9a-f-]{32,36}$/iu.test(text), {
    message: 'this looks like one of our own ids',
  });

const releaseBody = z
  .strictObject({
    behaviour: z.string().max(64).exactOptional(),
    team: z.string().max(100).exactOptional(),
    ids: z.array(id32).min(1).max(1000).exactOptional(),
  })
  .refine((given) => Object.keys(given).length > 0, {
    message: 'name a behaviour, a team or ids: everything at once is never released',
  });

type LoopKeys = 'GET /v1/loops' | 'POST /v1/loops' | 'GET /v1/loops/{id}' | 'POST /v1/loops/release';

/** Reads loops, opens one by hand, releases history. */
export function loopRoutes(room: Room): Pick<Operations, LoopKeys> {
  const { given } = room;
  const { parts, packs } = given;
  const handInput = given.byHand.input.extend({
    ticket: ticket.exactOptional(),
    behaviour: z
      .string()
      .max(64)
      .exactOptional()
      .describe('What is reported; a leaked key unless given. GET /v1/behaviours tells what each asks for.'),
    form: z
      .string()
      .max(64)
      .exactOptional()
      .describe('One of the forms of the behaviour; its first unless given.'),
  });
  return {
    'GET /v1/loops': reading({
      summary: 'Lists loops, the latest first.',
      query: filter,
      answers: {
        200: {
          description: 'One page.',
          schema: z.object({ items: z.array(loopSchema), next: z.string().exactOptional() }),
        },
      },
      handle: async ({ c, caller, query }) => {
        const page = await parts.store.read.loops(caller, query);
        const next = page.next === undefined ? {} : { next: page.next };
        return c.json({ items: page.items.map((row) => loopJson(parts, row)), ...next });
      },
    }),
    'GET /v1/loops/{id}': reading({
      summary: 'Tells a loop’s whole story, by id, case code or ticket.',
      query: noQuery,
      answers: { 200: { description: 'The story.', schema: storySchema } },
      handle: async ({ c, caller }) => {
        const story = await findStory(room, caller, pathPart(c, 'id'));
        const campaign = await campaignOf(parts, story.loop);
        return c.json(storyJson(parts, packs, story, parts.clock.now(), campaign));
      },
    }),
    'POST /v1/loops': changing({
      summary: 'Opens a loop for what a person reports. The same ticket is the same loop.',
      body: handInput,
      answers: {
        201: { description: 'A new loop.', schema: storySchema },
        200: { description: 'The loop that this ticket or report stands for already.', schema: storySchema },
      },
      handle: async ({ c, caller, body }) => {
        const { id, isNew, story } = await reportByHand(given, caller, body);
        const shown = story === undefined ? { id } : storyJson(parts, packs, story, parts.clock.now());
        return c.json(shown, isNew ? 201 : 200);
      },
    }),
    'POST /v1/loops/release': changing({
      summary: 'Lets history be spoken of: by behaviour, team or ids, within the attention budget.',
      body: releaseBody,
      answers: {
        200: { description: 'How many were released.', schema: z.object({ released: z.int() }) },
      },
      handle: async ({ c, caller, body }) => c.json({ released: await release(parts, caller, body) }),
    }),
  };
}

/** Errors: `not-found`, also for what another team owns and for what no failure was reported of yet. */
export async function findStory(room: Room, caller: Principal, reference: string): Promise<LoopStory> {
  const text = reference.slice(0, 200);
  const story = await room.given.parts.store.read.loop(caller, readCaseCode(text) ?? text);
  if (story === undefined || story.loop.isStub)
    throw new AppError('not-found', 'No loop has this id or case code.');
  return story;
}
