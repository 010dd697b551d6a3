import { z } from 'zod';

const says = (description: string) => ({ description });

const flow = z.url({ protocol: /^https?$/u }).max(2_000);

/** What stands under `channels.teams`. */
export const teamsSettings = z
  .strictObject({
    personUrl: flow.optional().meta({
      description:
        'The flow that posts to one person: to whom `recipient` of the body names. Without it people are not written to here.',
      secret: true,
    }),
    teamUrls: z.record(z.string(), flow).default({}).meta({
      description: 'The flows that post into the channels of teams, by the id of the team.',
      secret: true,
    }),
    dutyUrl: flow.optional().meta({ description: 'The flow that posts to the duty role.', secret: true }),
    allowPrivateNetwork: z
      .stringbool()
      .or(z.boolean())
      .default(false)
      .meta(
        says(
          'Whether the addresses are those of a relay in an own network: http is allowed then. No, unless given.',
        ),
      ),
    ca: z.string().optional().meta(says('A further certificate authority, PEM.')),
    timeoutMs: z.coerce
      .number()
      .int()
      .min(100)
      .max(60_000)
      .default(15_000)
      .meta(says('For one message, milliseconds.')),
  })
  .refine(
    ({ personUrl, teamUrls, dutyUrl }) =>
      personUrl !== undefined || dutyUrl !== undefined || Object.keys(teamUrls).length > 0,
    { message: 'give at least one of personUrl, teamUrls and dutyUrl' },
  );
export type TeamsSettings = z.infer<typeof teamsSettings>;
