import { z } from 'zod';
import { isBaseUrl } from '../../../lib/base-url.ts';
import type { SourcePull } from '../../../ports/source.ts';
import { pullLog } from './pull.ts';

/** What stands under `sources.okta.pull`. */
export const pullSettings = z.strictObject({
  baseUrl: z
    .string()
    .refine(isBaseUrl, 'write https://name, without user, query or fragment')
    .overwrite((text) => text.replace(/\/+$/u, ''))
    .meta({ description: 'Address of the organisation, such as `https://acme.okta.com`.' }),
  token: z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/u, 'write a token: one word, without blanks')
    .meta({ description: 'An API token of an account that may read the System Log only.', secret: true }),
});

export const pull: SourcePull = {
  settings: pullSettings,
  open: (given) => {
    const settings = pullSettings.parse(given);
    return {
      origins: [new URL(settings.baseUrl).origin],
      read: (cursors, tools) => pullLog({ ...settings, ...tools, cursors }),
    };
  },
};
