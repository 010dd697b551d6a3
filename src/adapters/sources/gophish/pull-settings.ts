import { z } from 'zod';
import { isBaseUrl } from '../../../lib/base-url.ts';
import type { SourcePull } from '../../../ports/source.ts';
import { pullCampaigns } from './pull.ts';

/** What stands under `sources.gophish.pull`. */
export const pullSettings = z.strictObject({
  baseUrl: z
    .string()
    .refine(isBaseUrl, 'write https://name:3333, without user, query or fragment')
    .overwrite((text) => text.replace(/\/+$/u, ''))
    .meta({
      description: 'Address of the administration server, such as `https://gophish.example.com:3333`.',
    }),
  token: z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/u, 'write an API key: one word, without blanks')
    .meta({ description: 'The API key of a user, from _Account settings_.', secret: true }),
});

export const pull: SourcePull = {
  settings: pullSettings,
  open: (given) => {
    const settings = pullSettings.parse(given);
    return {
      origins: [new URL(settings.baseUrl).origin],
      read: (cursors, tools) => pullCampaigns({ ...settings, ...tools, cursors }),
    };
  },
};
