import { AppError } from './core/errors.ts';
import type { PolicyDesk } from './http/policy/policy-desk.ts';
import type { Log } from './lib/log.ts';
import { contentVersion, loadPolicyFiles } from './packs/policy-files.ts';
import { problemText } from './packs/problem.ts';
import { type LivePolicies, openLivePolicies } from './policy/live-policies.ts';
import { openPolicies, type PolicySet } from './policy/policy-set.ts';

/** Often enough that whoever saves a file sees it in force at once; a look reads a few small files. */
const lookEveryMs = 2_000;
/** Counted grants and the log of decisions are written this often: a process that is killed loses no more of them. */
const flushEveryMs = 1_000;

/** The policies of a folder of packs, or every problem in them at once. */
export function openPolicyFolder(dir: string): PolicySet {
  const { content, problems } = loadPolicyFiles(dir);
  const opened =
    problems.length > 0
      ? { kind: 'error' as const, problems }
      : openPolicies(content, contentVersion(content));
  if (opened.kind === 'ok') return opened.set;
  throw new AppError('bad-config', opened.problems.map(problemText).join('\n'));
}

/** Compiled when somebody first asks: a command that decides nothing need not wait for the engine. */
export function livePolicyFolder(dir: string): LivePolicies {
  let opened: LivePolicies | undefined;
  const live = (): LivePolicies => {
    opened ??= openLivePolicies(openPolicyFolder(dir));
    return opened;
  };
  return {
    current: () => live().current(),
    replace: (...given) => live().replace(...given),
    status: () => live().status(),
    close: () => opened?.close(),
  };
}

/**
 * While the process runs: takes over what is changed in the folder, and writes what the desk has gathered. What is not
 * sound is said and not taken over.
 */
export function followPolicyFolder(
  dir: string,
  desk: Pick<PolicyDesk, 'live' | 'flush'>,
  log: Log,
): { stop(): Promise<void> } {
  const { live } = desk;
  let said = '';
  const look = (): void => {
    const { content, problems } = loadPolicyFiles(dir);
    const done = live.replace(content, contentVersion(content), problems);
    const status = live.status();
    const reasons = status.problems.map(problemText).join('\n');
    if (done === 'replaced')
      log.info({ version: status.version, rules: status.rules }, 'new policies are in force');
    if (done === 'refused' && reasons !== said)
      log.error({ problems: status.problems }, 'the policies have problems: the ones before stay in force');
    said = reasons;
  };
  const looking = setInterval(() => {
    try {
      look();
    } catch (error) {
      log.error({ error }, 'the policies cannot be read: the ones before stay in force');
    }
  }, lookEveryMs);
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    try {
      await desk.flush();
    } catch (error) {
      log.error({ error }, 'what decisions were counted could not be written');
    } finally {
      writing = undefined;
    }
  };
  const flushing = setInterval(() => {
    writing ??= write();
  }, flushEveryMs);
  looking.unref();
  flushing.unref();
  return {
    stop: async () => {
      clearInterval(looking);
      clearInterval(flushing);
      await writing;
      await write();
    },
  };
}
