import { z } from 'zod';
import { line } from '../fields.ts';
import { says, secret } from '../says.ts';

const push = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/u })
      .meta(
        says(
          'Where each batch is posted to, an entry a line of JSON. https, unless it stands in an own network.',
        ),
      ),
    authorization: line
      .max(2_000)
      .optional()
      .meta(secret('What is sent as `Authorization`, as that system wants it: `Bearer …`, `Splunk …`.')),
    allowPrivateNetwork: z
      .boolean()
      .default(false)
      .meta(
        says(
          'Whether it stands in an own network: http, any port and private addresses are allowed for it then.',
        ),
      ),
    ca: z.string().optional().meta(says('A further certificate authority, PEM.')),
  })
  .describe('Another system that gets every entry of the record of access decisions.');

export const audit = z
  .strictObject({
    log: z
      .boolean()
      .default(true)
      .meta(says('Whether a worker writes each entry of the record of access decisions to the log too.')),
    push: push.optional(),
  })
  .prefault({})
  .describe('Where the record of access decisions goes besides the store.');
