import { z } from 'zod';
import { type ExitCode, exit } from '../exit.ts';
import { loopSchema } from '../loop-shapes.ts';
import { line, next, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type SnoozeFlags = StoreFlags & {
  readonly for: string;
  readonly reason: string;
  readonly json?: boolean;
};

/** Puts the next reminder off, in the place of whoever was asked. */
export async function loopsSnoozeCommand(reference: string, flags: SnoozeFlags): Promise<ExitCode> {
  const loop = await withSession(flags, (session) =>
    session.ask(
      {
        method: 'POST',
        path: `/v1/loops/${encodeURIComponent(reference)}/snooze`,
        body: { for: flags.for, reason: flags.reason },
      },
      loopSchema.extend({ snoozedUntil: z.string() }),
    ),
  );
  if (flags.json === true) writeJson(loop);
  else line(`${loop.caseCode} is put off until ${loop.snoozedUntil}.`);
  next(`npx foldback loops show ${loop.caseCode}`);
  return exit.ok;
}
