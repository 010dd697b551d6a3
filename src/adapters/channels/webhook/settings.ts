import { z } from 'zod';
import { secretBytes } from './signature.ts';

const secret = z.string().refine((text) => secretBytes(text) !== undefined, {
  message: 'write a secret as whsec_ and the base64 of 24 to 64 random bytes',
});

/** What stands under `channels.webhook`. */
export const webhookSettings = z.strictObject({
  url: z.url({ protocol: /^https?$/u }),
  /** The current secret first. During a rotation both sign. A text may hold several, divided by blanks or commas. */
  secrets: z.preprocess(
    (value) => (typeof value === 'string' ? value.split(/[\s,]+/u).filter((part) => part !== '') : value),
    z.array(secret).min(1).max(5),
  ),
  /** The receiver stands in the organisation's own network: http, any port and private addresses are allowed for it. */
  allowPrivateNetwork: z.stringbool().or(z.boolean()).default(false),
  /** A further certificate authority, PEM. */
  ca: z.string().optional(),
  timeoutMs: z.coerce.number().int().min(100).max(60_000).default(15_000),
});
export type WebhookSettings = z.infer<typeof webhookSettings>;
