import { effective } from '../../config/effective.ts';
import { cleanText } from '../../lib/log.ts';
import { type Check, ok, problem, remark } from '../doctor-check.ts';
import { runChecks } from '../doctor-checks.ts';
import { type ExitCode, exit } from '../exit.ts';
import { line, next, note, plural, table, writeJson } from '../output.ts';
import { type ConfigFlags, readSettings } from '../settings.ts';

export type DoctorFlags = ConfigFlags & { readonly json?: boolean; readonly settings?: boolean };

const marks = { ok: 'ok     ', note: 'note   ', problem: 'PROBLEM' } as const;

export async function doctorCommand(flags: DoctorFlags): Promise<ExitCode> {
  const loaded = await readSettings(flags);
  const checks: Check[] = [];
  if (loaded.kind === 'refused') {
    for (const found of loaded.problems) {
      const setting = found.setting === '' ? '' : ` ${found.setting}:`;
      checks.push(problem('settings', `${found.where}:${setting} ${found.problem}`, found.fix));
    }
  } else {
    checks.push(ok('settings', loaded.file ?? 'no foldback.yaml; defaults and the environment'));
    checks.push(...(await runChecks(loaded.config, loaded.unsealed)).map(clean));
    // A server reads its settings where it was started; these may be others.
    if (loaded.file === undefined && hasServer(checks))
      checks.push(
        remark(
          'settings of the server',
          'it may have been started with a file of settings that is not looked at here',
          'Name the same file with --config or FOLDBACK_CONFIG.',
        ),
      );
  }
  const settings = loaded.kind === 'loaded' ? effective(loaded) : [];
  if (flags.json === true) writeJson({ checks, settings });
  else {
    for (const check of checks) {
      line(`${marks[check.result]}  ${check.name}: ${check.detail}`);
      if (check.fix !== undefined) line(`         → ${check.fix}`);
    }
    const shown = flags.settings === true ? settings : settings.filter(({ origin }) => origin !== 'default');
    if (shown.length > 0) {
      line();
      line(
        table(
          ['setting', 'from', 'value'],
          shown.map(({ setting, origin, value }) => [setting, origin, value]),
        ),
      );
    }
  }
  const problems = checks.filter(({ result }) => result === 'problem').length;
  note(problems === 0 ? 'No problem found.' : `${plural(problems, 'problem')} found.`);
  if (problems > 0) return exit.failed;
  next(hasServer(checks) ? 'npx foldback loops list' : 'npx foldback serve');
  return exit.ok;
}

function hasServer(checks: readonly Check[]): boolean {
  return checks.some(({ name, result }) => name === 'server' && result === 'ok');
}

/** What a driver or a server says may hold an address with a password. */
function clean(check: Check): Check {
  return { ...check, detail: cleanText(check.detail) };
}
