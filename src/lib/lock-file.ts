import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { absentOrThrow, codeOf } from './keys-file.ts';
import { isIdentity, isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts';

/**
 * One opener a folder. The embedded store lets two processes write one folder and loses data silently, so whoever
 * opens it holds a lock first.
 *
 * Every opener writes a claim file of its own, whole and under a name used once, and then lists the folder: if
 * another living claim is there it withdraws. Of two that begin together the later lister sees the other, so two
 * never hold; both may withdraw and try again after unequal pauses. Claims of dead processes are removed by anyone:
 * their names are never used again, so nobody removes a living one by mistake.
 */
export type Lock = { readonly release: () => Promise<void> };
export type LockHolder = { readonly pid: number; readonly since: string; readonly place: string };
export type LockResult =
  | { readonly kind: 'held'; readonly lock: Lock }
  | { readonly kind: 'busy'; readonly holder: LockHolder };

type Claim = { readonly identity: ProcessIdentity; readonly since: string };

const claimName = /^lock-[0-9a-f]{16}\.json$/u;
const roundsMax = 12;
/** A claim older than this is no rival at the start but a holder. */
const rivalMsMax = 2_000;
const beatMs = 5_000;
/** A holder on another host or in another container counts as gone after this silence: several missed beats. */
const silenceMsMax = 30_000;

export type LockOptions = {
  /** Called when the claim is gone: another host took this process for dead. Whoever holds data must stop. */
  readonly onLost?: () => void;
};

/** Takes the folder's lock, creating the folder if needed. Does not wait for a holder. */
export async function acquireLock(folder: string, options: LockOptions = {}): Promise<LockResult> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const own = `lock-${randomBytes(8).toString('hex')}.json`;
  let holder: LockHolder | undefined;
  for (let round = 0; round < roundsMax; round += 1) {
    await writeClaim(folder, own);
    const [other] = await livingClaims(folder, own);
    if (other === undefined) return { kind: 'held', lock: keep(join(folder, own), options.onLost) };
    await remove(join(folder, own));
    holder = holderOf(other);
    if (Date.now() - Date.parse(other.since) > rivalMsMax) break;
    await pause(5 + Math.random() * 45);
  }
  return { kind: 'busy', holder: holder ?? { pid: 0, since: '', place: '' } };
}

/** Who holds the folder now, if anyone does. */
export async function lockHolder(folder: string): Promise<LockHolder | undefined> {
  const [claim] = await livingClaims(folder, '');
  return claim === undefined ? undefined : holderOf(claim);
}

function holderOf(claim: Claim): LockHolder {
  return { pid: claim.identity.pid, since: claim.since, place: claim.identity.place };
}

async function writeClaim(folder: string, name: string): Promise<void> {
  const claim: Claim = { identity: ownIdentity(), since: new Date().toISOString() };
  const draft = join(folder, `${name}.tmp`);
  await writeFile(draft, JSON.stringify(claim), { mode: 0o600 });
  // The name is new: a listing that runs meanwhile never misses a claim that was there before.
  await rename(draft, join(folder, name));
}

/** The oldest first. */
async function livingClaims(folder: string, own: string): Promise<readonly Claim[]> {
  const living: Claim[] = [];
  for (const name of (await readdir(folder).catch(absentOrThrow)) ?? []) {
    if (!claimName.test(name) || name === own) continue;
    const path = join(folder, name);
    const claim = await readClaim(path);
    if (claim === undefined) continue;
    if (await isLiving(claim, path)) living.push(claim);
    else await remove(path);
  }
  return living.toSorted((left, right) => left.since.localeCompare(right.since));
}

async function isLiving(claim: Claim, path: string): Promise<boolean> {
  const running = isRunning(claim.identity);
  if (running !== 'elsewhere') return running === 'yes';
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs < silenceMsMax;
}

/** undefined when it is gone meanwhile; what cannot be read or parsed counts as a claim of someone elsewhere. */
async function readClaim(path: string): Promise<Claim | undefined> {
  try {
    const raw: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isClaim(raw)) return raw;
  } catch (error) {
    // Any other failure, another user's file among them, must not pass for an empty folder.
    if (codeOf(error) === 'ENOENT') return undefined;
  }
  return { identity: { pid: 0, place: 'unreadable claim', began: '' }, since: '' };
}

function isClaim(raw: unknown): raw is Claim {
  if (typeof raw !== 'object' || raw === null || !('identity' in raw) || !('since' in raw)) return false;
  return isIdentity(raw.identity) && typeof raw.since === 'string';
}

/** Touches the claim so that other hosts see a living holder; the timer keeps no process awake. */
function keep(path: string, onLost: (() => void) | undefined): Lock {
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') return;
      clearInterval(beat);
      onLost?.();
    });
  }, beatMs);
  beat.unref();
  return {
    release: async () => {
      clearInterval(beat);
      await remove(path);
    },
  };
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });
}
