import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { CommanderError } from 'commander';
import { type ExitCode, errorText, exit, exitCodeOf } from './exit.ts';
import { note } from './output.ts';
import { createProgram } from './program.ts';

/** Runs one command. Sets the exit code and lets the process end by itself, so that nothing written is lost. */
async function main(args: readonly string[]): Promise<ExitCode> {
  // A dry run is over in a second: room to collect garbage later would only make the process larger, by a quarter.
  if (args[0] === 'try') setFlagsFromString('--semi-space-growth-factor=1');
  let code: ExitCode = exit.ok;
  const program = createProgram(version(), (given) => {
    code = given;
  });
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap((group) => group.commands),
  ]) {
    command.exitOverride();
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.usage;
    note(`foldback: ${await errorText(error)}`);
    return exitCodeOf(error);
  }
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return /"version"\s*:\s*"([^"]+)"/u.exec(text)?.[1] ?? '0';
}

// Whoever reads our output may stop early: `foldback loops list | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exit.ok : exit.failed);
});
process.exitCode = await main(process.argv.slice(2));
