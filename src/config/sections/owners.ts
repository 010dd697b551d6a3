import { z } from 'zod';
import { line, slug } from '../fields.ts';
import { path, says } from '../says.ts';

export const repositories = z
  .array(
    z.strictObject({
      name: line.max(300).meta(says('As reports name it, such as `github.com/acme/shop`.')),
      path: z.string().min(1).meta(path('A local clone.')),
      team: line.max(100).optional().meta(says('Team id from `people`, for what has no other owner.')),
    }),
  )
  .max(10_000)
  .default([])
  .describe('Clones in which authors, owners and fixes are looked up.');

export const people = z.string().min(1).optional().meta(path('File of people and teams, YAML or CSV.'));

export const owners = z
  .record(
    slug,
    z.strictObject({
      files: z
        .array(z.string().min(1).meta(path('A file, or a folder of them.')))
        .min(1)
        .max(100)
        .meta(says('Exports that this directory reads; a folder stands for the files in it.')),
    }),
  )
  .default({})
  .describe('Directories that say who owns what, beside `people` and the clones; see [owners](owners.md).');

export const packs = z
  .string()
  .min(1)
  .optional()
  .meta(path('Folder of content; the packs that come with Foldback unless given.'));
