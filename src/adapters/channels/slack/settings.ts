import { z } from 'zod';

const says = (description: string) => ({ description });
const secret = (description: string) => ({ description, secret: true });

const conversation = z
  .string()
  .regex(/^[CG][A-Z0-9]{2,20}$/u, 'write the id of a channel, such as C0123456789');

/** What stands under `channels.slack`. */
export const slackSettings = z.strictObject({
  token: z
    .string()
    .regex(/^xox[a-z](?:-[A-Za-z0-9.]{1,200}){1,8}$/u, 'write the bot token of the app: it begins with xoxb-')
    .meta(secret('The bot token of the app.')),
  signingSecret: z
    .string()
    .regex(/^[A-Za-z0-9]{16,128}$/u, 'write the signing secret of the app, from its basic information')
    .optional()
    .meta(
      secret(
        'What Slack signs presses of buttons with. Without it and `appToken` messages carry no buttons for answers, only the link.',
      ),
    ),
  appToken: z
    .string()
    .regex(/^xapp(?:-[A-Za-z0-9.]{1,200}){1,8}$/u, 'write the app-level token: it begins with xapp-')
    .optional()
    .meta(
      secret(
        'The app-level token (`connections:write`), for Socket Mode: presses come over a connection that the worker opens, and Slack need not reach this server.',
      ),
    ),
  teamChannels: z
    .record(z.string(), conversation)
    .default({})
    .meta(says('Where teams are written to: the id of a team, and the id of its channel.')),
  dutyChannel: conversation
    .optional()
    .meta(says('Where the duty role is written to; unless given, whoever has it gets a direct message.')),
  apiUrl: z
    .url({ protocol: /^https?$/u })
    .regex(/\/$/u, 'write it with a slash at the end')
    .default('https://slack.com/api/')
    .meta(says('The Web API.')),
  allowPrivateNetwork: z
    .stringbool()
    .or(z.boolean())
    .default(false)
    .meta(says('Whether `apiUrl` is a relay in an own network. No, unless given.')),
  ca: z.string().optional().meta(says('A further certificate authority, PEM.')),
  timeoutMs: z.coerce
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(10_000)
    .meta(says('For one call of the Web API, milliseconds.')),
});
export type SlackSettings = z.infer<typeof slackSettings>;

/** Whether answers can come back by buttons, by either way. */
export function takesPresses({ signingSecret, appToken }: SlackSettings): boolean {
  return signingSecret !== undefined || appToken !== undefined;
}
