import { z } from 'zod';
import { keyList, keyText } from '../fields.ts';
import { secret } from '../says.ts';

export const keys = z
  .strictObject({
    fingerprint: keyList
      .optional()
      .meta(
        secret(
          'Keys of fingerprints, the current one first. Keep the old ones: what they marked is recognised by them only.',
        ),
      ),
    token: keyList.optional().meta(secret('Keys of reply links, the current one first.')),
    ledger: keyList
      .optional()
      .meta(secret('Seeds (Ed25519) of the keys that sign checkpoints, the current one first.')),
    assignment: keyText
      .optional()
      .meta(
        secret('Assigns people to variants; a key derived from it names units in measures. Never changes.'),
      ),
    data: keyList
      .optional()
      .meta(
        secret(
          'Keys of sealed settings, the current one first; `data.key` in `data.dir` unless given. Stands beside the others: none of them needs it.',
        ),
      ),
    analytics: keyList
      .optional()
      .meta(
        secret(
          'Keys of the pseudonyms in experiments, the current one first. Without one no experiment starts; an old one may go when no experiment follows anybody under it.',
        ),
      ),
    event: keyText.optional().meta(secret('Gives events their ids. Never changes.')),
  })
  .prefault({})
  .describe(
    'Each 32 random bytes as base64 or hex, every one different. With the embedded store they are made at the first start; with PostgreSQL they come from here, the same on every node.',
  );
