import { z } from 'zod';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, note, plural, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type EraseFlags = StoreFlags & {
  readonly reason: string;
  readonly also?: readonly string[];
  readonly yes?: boolean;
  readonly json?: boolean;
};

const answerSchema = z.object({
  id: z.string(),
  rows: z.record(z.string(), z.number()),
  handedOver: z.array(z.string()),
  isStillListed: z.boolean(),
});

/** Erases a person. It cannot be undone, so it has to be said twice. */
export async function peopleEraseCommand(id: string, flags: EraseFlags): Promise<ExitCode> {
  if (flags.yes !== true) throw new CliError('Erasing cannot be undone. Say it again with --yes.');
  const done = await withSession(flags, (session) =>
    session.ask(
      {
        method: 'POST',
        path: `/v1/people/${encodeURIComponent(id)}/erasure`,
        body: { reason: flags.reason, also: flags.also ?? [] },
      },
      answerSchema,
    ),
  );
  if (flags.json === true) {
    writeJson(done);
    return exit.ok;
  }
  const rows = Object.entries(done.rows);
  line(
    `Erased from ${plural(
      rows.reduce((sum, [, n]) => sum + n, 0),
      'row',
    )} of ${plural(rows.length, 'table')}.`,
  );
  if (done.handedOver.length > 0)
    line(`Open cases that their team or a duty answers for now: ${done.handedOver.join(', ')}`);
  if (done.isStillListed)
    note('The directory of people still has them: take them out there, or the next report names them again.');
  return exit.ok;
}
