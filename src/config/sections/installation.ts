import { z } from 'zod';
import { count, isDatabaseUrl, line } from '../fields.ts';
import { path, says, secret } from '../says.ts';

export const organisation = z
  .strictObject({
    name: line.max(100).default('This organisation').meta(says('As messages and evidence name it.')),
  })
  .prefault({})
  .describe('Whose installation this is.');

export const data = z
  .strictObject({
    dir: z
      .string()
      .min(1)
      .default('./.foldback')
      .meta(path('Folder of the embedded store, generated keys and the list of checkpoints.')),
  })
  .prefault({})
  .describe('Where data rests.');

export const database = z
  .strictObject({
    url: z
      .string()
      .refine(isDatabaseUrl, 'write postgres://user:password@host:5432/name')
      .optional()
      .meta(secret('PostgreSQL 15 or newer, instead of the embedded store. Also `DATABASE_URL`.')),
    tls: z
      .enum(['required', 'plain'])
      .default('required')
      .meta(
        says(
          'The way to a PostgreSQL on another machine: TLS with a certificate that is checked, or `plain` where nobody else is on that network. `sslmode` in the address goes before it.',
        ),
      ),
    connectionsMax: count(200).default(10).meta(says('Connections of one process.')),
  })
  .prefault({})
  .describe('The database, when it is not the embedded one.');

export const ledger = z
  .strictObject({
    checkpoints: z
      .string()
      .min(1)
      .optional()
      .meta(
        path(
          'File that checkpoints are also written to; `checkpoints.jsonl` in `data.dir` unless given. Best on another disk.',
        ),
      ),
  })
  .prefault({})
  .describe('How the story is made provable.');

export const log = z
  .strictObject({
    level: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info')
      .meta(says('What is written to standard error.')),
  })
  .prefault({})
  .describe('The log.');

export const hook = z
  .strictObject({
    onError: z
      .enum(['allow', 'deny'])
      .default('allow')
      .meta(
        says(
          'What a hook does when it cannot look; it says so either way. A coding agent’s call is then asked about, never allowed.',
        ),
      ),
  })
  .prefault({})
  .describe('Hooks.');

export const server = z
  .string()
  .optional()
  .meta(says('For commands: address of the server to talk to, instead of the one on this data.'));

export const token = z.string().optional().meta(secret('For commands: API token for that server.'));
