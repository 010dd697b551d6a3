import { z } from 'zod';

const says = (description: string) => ({ description });
const secret = (description: string) => ({ description, secret: true });
const number = z.string().regex(/^\d{1,18}$/u, 'write a number');

/** What stands under `channels.github`. */
export const githubSettings = z
  .strictObject({
    token: z
      .string()
      .regex(/^[\x21-\x7e]{8,400}$/u, 'write a token: one word, without blanks')
      .optional()
      .meta(secret('A token that may comment on the repositories; or else an App, by the next three.')),
    appId: number.optional().meta(says('The id of a GitHub App.')),
    installationId: number
      .optional()
      .meta(
        says(
          'Where it is installed: the number in the address of that page. Found by itself where it is installed once.',
        ),
      ),
    privateKey: z
      .string()
      .max(20_000)
      .optional()
      .meta(secret('The key of the App, PEM, as GitHub gives it.')),
    pullRequests: z
      .enum(['comment', 'check'])
      .default('comment')
      .meta(
        says(
          'What a message about an open pull request is: a comment that mentions its reader, or a check run with annotations, which an App alone may write.',
        ),
      ),
    apiUrl: z
      .url({ protocol: /^https?$/u })
      .max(2_000)
      .regex(/^[^?#]*$/u, 'write it without query and fragment')
      .overwrite((text) => text.replace(/\/+$/u, ''))
      .default('https://api.github.com')
      .meta(says('The API. Of an own server: `https://<host>/api/v3`.')),
    allowPrivateNetwork: z
      .stringbool()
      .or(z.boolean())
      .default(false)
      .meta(says('Whether `apiUrl` stands in an own network. No, unless given.')),
    ca: z.string().optional().meta(says('A further certificate authority, PEM.')),
    timeoutMs: z.coerce
      .number()
      .int()
      .min(100)
      .max(60_000)
      .default(10_000)
      .meta(says('For one call of the API, milliseconds.')),
  })
  .refine(
    ({ token, appId, installationId, privateKey }) => {
      const isApp = appId !== undefined && privateKey !== undefined;
      const isNone = appId === undefined && installationId === undefined && privateKey === undefined;
      return token === undefined ? isApp : isNone;
    },
    { message: 'give token, or else appId and privateKey' },
  )
  .refine(({ token, pullRequests }) => token === undefined || pullRequests === 'comment', {
    message: 'check runs are written by an App: give appId and privateKey',
    path: ['pullRequests'],
  });
export type GithubSettings = z.infer<typeof githubSettings>;
