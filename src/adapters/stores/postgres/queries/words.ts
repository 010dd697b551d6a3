import { type Kysely, sql } from 'kysely';
import type { Moment } from '../../../../core/message.ts';
import type { Principal } from '../../../../ports/principal.ts';
import type { LoadedWording, WordingRow, WordsSent } from '../../../../ports/store.ts';
import { recordset, textArray } from '../rows.ts';

type Db = Kysely<unknown>;
type Count = number | string;

type WordingRecord = Omit<WordingRow, 'parts'> & {
  readonly first_loaded_at: Count;
  readonly last_loaded_at: Count;
};

/** Words of packs are nobody's: whoever may read behaviours reads them, of whatever team. */
async function wordings(
  db: Db,
  _principal: Principal,
  behaviour: string,
  limit: number,
): Promise<readonly LoadedWording[]> {
  const found = await sql<WordingRecord>`select hash, behaviour, moment, variant, language, version,
      first_loaded_at, last_loaded_at from wordings where behaviour = ${behaviour}
    order by first_loaded_at desc, hash limit ${limit}`.execute(db);
  return found.rows.map(({ first_loaded_at, last_loaded_at, ...row }) => ({
    ...row,
    firstLoadedAt: Number(first_loaded_at),
    lastLoadedAt: Number(last_loaded_at),
  }));
}

async function wording(
  db: Db,
  _principal: Principal,
  behaviour: string,
  hash: string,
): Promise<WordingRow | undefined> {
  const found = await sql<WordingRow>`select hash, behaviour, moment, variant, language, version, parts
    from wordings where hash = ${hash} and behaviour = ${behaviour}`.execute(db);
  return found.rows[0];
}

async function wordsSent(db: Db, principal: Principal, behaviour: string): Promise<readonly WordsSent[]> {
  if (principal.teams !== 'all') return [];
  const found = await sql<{
    moment: Moment;
    words: string;
    language: string;
    is_shadow: boolean;
    messages: Count;
    recipients: Count;
    first_at: Count;
    last_at: Count;
  }>`select moment, words, language, is_shadow, count(*) as messages,
      count(distinct recipient_kind || ':' || recipient_id) filter (where recipient_id not like 'forgotten:%') as recipients,
      min(coalesce(sent_at, created_at)) as first_at, max(coalesce(sent_at, created_at)) as last_at
    from messages where behaviour = ${behaviour} and words is not null and language is not null
      and state in ('accepted', 'uncertain')
    group by moment, words, language, is_shadow order by moment, words, language, is_shadow`.execute(db);
  return found.rows.map(({ moment, words, language, ...row }) => ({
    moment,
    words,
    language,
    isShadow: row.is_shadow,
    messages: Number(row.messages),
    recipients: Number(row.recipients),
    firstAt: Number(row.first_at),
    lastAt: Number(row.last_at),
  }));
}

async function touchWordings(db: Db, hashes: readonly string[], at: number): Promise<ReadonlySet<string>> {
  const done = await sql<{
    hash: string;
  }>`update wordings set last_loaded_at = greatest(last_loaded_at, ${at})
    where hash = any(${textArray(hashes)}) returning hash`.execute(db);
  return new Set(done.rows.map(({ hash }) => hash));
}

async function keepWordings(db: Db, rows: readonly WordingRow[], at: number): Promise<void> {
  if (rows.length === 0) return;
  const columns =
    'hash text, behaviour text, moment text, variant text, language text, version integer, parts json';
  await sql`insert into wordings (hash, behaviour, moment, variant, language, version, parts, first_loaded_at,
      last_loaded_at)
    select hash, behaviour, moment, variant, language, version, parts, ${at}::bigint, ${at}::bigint
    from ${recordset(rows, columns)} on conflict (hash) do nothing`.execute(db);
}

export const wordReads = { wordings, wording, wordsSent };
export const wordWrites = { touchWordings, keepWordings };
