import { z } from 'zod';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, note, plural, table, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type AgentsFiguresFlags = StoreFlags & {
  readonly json?: boolean;
  readonly agent?: string;
  readonly days: string;
};

const share = z.looseObject({
  x: z.number(),
  n: z.number(),
  value: z.number().optional(),
  lower: z.number().optional(),
  upper: z.number().optional(),
});
const figuresSchema = z.looseObject({
  from: z.string(),
  to: z.string(),
  items: z.array(
    z.looseObject({
      agent: z.string(),
      version: z.string(),
      prompt: z.string(),
      attempts: z.number(),
      denied: share,
      repeated: share,
    }),
  ),
});

/** What agents attempted, were refused, and repeated after they had been told. */
export async function agentsFiguresCommand(flags: AgentsFiguresFlags): Promise<ExitCode> {
  const days = Number(flags.days);
  if (!Number.isInteger(days) || days < 1 || days > 400) throw new CliError('Write --days as 1 to 400.');
  const asked = new URLSearchParams({ days: String(days) });
  if (flags.agent !== undefined) asked.set('agent', flags.agent);
  const figures = await withSession(flags, (session) =>
    session.ask({ method: 'GET', path: `/v1/agents/figures?${asked}` }, figuresSchema),
  );
  if (flags.json === true) {
    writeJson(figures);
    return exit.ok;
  }
  const rows = figures.items.map(({ agent, version, prompt, attempts, denied, repeated }) => [
    agent,
    version,
    prompt,
    String(attempts),
    shareText(denied),
    shareText(repeated),
  ]);
  if (rows.length > 0)
    line(table(['agent', 'version', 'prompt', 'attempts', 'denied', 'repeated after a lesson'], rows));
  note(
    rows.length === 0
      ? `No agent attempted anything that counts in the last ${plural(days, 'day')}.`
      : `${figures.from} to ${figures.to}. Shares with their interval of 95 %; under five cases only counts.`,
  );
  return exit.ok;
}

function shareText({ x, n, value, lower, upper }: z.infer<typeof share>): string {
  const counts = `${x} of ${n}`;
  if (value === undefined || lower === undefined || upper === undefined) return counts;
  const percent = (part: number) => Math.round(100 * part);
  return `${counts}, ${percent(value)} % (${percent(lower)} to ${percent(upper)} %)`;
}
