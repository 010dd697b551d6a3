import { z } from 'zod';
import { count } from '../fields.ts';
import { path, says } from '../says.ts';

export const backup = z
  .strictObject({
    everyHours: count(24 * 31)
      .optional()
      .meta(says('Makes a backup this often; none unless given.')),
    dir: z
      .string()
      .min(1)
      .optional()
      .meta(path('Folder of backups; `backups` in `data.dir` unless given. Best on another disk.')),
    keep: count(1000).default(14).meta(says('How many backups made on schedule stay; the oldest go.')),
  })
  .prefault({})
  .describe('Backups on schedule. They hold no keys.');
