import { z } from 'zod';
import { type ExitCode, exit } from '../exit.ts';
import { line, next, note, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export async function adminClaimCommand(flags: StoreFlags & { readonly json?: boolean }): Promise<ExitCode> {
  const { url } = await withSession(flags, (session) =>
    session.ask({ method: 'POST', path: '/v1/claim' }, z.looseObject({ url: z.string() })),
  );
  if (flags.json === true) writeJson({ url });
  else line(url);
  note('One use, 30 minutes. An earlier link no longer works.');
  next('open it in a browser while the server runs');
  return exit.ok;
}
