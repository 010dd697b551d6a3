import { z } from 'zod';
import { isBaseUrl } from '../../../lib/base-url.ts';
import type { SourcePull } from '../../../ports/source.ts';
import { type CheckToken, openCheck, requireKeys, senderShape } from './check-token.ts';
import { pollEvents } from './poll.ts';

/** What stands under `sources.ssf.pull`. */
export const pullSettings = z.strictObject({
  pollUrl: z
    .string()
    .refine(isBaseUrl, 'write https://name/path, without user, query or fragment')
    .meta({ description: 'Where the sender gives tokens: the `endpoint_url` of the stream’s delivery.' }),
  token: z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/u, 'write a token: one word, without blanks')
    .exactOptional()
    .meta({ description: 'What the sender wants to see as a bearer token.', secret: true }),
  ...senderShape,
});

/** Polling for Security Event Tokens (RFC 8936). */
export const pull: SourcePull = {
  settings: pullSettings,
  open: (given) => {
    const settings = pullSettings.parse(given);
    requireKeys(settings);
    let check: Promise<CheckToken> | undefined;
    return {
      origins: [new URL(settings.pollUrl).origin],
      read: (_cursors, tools) =>
        pollEvents({
          fetch: tools.fetch,
          now: tools.now,
          pollUrl: settings.pollUrl,
          token: settings.token,
          check: () => {
            check ??= openCheck(settings).catch((fault: unknown) => {
              // A file that is corrected is read by the next look.
              check = undefined;
              throw fault;
            });
            return check;
          },
        }),
    };
  },
};
