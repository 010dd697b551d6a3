import { z } from 'zod';
import { csvCell } from '../../lib/escape.ts';
import { type ExitCode, exit } from '../exit.ts';
import { line, next, note, table, writeJson, writeRaw } from '../output.ts';
import { type Session, type StoreFlags, withSession } from '../session.ts';

export type OwnersListFlags = StoreFlags & {
  readonly type?: string;
  readonly standing?: string;
  readonly owner?: string;
  readonly team?: string;
  readonly text?: string;
  readonly limit: string;
  readonly after?: string;
  readonly all?: boolean;
  readonly format: 'table' | 'csv';
  readonly json?: boolean;
};

const identitySchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  provider: z.string().optional(),
  standing: z.string(),
  owner: z.looseObject({
    kind: z.string(),
    id: z.string().optional(),
    name: z.string().optional(),
    confidence: z.number(),
    hasLeft: z.boolean().optional(),
  }),
  team: z.looseObject({ id: z.string(), name: z.string().optional() }).optional(),
  lastSeenAt: z.string().optional(),
  namedAt: z.string().optional(),
});
type Identity = z.infer<typeof identitySchema>;
const pageSchema = z.object({ items: z.array(identitySchema), next: z.string().optional() });

/** As many as a page of the door holds. */
const pageMax = '200';
const csvHeader = [
  'id',
  'type',
  'provider',
  'name',
  'standing',
  'owner_kind',
  'owner_id',
  'owner_name',
  'owner_left',
  'confidence',
  'team',
  'last_seen',
  'named',
];

/** Accounts and credentials with who answers for each. Pages are written as they come: there may be a million. */
export async function ownersListCommand(flags: OwnersListFlags): Promise<ExitCode> {
  const isCsv = flags.format === 'csv' && flags.json !== true;
  if (isCsv) writeRaw(csvLine(csvHeader));
  const { count, after } = await withSession(flags, async (session) => {
    let count = 0;
    let after = flags.after;
    do {
      const page = await pageOf(session, flags, after);
      write(page.items, flags);
      count += page.items.length;
      after = page.next;
    } while (flags.all === true && after !== undefined);
    return { count, after };
  });
  note(count === 0 ? 'No identity fits.' : count === 1 ? '1 identity' : `${count} identities`);
  if (after !== undefined)
    next(`npx foldback owners list --after ${after}   for the next page; --all for the rest`);
  else next('npx foldback owners coverage');
  return exit.ok;
}

function pageOf(session: Session, flags: OwnersListFlags, after: string | undefined) {
  const { type, standing, owner, team, text } = flags;
  const limit = flags.all === true ? pageMax : flags.limit;
  const query = { type, standing, owner, team, text, limit, after };
  return session.ask({ method: 'GET', path: '/v1/identities', query }, pageSchema);
}

function write(items: readonly Identity[], flags: OwnersListFlags): void {
  if (flags.json === true) for (const one of items) writeJson(one);
  else if (flags.format === 'csv') writeRaw(items.map((one) => csvLine(cellsOf(one))).join(''));
  else if (items.length > 0) line(table(['standing', 'owner', 'type', 'identity'], items.map(rowOf)));
}

const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function cellsOf(one: Identity): readonly string[] {
  const { owner } = one;
  return [
    one.id,
    one.type,
    one.provider ?? '',
    one.name,
    one.standing,
    owner.kind,
    owner.id ?? '',
    owner.name ?? '',
    owner.hasLeft === true ? 'yes' : 'no',
    String(owner.confidence),
    one.team?.id ?? '',
    one.lastSeenAt ?? '',
    one.namedAt ?? '',
  ];
}

function rowOf({ type, name, provider, standing, owner }: Identity): readonly string[] {
  const who = owner.name ?? owner.id ?? 'nobody known';
  return [
    standing,
    owner.hasLeft === true ? `${who}, has left` : who,
    type,
    provider === undefined ? name : `${provider}: ${name}`,
  ];
}
