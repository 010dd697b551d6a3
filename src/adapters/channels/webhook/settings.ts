import { z } from 'zod';
import { secretBytes } from './signature.ts';

const secret = z.string().refine((text) => secretBytes(text) !== undefined, {
  message: 'write a secret as whsec_ and the base64 of 24 to 64 random bytes',
});

const says = (description: string) => ({ description });

/** What stands under `channels.webhook`. */
export const webhookSettings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/u })
    .meta(says('The receiver. https, unless it stands in an own network.')),
  secrets: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.split(/[\s,]+/u).filter((part) => part !== '') : value),
      z.array(secret).min(1).max(5),
    )
    .meta({
      description:
        'What messages are signed with (Standard Webhooks), the current one first; during a rotation all sign.',
      secret: true,
    }),
  allowPrivateNetwork: z
    .stringbool()
    .or(z.boolean())
    .default(false)
    .meta(
      says(
        'Whether the receiver stands in an own network: http, any port and private addresses are allowed for it then. No, unless given.',
      ),
    ),
  stateChanges: z
    .stringbool()
    .or(z.boolean())
    .default(false)
    .meta(says('Whether programs are told what becomes of every case. No, unless given.')),
  stateChangesUrl: z
    .url({ protocol: /^https?$/u })
    .optional()
    .meta(says('Where that is posted to; to `url` unless given.')),
  ca: z.string().optional().meta(says('A further certificate authority, PEM.')),
  timeoutMs: z.coerce
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(15_000)
    .meta(says('For one message, milliseconds.')),
});
export type WebhookSettings = z.infer<typeof webhookSettings>;
