import { z } from 'zod';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type NewFlags = StoreFlags & {
  readonly title: string;
  readonly behaviour?: string;
  readonly form?: string;
  readonly who?: string;
  readonly identity?: string;
  readonly resource?: string;
  readonly campaign?: string;
  readonly rule?: string;
  readonly run?: string;
  readonly session?: string;
  readonly subject?: string;
  readonly branch?: string;
  readonly repository?: string;
  readonly file?: string;
  readonly line?: string;
  readonly commit?: string;
  readonly provider?: string;
  readonly occurredAt?: string;
  readonly owner?: string;
  readonly ticket?: string;
  readonly json?: boolean;
};

export async function loopsNewCommand(flags: NewFlags): Promise<ExitCode> {
  const { title, behaviour, form, who, identity, resource, campaign, rule, run, session, subject } = flags;
  const { branch, repository, file, commit, provider, occurredAt, owner, ticket } = flags;
  const at = flags.line === undefined ? undefined : Number(flags.line);
  if (at !== undefined && !Number.isSafeInteger(at)) throw new CliError('Write --line as a number.');
  const what = { title, behaviour, form, who, identity, resource, campaign, rule, run, session, subject };
  const where = { branch, repository, file, line: at, commit, provider };
  const body = { ...what, ...where, occurredAt, owner, ticket };
  const story = await withSession(flags, (server) =>
    server.ask(
      { method: 'POST', path: '/v1/loops', body },
      z.looseObject({ id: z.string(), caseCode: z.string().optional() }),
    ),
  );
  const name = story.caseCode ?? story.id;
  if (flags.json === true) writeJson(story);
  else line(name);
  next(`npx foldback loops show ${name}`);
  return exit.ok;
}
