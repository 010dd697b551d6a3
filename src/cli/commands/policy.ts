import { z } from 'zod';
import { packOptions } from '../../content.ts';
import { lintPolicies } from '../../packs/lint-policies.ts';
import { readPacks } from '../../packs/load.ts';
import { shippedPacksDir } from '../../packs/pack-folder.ts';
import { contentVersion, loadPolicyFiles } from '../../packs/policy-files.ts';
import { type PackProblem, problemText, sortProblems } from '../../packs/problem.ts';
import { openPolicies, type PolicySet } from '../../policy/policy-set.ts';
import { replay } from '../../policy/replay.ts';
import { runPolicyTests, untestedRules } from '../../policy/run-tests.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, plural, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';
import { type ConfigFlags, glanceSettings } from '../settings.ts';

export type PolicyCheckFlags = ConfigFlags & { readonly json?: boolean };
export type PolicyTestFlags = StoreFlags & { readonly json?: boolean; readonly days: string };

async function folderOf(dir: string | undefined, flags: ConfigFlags): Promise<string> {
  return dir ?? (await glanceSettings(flags)).config.packs ?? shippedPacksDir();
}

/** Schema, rules that nothing reaches, words that are missing or hard, and the tests beside the policies. */
export async function policyCheckCommand(
  dir: string | undefined,
  flags: PolicyCheckFlags,
): Promise<ExitCode> {
  const folder = await folderOf(dir, flags);
  const { packs } = readPacks(folder, packOptions);
  const { content, problems: unread } = loadPolicyFiles(folder);
  const problems: PackProblem[] = [...unread, ...lintPolicies(packs)];
  const warnings: PackProblem[] = [];
  let tests = 0;
  let rules = 0;
  const opened = openPolicies(content, contentVersion(content));
  if (opened.kind === 'error') problems.push(...opened.problems);
  else {
    const { set } = opened;
    warnings.push(...opened.warnings);
    rules = set.rules.length;
    const results = runPolicyTests(content, set);
    tests = results.length;
    for (const { file, name, isOk, expected, said } of results)
      if (!isOk)
        problems.push({ file, line: 0, reason: `"${name}" should be ${expected}, but it is ${said}` });
    const untested = new Set(untestedRules(content, set));
    for (const { id, file, line: at } of set.rules)
      if (untested.has(id))
        problems.push({ file, line: at, reason: `no test shows that "${id}" forbids anything` });
    set.close();
  }
  const sorted = sortProblems(problems);
  if (flags.json === true) writeJson({ folder, rules, tests, problems: sorted, warnings });
  else {
    for (const problem of sorted) line(problemText(problem));
    for (const warning of warnings) line(`${problemText(warning)} (worth a look)`);
    note(`${plural(rules, 'rule')}, ${plural(tests, 'test')} run: ${plural(sorted.length, 'problem')}.`);
  }
  if (sorted.length > 0) return exit.failed;
  next('npx foldback policy test   asks these policies about what was decided lately');
  return exit.ok;
}

const recordedSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      at: z.string(),
      outcome: z.string(),
      rule: z.string().optional(),
      weight: z.number(),
      request: z.looseObject({
        subject: z.looseObject({ type: z.string(), id: z.string() }),
        action: z.looseObject({ name: z.string() }),
        resource: z.looseObject({ type: z.string(), id: z.string() }),
        context: z.record(z.string(), z.unknown()).optional(),
      }),
      exceptions: z.array(z.string()).optional(),
    }),
  ),
});

/** Asks the policies of a folder about recorded decisions: what would be let through, or stopped, that was not. */
export async function policyTestCommand(dir: string | undefined, flags: PolicyTestFlags): Promise<ExitCode> {
  const days = Number(flags.days);
  if (!Number.isInteger(days) || days < 1 || days > 90) throw new CliError('Write --days as 1 to 90.');
  const set = openSound(await folderOf(dir, flags));
  const { items } = await withSession(flags, (session) =>
    session.ask({ method: 'GET', path: `/v1/policy/decisions?days=${days}&limit=10000` }, recordedSchema),
  );
  const { decisions, differences } = replay(set, items);
  set.close();
  if (flags.json === true) writeJson({ version: set.version, decisions, differences });
  else {
    for (const { kind, request, was, now, n } of differences) {
      const { subject, action, resource } = request;
      const [who, what, where] = [subject.type, action.name, `${resource.type}:${resource.id}`].map(plain);
      line(`${said[kind]}  ${n} × ${who} ${what} ${where}`);
      line(`            ${named(was)} → ${named(now)}`);
    }
    note(
      items.length === 0
        ? `Nothing was decided in the last ${plural(days, 'day')}.`
        : `${plural(decisions, 'decision')} of the last ${plural(days, 'day')}: ${plural(differences.length, 'difference')}.`,
    );
  }
  return differences.length > 0 ? exit.failed : exit.ok;
}

const said = { opens: 'lets through', closes: 'stops       ', 'same-answer': 'says        ' } as const;

function named({ outcome, rule }: { readonly outcome: string; readonly rule?: string }): string {
  return rule === undefined ? outcome : `${outcome} (${rule})`;
}

/** Names are the callers' own: nothing of them steers a terminal. */
function plain(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?').slice(0, 120);
}

function openSound(folder: string): PolicySet {
  const { content, problems } = loadPolicyFiles(folder);
  const opened =
    problems.length > 0
      ? { kind: 'error' as const, problems }
      : openPolicies(content, contentVersion(content));
  if (opened.kind === 'ok') return opened.set;
  throw new CliError(opened.problems.map(problemText).join('\n'));
}
