import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { channels } from '../adapters/index.ts';
import { type App, openApp } from '../app.ts';
import { channelsInUse } from '../config/checks.ts';
import { findKeys } from '../config/keys-store.ts';
import type { Config } from '../config/schema.ts';
import { openPacks, packOptions } from '../content.ts';
import { AppError } from '../core/errors.ts';
import { openClones } from '../lib/git/clones.ts';
import { locateGitDir } from '../lib/git/locate.ts';
import { createLog } from '../lib/log.ts';
import { readServerFile, type ServerFile } from '../lib/server-file.ts';
import { goneSince, receiversOf } from '../loop/receivers.ts';
import { openOwners, ownerFiles } from '../owner-directories.ts';
import { loadPacks } from '../packs/load.ts';
import { shippedPacksDir } from '../packs/pack-folder.ts';
import { problemText } from '../packs/problem.ts';
import { lockData } from '../serve.ts';
import { type Check, ok, problem, remark } from './doctor-check.ts';
import { checkRunning, goneReceiver } from './doctor-running.ts';
import { checkSurroundings } from './doctor-surroundings.ts';
import { plural } from './output.ts';

/** Nothing of Foldback is older: a clock before this is not set. */
const builtAfter = Date.UTC(2026, 0, 1);
/** More than this and signed deliveries are refused as too old. */
const skewMsMax = 60_000;
const askTimeoutMs = 5_000;

/** Looks at everything that a running Foldback depends on. Sends nothing to anyone and changes no data. */
export async function runChecks(config: Config, unsealed: readonly string[] = []): Promise<readonly Check[]> {
  const groups = [
    checkMachine(),
    checkContent(config),
    await checkPeople(config),
    ...(await Promise.all(config.repositories.map(checkClone))),
    ...(await Promise.all(channelsInUse(config).map((id) => checkChannel(config, id)))),
    checkDelivery(config),
    checkHolidays(config, Date.now()),
    await checkSurroundings(config, unsealed, Date.now),
    await checkStore(config),
  ];
  return groups.flat();
}

function checkMachine(): readonly Check[] {
  const now = new Date();
  return [
    now.getTime() < builtAfter
      ? problem('clock', `it says ${now.toISOString()}`, 'Set the clock of this machine, best by NTP.')
      : ok('clock', now.toISOString()),
  ];
}

function checkContent(config: Config): readonly Check[] {
  const dir = config.packs ?? shippedPacksDir();
  const loaded = loadPacks(dir, packOptions);
  if (loaded.kind === 'ok')
    return [
      ok(
        'packs',
        `${plural(loaded.packs.behaviours.size, 'behaviour')}, ${plural(loaded.packs.messages.length, 'message')}`,
      ),
    ];
  const [first] = loaded.problems;
  const detail = `${plural(loaded.problems.length, 'problem')}, first: ${first === undefined ? '' : problemText(first)}`;
  return [problem('packs', detail, `npx foldback packs check ${dir}`)];
}

async function checkPeople(config: Config): Promise<readonly Check[]> {
  if (config.people === undefined && Object.keys(config.owners).length === 0) {
    const detail = 'no file of people: teams, managers and leavers are not known, and nobody is written to';
    return [remark('people', detail, 'Set people to a YAML or CSV file as docs/people.md shows.')];
  }
  const clones = openClones([]);
  try {
    const { ownerWeights: weights } = openPacks(config.packs);
    const owners = await openOwners({
      clones,
      weights,
      peopleFile: config.people,
      files: ownerFiles(config),
    });
    const people = owners.people();
    if (people === undefined)
      return [problem('people', 'the file gives nobody', 'Set people to another file.')];
    const found = ok('people', `${people.all().length} people, ${plural(people.teams().length, 'team')}`);
    const conflicts = owners.conflicts();
    const [first] = conflicts;
    const disagree =
      first === undefined
        ? []
        : [
            remark(
              'people',
              `directories disagree about ${plural(conflicts.length, 'person')}, first: ${first.id} of ${first.directory} ${first.detail}`,
              'Give each person one address and account in all directories.',
            ),
          ];
    const hasDuty = people.duty().length > 0 || config.duty.emails.length > 0;
    if (hasDuty) return [found, ...disagree];
    const detail = 'nobody takes what has no owner';
    return [
      found,
      ...disagree,
      remark('duty', detail, 'Set duty.emails, or give someone the duty role in the file of people.'),
    ];
  } catch (error) {
    return [
      problem(
        'people',
        detailOf(error),
        `Correct ${config.people ?? 'what owners names'}, then run: npx foldback doctor`,
      ),
    ];
  } finally {
    clones.close();
  }
}

async function checkClone(repository: Config['repositories'][number]): Promise<readonly Check[]> {
  const located = await locateGitDir(repository.path);
  const name = `clone of ${repository.name}`;
  if (located.kind === 'found') return [ok(name, repository.path)];
  const fix = `git clone <address of ${repository.name}> ${repository.path}`;
  return [problem(name, `${repository.path}: ${located.reason}`, fix)];
}

async function checkChannel(config: Config, id: string): Promise<readonly Check[]> {
  const name = `channel ${id}`;
  const adapter = channels.find((candidate) => candidate.id === id);
  if (adapter === undefined) return [problem(name, 'there is no such channel', 'Correct delivery.channel.')];
  try {
    const channel = adapter.create(config.channels[id] ?? {});
    const problems = await channel.checkSetup();
    await channel.close?.();
    if (problems.length === 0)
      return [ok(name, adapter.leavesMachine ? 'it answers' : 'nothing leaves this machine')];
    return problems.map((detail) =>
      problem(name, detail, `Correct channels.${id}, then run: npx foldback doctor`),
    );
  } catch (error) {
    return [problem(name, detailOf(error), `Correct channels.${id}, then run: npx foldback doctor`)];
  }
}

/** A list of holidays that has ended is as good as none, and nobody notices. */
function checkHolidays({ delivery: { workingHours }, holidays }: Config, now: number): readonly Check[] {
  const today = new Date(now).toISOString().slice(0, 10);
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['delivery.workingHours.holidays', workingHours.holidays],
    ...Object.entries(holidays).map(([country, days]) => [`holidays.${country}`, days] as const),
  ];
  return lists.flatMap(([setting, days]) => {
    const last = days.toSorted().at(-1);
    if (last === undefined) return [];
    if (last >= today) return [ok('holidays', `${setting} known until ${last}`)];
    return [remark('holidays', `${setting} ended on ${last}`, `Add the days to come to ${setting}.`)];
  });
}

function checkDelivery(config: Config): readonly Check[] {
  const { delivery, http } = config;
  const address =
    http.publicUrl === undefined
      ? remark('address', 'people on other machines cannot follow links', 'Set http.publicUrl.')
      : ok('address', http.publicUrl);
  if (delivery.mode === 'live') return [address, ok('delivery', `live, through ${delivery.channel}`)];
  const detail = 'shadow: messages are shown in the product and sent to nobody';
  return [address, remark('delivery', detail, 'When they read well, set delivery.mode to live.')];
}

/** The server that runs on this data, or the store itself when none does. */
async function checkStore(config: Config): Promise<readonly Check[]> {
  const kind =
    config.database.url === undefined
      ? [
          remark(
            'storage',
            `evaluation storage in ${config.data.dir}`,
            'Set DATABASE_URL to a PostgreSQL before you rely on it.',
          ),
        ]
      : [];
  const running = await readServerFile(config.data.dir);
  if (running !== undefined) return [...kind, ...(await checkServer(config, running))];
  if (config.database.url === undefined && !existsSync(config.data.dir))
    return [...kind, remark('store', 'nothing is stored yet', 'npx foldback serve')];
  try {
    const lock = config.database.url === undefined ? await lockData(config.data.dir) : undefined;
    try {
      const { keys, source } = await findKeys(config, randomBytes);
      const app = await openApp({ config, keys, log: createLog({ level: 'silent' }) });
      const isReady = await app.isReady();
      const gone = isReady ? await goneReceivers(app) : [];
      await app.close();
      const opened = isReady
        ? ok('store', 'it opens')
        : problem('store', 'it does not answer', 'npx foldback db migrate');
      return [
        ...kind,
        opened,
        ok('keys', `from the ${source === 'configuration' ? 'settings' : 'data folder'}; they fit the data`),
        ...gone,
      ];
    } finally {
      await lock?.release();
    }
  } catch (error) {
    return [...kind, problem('store', detailOf(error), storeFix(error))];
  }
}

async function goneReceivers({ parts, channels: open }: App): Promise<readonly Check[]> {
  const found: Check[] = [];
  for (const channel of open)
    for (const receiver of receiversOf(channel)) {
      const since = await goneSince(parts, receiver);
      if (since !== undefined) found.push(goneReceiver(channel.id, new Date(since).toISOString()));
    }
  return found.slice(0, 10);
}

async function checkServer(config: Config, server: ServerFile): Promise<readonly Check[]> {
  const { url } = server;
  const started = Date.now();
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(askTimeoutMs) });
    const skewMs = Math.abs(Date.parse(response.headers.get('date') ?? '') - started);
    await response.body?.cancel();
    const ready = response.ok
      ? ok('server', `it answers at ${url}`)
      : problem('server', `it is not ready (${response.status})`, 'Look into its log.');
    const known = response.ok ? await checkRunning(config, server, Date.now()) : [];
    if (!(skewMs > skewMsMax)) return [ready, ...known];
    const detail = `the server's is ${Math.round(skewMs / 1000)} s away`;
    return [ready, ...known, problem('clock of the server', detail, 'Set both clocks, best by NTP.')];
  } catch (error) {
    const detail = `no answer from ${url}: ${detailOf(error)}`;
    return [problem('server', detail, 'Start it again: npx foldback serve')];
  }
}

function storeFix(error: unknown): string {
  if (!(error instanceof AppError)) return 'Check DATABASE_URL and that the database is up.';
  if (error.code === 'store-unreachable')
    return 'Start the database or correct DATABASE_URL, as it says, then run: npx foldback doctor';
  if (error.code === 'wrong-key')
    return 'Restore the right keys under keys.*, or keys.json in the data folder.';
  if (error.code === 'store-locked') return 'Stop that process, or use its server with --server.';
  return 'npx foldback db migrate';
}

function detailOf(error: unknown): string {
  if (error instanceof AppError) return error.detail;
  return error instanceof Error ? error.message : String(error);
}
