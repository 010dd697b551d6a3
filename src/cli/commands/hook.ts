import { text } from 'node:stream/consumers';
import type { Config } from '../../config/schema.ts';
import { AppError } from '../../core/errors.ts';
import type { MessageWords } from '../../core/message-template.ts';
import { type Changes, pushedFiles, stagedFiles } from '../../lib/git/changes.ts';
import { isObjectName, parseCommit } from '../../lib/git/commits.ts';
import { type ObjectReader, openObjectReader } from '../../lib/git/object-reader.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { answerText, type HookKind, spokenBehaviour } from '../hook/answer.ts';
import { type HookPlace, openHookPlace } from '../hook/place.ts';
import { type HookRun, reportRun } from '../hook/report.ts';
import { type Scanned, scanFiles } from '../hook/scan-files.ts';
import { hookSettings } from '../hook/settings.ts';
import { withoutTestData } from '../hook/test-data.ts';
import { note, plural } from '../output.ts';
import type { StoreFlags } from '../session.ts';

/** Commit objects longer than this are no commits. */
const commitBytesMax = 1024 * 1024;

/** Ends with 1 where something was found, or where nothing could be looked into and `hook.onError` is `deny`. */
export async function hookCommand(kind: HookKind, flags: StoreFlags): Promise<ExitCode> {
  const opened = await openHookPlace();
  const reader = openObjectReader(opened.place);
  try {
    const config = await hookSettings(flags, opened.commonDir);
    const pushed = kind === 'pre-receive' ? await readPushed() : [];
    let scanned: Scanned & { readonly tip?: string };
    try {
      const found = await scan(kind, pushed, opened, reader);
      const sifted = await withoutTestData(found.hits, opened.repository, config, Date.now());
      if (sifted.covered > 0)
        note(`${plural(sifted.covered, 'place')} left out: test data, by the rules of suppressions.`);
      scanned = { ...found, hits: sifted.hits };
    } catch (error) {
      return onFault(kind, config, error);
    }
    await answer(kind, scanned, config);
    const run = await runOf(kind, pushed, scanned, opened, reader);
    const reported = await reportRun(run, config, flags.server);
    if (reported === 'no-answer') note('Foldback could not be told of this: its server did not take it.');
    return scanned.hits.length > 0 ? exit.failed : exit.ok;
  } finally {
    reader.close();
    await opened.remove();
  }
}

type Pushed = { readonly to: string; readonly ref: string };

/** `<old> <new> <ref>` lines on standard input (githooks(5)); what was deleted has nothing to look into. */
async function readPushed(): Promise<readonly Pushed[]> {
  if (process.stdin.isTTY === true) throw new CliError('git gives this command its input: it is a hook.');
  return (await text(process.stdin)).split('\n').flatMap((line) => {
    const [, from, to, ref] = /^(\S+) (\S+) (\S.*)$/u.exec(line) ?? [];
    if (line === '') return [];
    if (from === undefined || to === undefined || ref === undefined || !isObjectName(to))
      throw new CliError('Each line of the input is to be "old new ref", as git gives it to a hook.');
    return /^0+$/u.test(to) ? [] : [{ to, ref }];
  });
}

const reasons: Readonly<Record<Extract<Changes, { kind: 'failed' }>['reason'], string>> = {
  'no-git': 'git could not be started',
  timeout: 'git took too long',
  'too-large': 'it is too much to be listed',
  'too-many': 'it is too much to be scanned before an answer',
  refused: 'git could not list it',
};

async function scan(
  kind: HookKind,
  pushed: readonly Pushed[],
  { place }: HookPlace,
  reader: ObjectReader,
): Promise<Scanned & { readonly tip?: string }> {
  const changes =
    kind === 'pre-commit'
      ? await stagedFiles(place, reader)
      : await pushedFiles(
          place,
          pushed.map(({ to }) => to),
        );
  if (changes.kind === 'failed') throw new AppError('internal', reasons[changes.reason]);
  const [tip] = changes.commits;
  return { ...(await scanFiles(changes.files, reader)), ...(tip === undefined ? {} : { tip }) };
}

const whats: Readonly<Record<HookKind, string>> = { 'pre-commit': 'commit', 'pre-receive': 'push' };

/** A fault of ours stops people or lets secrets through: which of the two is the operators' choice, and is said. */
function onFault(kind: HookKind, { hook }: Config, error: unknown): ExitCode {
  const reason = error instanceof AppError ? error.detail : 'something in it could not be read';
  const isAllowed = hook.onError === 'allow';
  const end = isAllowed ? `The ${whats[kind]} goes on` : `The ${whats[kind]} was stopped`;
  note(`Foldback could not look for secrets: ${reason}. ${end}, as hook.onError is "${hook.onError}".`);
  return isAllowed ? exit.ok : exit.failed;
}

async function answer(kind: HookKind, { hits, tooLarge }: Scanned, config: Config): Promise<void> {
  if (tooLarge.length > 0)
    note(`Foldback did not look into what is too large: ${tooLarge.slice(0, 5).join(', ')}.`);
  if (hits.length === 0) return;
  note(answerText(kind, hits, await wordsOf(config)));
}

/**
 * Read only where there is something to say, and nothing else of the packs: somebody waits. Without them the places
 * are said all the same.
 */
async function wordsOf({ packs, delivery }: Config): Promise<MessageWords | undefined> {
  try {
    const { openPackFolder, shippedPacksDir } = await import('../../packs/pack-folder.ts');
    const { readWordFiles } = await import('../../packs/words-files.ts');
    const folder = openPackFolder(packs ?? shippedPacksDir(), [], `messages/${spokenBehaviour}`);
    const found = readWordFiles(folder, []);
    const inLanguage = (tag: string) => found.find(({ language }) => language === tag)?.words;
    const { language } = delivery;
    return inLanguage(language) ?? inLanguage(language.split('-')[0] ?? '') ?? inLanguage(baseLanguage);
  } catch {
    // Broken content is for the operators to mend; where the secret stands is said without it.
    return undefined;
  }
}

/** The language that every pack has. */
const baseLanguage = 'en';

async function runOf(
  kind: HookKind,
  pushed: readonly Pushed[],
  { hits, tip }: Scanned & { readonly tip?: string },
  { repository }: HookPlace,
  reader: ObjectReader,
): Promise<HookRun> {
  if (kind === 'pre-commit') {
    // git tells its hook who commits; what it does not tell stays unknown.
    const { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email } = process.env;
    const author = { ...(name ? { name } : {}), ...(email ? { email } : {}) };
    return { repository, hits, author };
  }
  const commit = tip ?? pushed[0]?.to;
  const branch = pushed[0]?.ref.replace(/^refs\/heads\//u, '');
  const info = commit === undefined ? undefined : await reader.check(commit);
  const content = info?.type === 'commit' ? await reader.read(info, commitBytesMax) : undefined;
  const author =
    commit === undefined || !(content instanceof Buffer) ? undefined : parseCommit(commit, content)?.author;
  return {
    repository,
    hits,
    ...(commit === undefined ? {} : { commit }),
    ...(branch === undefined ? {} : { branch }),
    ...(author === undefined ? {} : { author }),
  };
}
