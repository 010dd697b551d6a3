import { z } from 'zod';
import { type ExitCode, exit } from '../exit.ts';
import { openInput } from '../input.ts';
import { line, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

const outcomeSchema = z.object({ outcome: z.string(), reason: z.string().exactOptional() });

/** What was made of a mail, for whoever reads the log of a mail server. */
const sentences: Readonly<Record<string, string>> = {
  answered: 'Whoever was written to gets the link again. The case stays where it is.',
  'answered-before': 'The link was sent again today already. The case stays where it is.',
  bounced: 'The message reached nobody. The next in line is told.',
  'bounced-for-now': 'The message came back for now. It goes there again later.',
  unproven: 'It says that a message came back and brings no proof of it. Nothing was done.',
  stranger: 'Not from whom the message went to. It is recorded and not answered.',
  ignored: 'Nothing to do',
};

const reasons: Readonly<Record<string, string>> = {
  automatic: 'a machine wrote it',
  'no-case': 'it is about no message of ours',
  'other-address': 'we did not write to the address that it came back from',
};

/** Hands over what came back by mail: for the pipe of a mail server. */
export async function mailReceiveCommand(
  file: string,
  flags: StoreFlags & { readonly json?: boolean },
): Promise<ExitCode> {
  const input = await openInput(file);
  const { outcome, reason } = await withSession(flags, (session) =>
    session.ask(
      { method: 'POST', path: '/v1/mail', stream: input.stream, type: 'message/rfc822' },
      outcomeSchema,
    ),
  );
  if (flags.json === true) writeJson({ outcome, ...(reason === undefined ? {} : { reason }) });
  else {
    const why = reason === undefined ? '' : `: ${reasons[reason] ?? reason}.`;
    line(`${sentences[outcome] ?? outcome}${why}`);
  }
  return exit.ok;
}
