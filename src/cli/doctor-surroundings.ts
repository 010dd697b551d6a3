import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { databaseAddress } from '../adapters/stores/postgres/database-address.ts';
import { databaseClock } from '../adapters/stores/postgres/database-clock.ts';
import { breachedFix } from '../app-passwords.ts';
import { newestBackup } from '../backup-file.ts';
import type { Config } from '../config/schema.ts';
import { openBreached } from '../lib/breached-passwords.ts';
import { createHttpFetch } from '../lib/http-fetch.ts';
import { jsonOrUndefined } from '../lib/json-or-undefined.ts';
import { type Check, ok, problem, remark } from './doctor-check.ts';

const mebibyte = 1024 * 1024;
/** Less than this and a database or a backup may stop in the middle. */
const freeBytesMin = 200 * mebibyte;
const freeBytesGood = 1024 * mebibyte;
/** More than this and times of the store and of this machine tell different stories. */
const skewMsMax = 5_000;
const askTimeoutMs = 5_000;
const hourMs = 3_600_000;

/** What a Foldback needs around it, whether it runs or not. */
export async function checkSurroundings(
  config: Config,
  unsealed: readonly string[],
  now: () => number,
): Promise<readonly Check[]> {
  const [disk, backups, clock, single, breached] = await Promise.all([
    checkDisk(config.data.dir),
    checkBackups(config, now()),
    checkDatabaseClock(config.database.url, now),
    checkSingleSignOn(config),
    checkBreachedPasswords(config),
  ]);
  return [
    ...disk,
    ...checkUnsealed(unsealed),
    ...backups,
    ...checkDatabaseWay(config.database.url),
    ...clock,
    ...single,
    ...breached,
  ];
}

/** Whether others on the network can read what goes to the database. */
export function checkDatabaseWay(url: string | undefined): readonly Check[] {
  if (url === undefined) return [];
  const name = 'way to the database';
  try {
    const { way, place } = databaseAddress(url);
    if (way === 'local') return [ok(name, `${place}, on this machine`)];
    if (way === 'tls') return [ok(name, `${place}, by TLS`)];
    const fix =
      'Where others are on that network: remove database.tls and sslmode=disable, and switch TLS on there.';
    return [remark(name, `${place} is spoken to in plain text, as the settings say`, fix)];
  } catch {
    // An address that is refused is said where the store is looked at.
    return [];
  }
}

async function checkDisk(dir: string): Promise<readonly Check[]> {
  const { bavail, bsize } = await statfs(existing(dir));
  return [diskCheck(bavail * bsize, dir)];
}

export function diskCheck(freeBytes: number, dir: string): Check {
  const free = `${Math.round(freeBytes / mebibyte)} MB free at ${dir}`;
  if (freeBytes >= freeBytesGood) return ok('disk', free);
  const fix = 'Make room there, or set data.dir and backup.dir to another disk.';
  return freeBytes < freeBytesMin ? problem('disk', free, fix) : remark('disk', free, fix);
}

function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path));
}

/** A file of settings is copied, shown and kept in places where secrets should not be. */
export function checkUnsealed(unsealed: readonly string[]): readonly Check[] {
  if (unsealed.length === 0) return [];
  const detail = `readable in the file: ${unsealed.slice(0, 10).join(', ')}`;
  const fix = 'Put each into a variable ending in _FILE, or seal it: npx foldback keys seal < FILE';
  return [remark('secrets of the settings', detail, fix)];
}

export async function checkBackups(
  { backup, data }: Pick<Config, 'backup' | 'data'>,
  now: number,
): Promise<readonly Check[]> {
  const dir = backup.dir ?? join(data.dir, 'backups');
  const newest = await newestBackup(dir);
  const hours = newest === undefined ? undefined : Math.floor((now - newest) / hourMs);
  const said = hours === undefined ? `none in ${dir}` : `the newest in ${dir} is ${hours} h old`;
  if (backup.everyHours === undefined)
    return [
      remark(
        'backups',
        `none on schedule; ${said}`,
        'Set backup.everyHours, or run: npx foldback backup create',
      ),
    ];
  const isLate = hours === undefined || hours > 2 * backup.everyHours;
  if (!isLate) return [ok('backups', said)];
  const fix = 'Look into the log of the worker, and run: npx foldback backup create';
  return [hours === undefined ? remark('backups', said, fix) : problem('backups', said, fix)];
}

export async function checkDatabaseClock(
  url: string | undefined,
  now: () => number,
): Promise<readonly Check[]> {
  if (url === undefined) return [];
  const before = now();
  try {
    const there = await databaseClock(url);
    const skewMs = Math.max(before - there, there - now(), 0);
    if (skewMs <= skewMsMax) return [ok('clock of the database', 'it agrees with this machine')];
    const detail = `it is ${Math.round(skewMs / 1000)} s away from this machine's`;
    return [problem('clock of the database', detail, 'Set both clocks, best by NTP.')];
  } catch {
    // That it cannot be asked is said where the store is looked at.
    return [];
  }
}

/** Where people have passwords here: whether those that leaked elsewhere are known. */
export async function checkBreachedPasswords({
  access: { local },
}: Pick<Config, 'access'>): Promise<readonly Check[]> {
  if (!local.accounts) return [];
  const name = 'breached passwords';
  const file = local.breachedPasswords;
  if (file === undefined) {
    const detail = 'no list: passwords are compared with the most common ones alone';
    const fix = `Set access.local.breachedPasswords. ${breachedFix} Or switch accounts with a password off: access.local.accounts: false.`;
    return [remark(name, detail, fix)];
  }
  const found = await openBreached(file).check();
  if (found.kind === 'bad') return [problem(name, `${file}: ${found.reason}`, breachedFix)];
  return [ok(name, `${file}, ${Math.ceil(found.bytes / mebibyte)} MB`)];
}

const metadata = z.looseObject({ issuer: z.string(), end_session_endpoint: z.string().optional() });

export async function checkSingleSignOn({ access }: Pick<Config, 'access'>): Promise<readonly Check[]> {
  const { oidc } = access;
  if (oidc === undefined) return [];
  const name = 'single sign-on';
  const origins = [oidc.issuer, ...oidc.origins].map((url) => new URL(url).origin);
  const fetch = createHttpFetch({ allowOrigins: [...new Set(origins)] });
  try {
    const url = `${oidc.issuer.replace(/\/$/u, '')}/.well-known/openid-configuration`;
    const answer = await fetch({ url, timeoutMs: askTimeoutMs });
    if (answer.kind !== 'ok' || answer.status !== 200) {
      const why = answer.kind === 'ok' ? `it answers with ${answer.status}` : answer.reason;
      const fix =
        'Correct access.oidc.issuer, or open the way to it. Until then nobody signs in there; tokens still work.';
      return [problem(name, `${oidc.issuer} cannot be asked: ${why}`, fix)];
    }
    const parsed = metadata.safeParse(jsonOrUndefined(Buffer.from(answer.body).toString('utf8')));
    const issuer = parsed.success ? parsed.data.issuer : undefined;
    if (issuer === oidc.issuer) return [ok(name, oidc.issuer)];
    const detail = `it calls itself ${issuer ?? 'nothing'}`;
    return [problem(name, detail, 'Write access.oidc.issuer exactly as the provider names itself.')];
  } finally {
    await fetch.close();
  }
}
