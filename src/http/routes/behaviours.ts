import { z } from 'zod';
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
        }));
        return c.json({ items });
      },
    }),
  };
}
