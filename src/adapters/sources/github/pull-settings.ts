import { z } from 'zod';
import type { SourcePull } from '../../../ports/source.ts';
import { pullAlerts } from './pull.ts';

/** What stands under `sources.github.pull`. */
export const pullSettings = z.strictObject({
  baseUrl: z
    .string()
    .refine(isBaseUrl, 'write https://name/path, without user, query or fragment')
    .overwrite((text) => text.replace(/\/+$/u, ''))
    .default('https://api.github.com')
    .meta({ description: 'Address of the API. Of an own server: `https://<host>/api/v3`.' }),
  token: z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/u, 'write a token: one word, without blanks')
    .meta({
      description: 'A token that may read secret scanning alerts of these repositories, nothing more.',
      secret: true,
    }),
  repositories: z
    .array(z.string().regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/u, 'write owner/name'))
    .min(1)
    .max(1000)
    .meta({ description: 'What to look at, such as `acme/shop`.' }),
});

export const pull: SourcePull = {
  settings: pullSettings,
  open: (given) => {
    const settings = pullSettings.parse(given);
    return {
      origins: [new URL(settings.baseUrl).origin],
      read: (cursors, tools) => pullAlerts({ ...settings, ...tools, cursors }),
    };
  },
};

/** https; plain http only to this machine, where nobody listens in. */
function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  const isPlain = username === '' && password === '' && search === '' && hash === '';
  const isHere = hostname === '127.0.0.1' || hostname === '[::1]' || hostname === 'localhost';
  return isPlain && (protocol === 'https:' || (protocol === 'http:' && isHere));
}
