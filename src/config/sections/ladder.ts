import { z } from 'zod';
import { line, slug } from '../fields.ts';
import { says } from '../says.ts';

const rungsMax = 5;
const rungs = z.array(slug).max(rungsMax);

export const ladder = z
  .strictObject({
    after: rungs.default([]).meta(says('Channels that are tried after `delivery.channel`, in this order.')),
    teams: z
      .record(line, rungs.min(1))
      .default({})
      .meta(
        says('The whole ladder of a team and its people, the first channel first, by the id of the team.'),
      ),
    people: z
      .record(line, rungs.min(1))
      .default({})
      .meta(says('The whole ladder of a person, by their id in the directory of people.')),
  })
  .prefault({})
  .describe(
    'The next channel when the recipient cannot be found in one, or a message is refused or comes back; see [channels](channels.md).',
  );
