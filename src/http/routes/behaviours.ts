import { z } from 'zod';
import { type ByHandForm, byHandFields } from '../../core/by-hand.ts';
import { answers } from '../../core/message.ts';
import { frameworkItemSchema } from '../json/story-json.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, reading } from '../table/operation.ts';

const behaviourSchema = z.object({
  id: z.string(),
  version: z.int(),
  title: z.string(),
  summary: z.string(),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  answers: z.array(z.enum(answers)),
  proof: z.object({
    observed: z.array(z.string()),
    verified: z.array(z.string()),
    unprovableAfter: z.string(),
  }),
  holdWindow: z.string(),
  relapseWindow: z.string(),
  ladder: z.array(z.object({ moment: z.string(), after: z.string(), to: z.string() })),
  frameworks: z.array(frameworkItemSchema),
  learnMore: z.object({ label: z.string(), url: z.string() }),
  byHand: z
    .array(
      z.object({
        id: z.string(),
        title: z.string(),
        fields: z.array(
          z.object({
            name: z.enum(byHandFields),
            label: z.string(),
            hint: z.string().exactOptional(),
            example: z.string().exactOptional(),
            isRequired: z.boolean(),
            choices: z.array(z.object({ id: z.string(), title: z.string() })).exactOptional(),
          }),
        ),
      }),
    )
    .describe('The forms by which a person reports it: see POST /v1/loops.'),
});

export type BehaviourJson = z.infer<typeof behaviourSchema>;

/** The taxonomy, as the packs have it. */
export function behaviourRoutes(room: Room): Pick<Operations, 'GET /v1/behaviours'> {
  return {
    'GET /v1/behaviours': reading({
      summary: 'Lists the behaviours: what failing looks like, what proves a fix, what follows silence.',
      query: noQuery,
      answers: {
        200: { description: 'All behaviours.', schema: z.object({ items: z.array(behaviourSchema) }) },
      },
      handle: ({ c }) => {
        const items = [...room.given.packs.behaviours.values()].map(({ behaviour, frameworks }) => ({
          id: behaviour.id,
          version: behaviour.version,
          title: behaviour.title,
          summary: behaviour.summary,
          severity: behaviour.severity,
          answers: behaviour.answers,
          proof: behaviour.proof,
          holdWindow: behaviour.hold.window,
          relapseWindow: behaviour.relapse.window,
          ladder: behaviour.ladder,
          frameworks,
          learnMore: behaviour.learnMore,
          byHand: (behaviour.byHand ?? []).map(formJson),
        }));
        return c.json({ items });
      },
    }),
  };
}

function formJson({ id, title, asks }: ByHandForm): BehaviourJson['byHand'][number] {
  const fields = byHandFields.flatMap((name) => {
    const asked = asks[name];
    if (asked === undefined) return [];
    const { optional, ...shown } = asked;
    return [{ name, isRequired: !optional, ...shown }];
  });
  return { id, title, fields };
}
