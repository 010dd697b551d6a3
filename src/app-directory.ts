import { z } from 'zod';
import type { RefusedLinks } from './app-links.ts';
import type { PeopleOf } from './core/merge-people.ts';
import { fold } from './core/people-index.ts';
import { type PushedEntry, pushedDirectory, pushedPeople } from './core/scim/people.ts';
import type { DirectoryDesk, DirectoryWords } from './http/http-parts.ts';
import type { Log } from './lib/log.ts';
import { type Leaver, reportLeavers } from './loop/leavers.ts';
import { noteMoves } from './loop/moves.ts';
import { type LoopParts, loopPrincipal } from './loop/parts.ts';
import type { Owners } from './owner-directories.ts';
import type { Clock } from './ports/clock.ts';
import type { MapContext } from './ports/source.ts';
import type { DirectoryRow, Store } from './ports/store.ts';

export type PushedList = {
  /** Everybody who was pushed, as known in this process. */
  readonly people: () => PeopleOf;
  /** Reads what other processes wrote; true when there was something. */
  readonly refresh: () => Promise<boolean>;
  readonly note: (row: DirectoryRow) => void;
};

/** Rows written at the same time may become visible later than one with a younger time. */
const overlapMs = 60_000;

export async function openPushed(store: Store): Promise<PushedList> {
  const entries = new Map<string, PushedEntry & { readonly updatedAt: number }>();
  let latest = 0;
  const note = (row: DirectoryRow): boolean => {
    const known = entries.get(row.id);
    if (known !== undefined && known.updatedAt >= row.updatedAt) return false;
    entries.set(row.id, row);
    latest = Math.max(latest, row.updatedAt);
    return true;
  };
  const refresh = async (): Promise<boolean> => {
    const rows = await store.read.directoryChanges(loopPrincipal, Math.max(0, latest - overlapMs));
    return rows.filter(note).length > 0;
  };
  await refresh();
  return {
    people: () => ({ directory: pushedDirectory, ...pushedPeople([...entries.values()]) }),
    refresh,
    note: (row) => {
      note(row);
    },
  };
}

export function openDirectoryDesk(given: {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomId: () => string;
  /** Told of every entry that was written, once it is durable. */
  readonly written: (row: DirectoryRow) => Promise<void>;
}): DirectoryDesk {
  const { store, clock } = given;
  const lockName = (words: DirectoryWords): string => `directory ${words.kind} ${fold(words.name)}`;
  const done = async (row: DirectoryRow): Promise<DirectoryRow> => {
    await given.written(row);
    return row;
  };
  return {
    add: async (words) => {
      const at = clock.now();
      const row: DirectoryRow = {
        ...words,
        name: fold(words.name),
        id: given.randomId(),
        createdAt: at,
        updatedAt: at,
      };
      const isSaved = await store.transaction(async (tx) => {
        await tx.lock(lockName(words));
        return tx.saveDirectoryEntry(row);
      });
      return isSaved ? done(row) : undefined;
    },
    change: async (kind, id, change) => {
      const found = await store.transaction(async (tx) => {
        await tx.lock(`directory ${id}`);
        const before = await tx.read.directoryEntry(loopPrincipal, kind, id);
        if (before === undefined) return { kind: 'missing' } as const;
        const words = change(before);
        if ('refused' in words) return { kind: 'refused', refusal: words.refused } as const;
        await tx.lock(lockName(words));
        const row = after(before, words, clock.now());
        return (await tx.saveDirectoryEntry(row))
          ? ({ kind: 'changed', row } as const)
          : ({ kind: 'taken' } as const);
      });
      if (found.kind === 'changed') await done(found.row);
      return found;
    },
    remove: async (kind, id) => {
      const row = await store.transaction(async (tx) => {
        await tx.lock(`directory ${id}`);
        const before = await tx.read.directoryEntry(loopPrincipal, kind, id);
        if (before === undefined) return undefined;
        const at = clock.now();
        const gone = { ...after(before, { ...before, isActive: false }, at), deletedAt: at };
        await tx.saveDirectoryEntry(gone);
        return gone;
      });
      if (row === undefined) return false;
      await done(row);
      return true;
    },
  };
}

/** The entry as it is from now on. Who becomes inactive has left; who becomes active again has not. */
function after(before: DirectoryRow, words: DirectoryWords, at: number): DirectoryRow {
  const { leftAt, reportedAt, externalId: _old, ...kept } = before;
  const row: DirectoryRow = {
    ...kept,
    name: fold(words.name),
    ...(words.externalId === undefined ? {} : { externalId: words.externalId }),
    isActive: words.isActive,
    body: words.body,
    // Two changes within a millisecond are told apart.
    updatedAt: Math.max(at, before.updatedAt + 1),
  };
  if (words.isActive) return row;
  if (before.isActive && words.kind === 'user') return { ...row, leftAt: at };
  return {
    ...row,
    ...(leftAt === undefined ? {} : { leftAt }),
    ...(reportedAt === undefined ? {} : { reportedAt }),
  };
}

const leaversMax = 100;

/** Passes on who left by what was pushed; what failed is passed on by the next call. */
export async function reportPushedLeavers(parts: LoopParts, context: MapContext): Promise<number> {
  const rows = await parts.store.read.directoryLeavers(loopPrincipal, leaversMax);
  let count = 0;
  for (const { id, leftAt } of rows) {
    if (leftAt === undefined) continue;
    const person = parts.people.person(`${pushedDirectory}:${id}`);
    if (person !== undefined && !person.isActive) {
      count += await reportLeavers(parts, [{ person, at: leftAt }], context);
    }
    await parts.store.transaction((tx) => tx.markLeaverReported(id, leftAt, context.receivedAt));
  }
  return count;
}

const settingName = 'left-people';
const leftSchema = z.record(z.string(), z.object({ since: z.number(), isReported: z.boolean() }));

/**
 * Passes on who left by the files that were read at the start. Who had left before the first look is history: noted, and
 * nothing is said of it.
 */
export async function reportFileLeavers(
  parts: LoopParts,
  fixed: readonly PeopleOf[],
  context: MapContext,
): Promise<number> {
  const at = context.receivedAt;
  const gone = new Set(
    fixed.flatMap(({ persons }) => persons.flatMap(({ id, isActive }) => (isActive ? [] : [id]))),
  );
  if (fixed.length === 0) return 0;
  const left = await parts.store.transaction(async (tx) => {
    await tx.lock(settingName);
    const parsed = leftSchema.safeParse(await tx.setting(settingName));
    const known = parsed.success ? parsed.data : undefined;
    const next = Object.fromEntries(
      [...gone].map((id) => [id, known?.[id] ?? { since: at, isReported: known === undefined }] as const),
    );
    await tx.saveSetting(settingName, next);
    return next;
  });
  const leavers = Object.entries(left).flatMap(([id, { since, isReported }]): readonly Leaver[] => {
    const person = isReported ? undefined : parts.people.person(id);
    return person === undefined || person.isActive ? [] : [{ person, at: since }];
  });
  if (leavers.length === 0) return 0;
  const count = await reportLeavers(parts, leavers, context);
  await parts.store.transaction(async (tx) => {
    await tx.lock(settingName);
    const parsed = leftSchema.safeParse(await tx.setting(settingName));
    const now = parsed.success ? parsed.data : {};
    const told = Object.entries(now).map(([id, one]) => {
      const isTold = left[id]?.since === one.since;
      return [id, isTold ? { ...one, isReported: true } : one] as const;
    });
    await tx.saveSetting(settingName, Object.fromEntries(told));
  });
  return count;
}

export type Directory = {
  readonly desk: DirectoryDesk;
  /** Reads what other processes were told of people, and passes on who left. */
  readonly follow: () => Promise<void>;
};

/** The directory of an installation: what was pushed, what stands in files, and what follows from who left. */
export function openDirectory(given: {
  readonly parts: LoopParts;
  readonly owners: Pick<Owners, 'fixed' | 'changed'>;
  readonly pushed: PushedList;
  readonly refused: RefusedLinks;
  readonly mapContext: (receivedAt: number) => MapContext;
  readonly log: Log;
}): Directory {
  const { parts, owners, pushed, refused, mapContext, log } = given;
  const context = () => mapContext(parts.clock.now());
  let isNews = true;
  const desk = openDirectoryDesk({
    store: parts.store,
    clock: parts.clock,
    randomId: parts.randomId,
    written: async (row) => {
      pushed.note(row);
      isNews = true;
      owners.changed(!row.isActive);
      if (row.leftAt === undefined || row.reportedAt !== undefined) return;
      // The entry is durable: what fails here is passed on by the worker.
      await reportPushedLeavers(parts, context()).catch((error: unknown) => {
        log.error({ error }, 'that somebody left could not be passed on yet');
      });
    },
  });
  return {
    desk,
    follow: async () => {
      if (await refused.refresh()) isNews = true;
      if ((await pushed.refresh()) || isNews) {
        isNews = false;
        owners.changed(true);
        await noteMoves(parts);
      }
      await reportPushedLeavers(parts, context());
      await reportFileLeavers(parts, owners.fixed, context());
    },
  };
}
