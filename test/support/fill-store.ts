import pg from 'pg';

export type Fill = {
  readonly events: number;
  /** Cases that the events belong to, evenly. */
  readonly loops: number;
  /** Habits (32 hex) that the loops belong to, evenly. */
  readonly habits: readonly string[];
};

const commit = `encode(sha256(('commit ' || n)::bytea), 'hex')`;
const path = `'services/component-' || n % 97 || '/src/main/resources/application-' || n % 13 || '.properties'`;
const where = `json_build_object('repository', 'acme/shop-' || n % 400, 'commit', left(${commit}, 40), 'file', ${path},
  'line', n % 900 + 1, 'startColumn', 12, 'endColumn', 48)`;
const secret = `json_build_object('provider', 'aws', 'rule', 'aws-access-token', 'mask',
  '[secret:aws …' || left(${commit}, 6) || ']', 'length', 36, 'validity', 'unknown')`;
const actor = `json_build_object('type', 'person', 'name', 'Person ' || n % 300, 'email', 'p' || n % 300 || '@example.com')`;
const id = (name: string, n = 'n') => `md5('${name} ' || ${n})::uuid`;
/** A year before the events of a bench. */
const at = `1780000000000 + n % 30000000 * 1000::bigint`;

const tables: Readonly<Record<string, string>> = {
  events: `insert into events (id, loop_id, source, kind, occurred_at, received_at, key_ids, body)
    select ${id('event')}, ${id('loop', 'n % $2')}, 'generic', 'secret.committed', ${at}, ${at}, 'k1',
      json_build_object('actor', ${actor}, 'where', ${where}, 'fingerprints', json_build_array(
        json_build_object('kind', 'content', 'keyId', 'k1', 'value', md5('content ' || n % $2)),
        json_build_object('kind', 'place', 'keyId', 'k1', 'value', md5('place ' || n))),
        'leads', json_build_array(), 'record', json_build_object('severity', 'high'), 'secret', ${secret})
    from generate_series(0, $1 - 1) n`,
  loop_keys: `insert into loop_keys (key, loop_id)
    select 'secret-in-repository:content:k1:' || md5('content ' || n), ${id('loop')} from generate_series(0, $2 - 1) n
    union all select 'secret-in-repository:place:k1:' || md5('place ' || n), ${id('loop', 'n % $2')}
    from generate_series(0, $1 - 1) n`,
  loop_spans: `insert into loop_spans (place, loop_id, source, provider, start_column, end_column, has_content)
    select md5('span ' || n), ${id('loop', 'n % $2')}, 'generic', 'aws', 12, 48, true from generate_series(0, $1 - 1) n`,
  loops: `insert into loops (id, case_code, behaviour, state, is_stub, rung, is_live, owner_kind, owner_id, team,
      confidence, habit, repository, first_occurred_at, last_occurred_at, verified_at, due_at, updated_at, seq, head, facts)
    select ${id('loop')}, 'FB-' || upper(left(md5('loop ' || n), 10)), 'secret-in-repository',
      case when n % 5 = 0 then 'verified' else 'backlog' end, false, case when n % 5 = 0 then 'verified' else 'none' end,
      false, 'person', 'p' || n % 300, case when n % 2 = 0 then 'red' else 'blue' end, 0.76,
      ($3::text[])[n % cardinality($3::text[]) + 1]::uuid, 'acme/shop-' || n % 400, ${at}, ${at},
      case when n % 5 = 0 then ${at} end, case when n % 5 = 0 then ${at} + 31536000000 end, ${at}, 1, ${commit},
      json_build_object('behaviour', 'secret-in-repository', 'sightings', 1, 'kept', json_build_array(json_build_object(
        'event', md5('event ' || n), 'source', 'generic', 'at', ${at}, 'where', ${where}, 'actor', ${actor},
        'evidence', json_build_array())), 'lastOccurredAt', ${at}, 'isLive', false, 'validity', json_build_object(),
        'seen', json_build_object(), 'sources', json_build_array('generic'), 'isUnsuppressed', true,
        'messages', json_build_array(), 'replies', json_build_array(), 'decisions', json_build_array(),
        'relapseNumber', 0, 'holdChecks', json_build_array(), 'secret', ${secret})
    from generate_series(0, $2 - 1) n`,
  ledger_entries: `insert into ledger_entries (loop_id, seq, at, kind, previous, hash, body)
    select ${id('loop')}, 1, ${at}, 'opened', repeat('0', 64), ${commit}, '{"story":[{"kind":"opened"}]}'
    from generate_series(0, $2 - 1) n`,
  ledger_private: `insert into ledger_private (loop_id, seq, path, salt, value)
    select ${id('loop')}, 1, '/story/2/id', md5('salt ' || n), '"p' || n % 300 || '"' from generate_series(0, $2 - 1) n`,
};

/**
 * Puts stored history into an empty store with generated SQL, far faster than an import could: events, the loops they
 * belong to, keys, spans and ledger. Indexes are made afterwards.
 */
export async function fillStore(url: string, fill: Fill): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // Only here: what a fill loses in a crash is filled again.
    await client.query(`set synchronous_commit = off; set maintenance_work_mem = '512MB'`);
    for (const [table, statement] of Object.entries(tables)) {
      const restore = await dropIndexes(client, table);
      // Only the parameters that a statement names may be passed.
      const named = [fill.events, fill.loops, fill.habits].slice(0, statement.includes('$3') ? 3 : 2);
      const text = statement.includes('$1') ? statement : `with unused as (select $1::bigint) ${statement}`;
      await client.query(text.replaceAll('$1', '$1::bigint').replaceAll('$2', '$2::bigint'), named);
      for (const sql of restore) await client.query(sql);
    }
    await client.query('vacuum analyze');
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

async function dropIndexes(client: pg.Client, table: string): Promise<readonly string[]> {
  const constraints = await client.query<{ name: string; definition: string }>(
    `select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
     where conrelid = $1::regclass and contype in ('p', 'u')`,
    [table],
  );
  for (const { name } of constraints.rows) await client.query(`alter table ${table} drop constraint ${name}`);
  const indexes = await client.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
     where indrelid = $1::regclass`,
    [table],
  );
  for (const { name } of indexes.rows) await client.query(`drop index ${name}`);
  return [
    ...constraints.rows.map(
      ({ name, definition }) => `alter table ${table} add constraint ${name} ${definition}`,
    ),
    ...indexes.rows.map(({ definition }) => definition),
  ];
}
