import { z } from 'zod';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, table, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

type Flags = StoreFlags & { readonly json?: boolean };
type Place = { readonly behaviour?: string; readonly team?: string };

const ruleSchema = z.looseObject({
  behaviour: z.string().optional(),
  team: z.string().optional(),
  stage: z.string(),
  share: z.number().optional(),
});
const rolloutSchema = z.looseObject({
  mode: z.string(),
  rules: z.array(ruleSchema),
  turns: z.array(ruleSchema.extend({ at: z.string(), by: z.string(), reason: z.string() })),
});
type Rollout = z.infer<typeof rolloutSchema>;

export async function rolloutListCommand(flags: Flags): Promise<ExitCode> {
  const path = '/v1/rollout';
  return tell(
    await withSession(flags, (session) => session.ask({ method: 'GET', path }, rolloutSchema)),
    flags,
  );
}

export async function rolloutSetCommand(
  flags: Flags & Place & { readonly stage: string; readonly share?: string; readonly reason: string },
): Promise<ExitCode> {
  const { behaviour, team, stage, reason } = flags;
  const share = flags.share === undefined ? undefined : Number(flags.share);
  if (Number.isNaN(share)) throw new CliError('Write --share as a number from 0 to 1.', exit.usage);
  const body = { behaviour, team, stage, reason, share };
  const rollout = await withSession(flags, (session) =>
    session.ask({ method: 'POST', path: '/v1/rollout', body }, rolloutSchema),
  );
  return tell(rollout, flags);
}

function tell(rollout: Rollout, flags: Flags): ExitCode {
  if (flags.json === true) {
    writeJson(rollout);
    return exit.ok;
  }
  const rules = [...rollout.rules, { stage: rollout.mode }];
  line(
    table(
      ['behaviour', 'team', 'stage', 'share'],
      rules.map((rule) => [
        'behaviour' in rule ? (rule.behaviour ?? 'all') : 'all',
        'team' in rule ? (rule.team ?? 'all') : 'all',
        rule.stage,
        'share' in rule && rule.share !== undefined ? String(rule.share) : '–',
      ]),
    ),
  );
  for (const { at, by, stage, behaviour, team, reason } of rollout.turns.slice(0, 10))
    note(`${at}  ${behaviour ?? 'all'}, ${team ?? 'all'} → ${stage} by ${by}: ${reason}`);
  next('npx foldback shadow   what would have been said beside what was');
  return exit.ok;
}

const countSchema = z.object({ messages: z.number(), recipients: z.number(), loops: z.number() });
const shadowSchema = z.object({
  items: z.array(
    z.looseObject({
      behaviour: z.string(),
      team: z.string().optional(),
      moment: z.string(),
      shown: countSchema,
      said: countSchema,
    }),
  ),
});

export async function shadowCommand(flags: Flags & Place & { readonly since?: string }): Promise<ExitCode> {
  const { behaviour, team, since } = flags;
  const { items } = await withSession(flags, (session) =>
    session.ask({ method: 'GET', path: '/v1/shadow', query: { behaviour, team, since } }, shadowSchema),
  );
  if (flags.json === true) for (const item of items) writeJson(item);
  else if (items.length > 0)
    line(
      table(
        ['behaviour', 'team', 'moment', 'shown', 'to', 'said', 'to'],
        items.map((item) => [
          item.behaviour,
          item.team ?? 'none',
          item.moment,
          String(item.shown.messages),
          String(item.shown.recipients),
          String(item.said.messages),
          String(item.said.recipients),
        ]),
      ),
    );
  if (items.length === 0) note('Nothing was shown or said.');
  next('npx foldback rollout set --behaviour <id> --stage canary --share 0.1 --reason <text>');
  return exit.ok;
}
