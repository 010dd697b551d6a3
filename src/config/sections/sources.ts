import { z } from 'zod';
import { count, network, slug } from '../fields.ts';
import { path, says, secret } from '../says.ts';

export const sourceShape = {
  secrets: z
    .array(z.string().min(16, 'use at least 16 random characters'))
    .max(10)
    .default([])
    .meta(secret('What the sender signs or authenticates with, the current one first.')),
};

/** How often a source is read that can be read; beside what it needs for that itself. */
export const pullTiming = {
  everyMinutes: count(1440).default(15).meta(says('How often to look.')),
};
export const receiverDescription =
  'What was agreed on with a sender that signs each delivery with its own key.';
export const pullDescription = 'For installations that the sender cannot reach: look there instead.';

export const sources = z
  .record(
    slug,
    z.looseObject({
      ...sourceShape,
      pull: z.record(z.string(), z.unknown()).optional(),
      receiver: z.record(z.string(), z.unknown()).optional(),
    }),
  )
  .default({})
  .describe('Settings of sources; files can be imported without any.');

export const trust = z
  .strictObject({
    scanners: z
      .array(network)
      .max(1000)
      .default([])
      .meta(
        says('Networks of mail scanners and sandboxes: what comes from there was nobody, and never counts.'),
      ),
    securityTeam: z
      .array(network)
      .max(1000)
      .default([])
      .meta(says('Networks of the security team, to whom simulated mails are forwarded.')),
  })
  .prefault({})
  .describe('Whether it was the identity itself; the rules stand in the packs.');

export const suppressions = z
  .string()
  .min(1)
  .optional()
  .meta(path('File of what is test data, each rule with an end; see [suppressions](suppressions.md).'));
