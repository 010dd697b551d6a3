import { z } from 'zod';
import { readAlignment } from '../../core/mail-cues/difficulty.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { openInput } from '../input.ts';
import { line, note, plural, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type SimulationFlags = StoreFlags & {
  readonly campaign: string;
  readonly mail: string;
  readonly name?: string;
  readonly alignment?: string;
  readonly otherCues?: string;
  readonly source?: string;
  readonly json?: boolean;
};

const answerSchema = z.object({
  source: z.string(),
  id: z.string(),
  name: z.string().exactOptional(),
  cues: z.array(
    z.object({
      kind: z.string(),
      part: z.string(),
      start: z.number().exactOptional(),
      end: z.number().exactOptional(),
      shown: z.string().exactOptional(),
      actual: z.string().exactOptional(),
      like: z.string().exactOptional(),
    }),
  ),
  difficulty: z.object({
    cues: z.number(),
    amount: z.string().exactOptional(),
    alignment: z.object({ score: z.number(), level: z.string() }).exactOptional(),
    rating: z.string(),
  }),
});

const ratings: Readonly<Record<string, string>> = {
  'not-rated': 'not rated',
  very: 'very difficult to tell',
  moderately: 'moderately difficult to tell',
  'moderately-to-least': 'moderately to least difficult to tell',
  least: 'least difficult to tell',
};

/** Keeps the mail of a campaign. Prints the cues that were found, and how difficult it was. */
export async function simulationsAddCommand(flags: SimulationFlags): Promise<ExitCode> {
  const { campaign, alignment, otherCues, name, source } = flags;
  if (alignment !== undefined && readAlignment(alignment) === undefined)
    throw new CliError('Write the alignment as five numbers of 0, 2, 4, 6 and 8, such as 6,4,2,4,0.');
  const input = await openInput(flags.mail);
  const type =
    input.fileName?.toLowerCase().endsWith('.json') === true ? 'application/json' : 'message/rfc822';
  const answer = await withSession(flags, (session) =>
    session.ask(
      {
        method: 'PUT',
        path: `/v1/campaigns/${encodeURIComponent(campaign)}`,
        query: { source, name, alignment, otherCues },
        stream: input.stream,
        type,
      },
      answerSchema,
    ),
  );
  if (flags.json === true) {
    writeJson(answer);
    return exit.ok;
  }
  const { cues, difficulty } = answer;
  for (const { kind, part, shown, actual, like } of cues)
    line(
      [kind.padEnd(20), part.padEnd(12), shown, actual ?? like]
        .filter((text) => text !== undefined)
        .join('  '),
    );
  line(`${plural(difficulty.cues, 'cue')} of the scale; ${ratings[difficulty.rating] ?? difficulty.rating}.`);
  if (difficulty.alignment === undefined)
    note('Give --alignment to have it rated: cues alone say too little about how hard a mail is.');
  return exit.ok;
}
