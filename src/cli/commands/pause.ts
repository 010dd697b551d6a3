import { z } from 'zod';
import { type ExitCode, exit } from '../exit.ts';
import { line, next, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export async function pauseCommand(
  isOn: boolean,
  flags: StoreFlags & { readonly json?: boolean },
): Promise<ExitCode> {
  const state = await withSession(flags, (session) =>
    session.ask(
      { method: 'POST', path: '/v1/pause', body: { on: isOn } },
      z.looseObject({ on: z.boolean() }),
    ),
  );
  if (flags.json === true) writeJson(state);
  else
    line(
      state.on ? 'Paused: no message goes out. Everything that falls due waits.' : 'Messages go out again.',
    );
  next(state.on ? 'npx foldback resume' : 'npx foldback loops list --state told');
  return exit.ok;
}
