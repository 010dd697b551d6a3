import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Actor } from '../../src/core/event.ts';
import { emptyFacts } from '../../src/core/loop/facts.ts';
import type { LoopRow, Store } from '../../src/ports/store.ts';

const dayMs = 86_400_000;
const days = 400;
const startedAt = Date.UTC(2025, 9, 1);
export const measuredAt = startedAt + days * dayMs;
const behaviours = Array.from({ length: 10 }, (_, at) => `behaviour-${at}`);
export const busiest = 'behaviour-0';
export const teamIds = Array.from({ length: 200 }, (_, at) => `team-${at}`);
const kinds: readonly Actor['type'][] = ['person', 'person', 'workload', 'agent'];
const loopsATransaction = 2000;
/** Cases of one habit, on average. */
const loopsAUnit = 3;

/**
 * Counters by generated SQL, with their sums by month as the store keeps them; loops through the store's own door, so
 * that what measures read is what it writes. Two thirds of the loops are of one behaviour.
 */
export async function fillMeasures(
  client: pg.Client,
  store: Store,
  { counters, loops }: { readonly counters: number; readonly loops: number },
): Promise<void> {
  await client.query(`set synchronous_commit = off; alter table counters drop constraint counters_pkey`);
  await client.query(
    `insert into counters (name, behaviour, source, day, scope, n)
    select 'opportunity', 'behaviour-' || n % 10, 'source-' || n / (10 * 200 * $2::bigint),
      to_char(timestamp '2025-10-01' + n / (10 * 200) % $2::bigint * interval '1 day', 'YYYY-MM-DD'),
      'team-' || n / 10 % 200, 1 + n % 40
    from generate_series(0, $1::bigint - 1) n`,
    [counters, days],
  );
  await client.query(`alter table counters add primary key (name, behaviour, source, day, scope)`);
  await client.query(`insert into opportunities (behaviour, month, scope, kind, source, campaign, n)
    select behaviour, left(day, 7), scope, kind, '', '', sum(n) from counters
    cross join (values ('person'), ('workload'), ('agent')) kinds (kind)
    group by behaviour, left(day, 7), scope, kind`);
  for (let from = 0; from < loops; from += loopsATransaction) {
    const some = Array.from({ length: Math.min(loopsATransaction, loops - from) }, (_, at) =>
      loopOf(from + at),
    );
    await store.transaction((tx) => tx.saveLoops(some));
  }
  await client.query('vacuum analyze');
  await client.query('checkpoint');
}

const hex = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);
/** A whole number from 0 up to `below`, always the same for the same name. */
const draw = (name: string, below: number) => Number.parseInt(hex(name).slice(0, 8), 16) % below;

function loopOf(n: number): LoopRow {
  const id = hex(`loop ${n}`);
  const behaviour = n % 3 < 2 ? busiest : (behaviours[1 + draw(`behaviour ${n}`, 9)] ?? busiest);
  const unit = draw(`unit of ${n}`, Math.floor(100_000 / loopsAUnit));
  const at = startedAt + draw(`at ${n}`, (days * dayMs) / 1000) * 1000;
  const later = (name: string, share: number, withinDays: number) =>
    draw(`${name}? ${n}`, 100) < share
      ? at + 3_600_000 + draw(`${name} ${n}`, withinDays * 86_400) * 1000
      : undefined;
  const toldAt = at + 600_000;
  const answeredAt = later('answered', 70, 10);
  const fixedAt = later('fixed', 60, 40);
  const verifiedAt = fixedAt !== undefined && fixedAt <= measuredAt ? fixedAt : undefined;
  const owner = { kind: 'person' as const, id: `p${unit}` };
  return {
    id,
    caseCode: `FB-${id.slice(0, 10)}`,
    behaviour,
    state: verifiedAt === undefined ? 'told' : 'verified',
    isStub: false,
    rung: verifiedAt === undefined ? 'none' : 'verified',
    isLive: true,
    owner: { ...owner, confidence: 0.9 },
    team: teamIds[unit % teamIds.length] ?? '',
    habit: hex(`${behaviour} ${unit}`),
    firstOccurredAt: at,
    lastOccurredAt: at,
    ...(verifiedAt === undefined ? {} : { verifiedAt }),
    updatedAt: at,
    seq: 1,
    head: hex(`head ${n}`),
    facts: {
      ...emptyFacts(behaviour),
      sightings: 1,
      sources: ['scanner'],
      kept: [
        {
          event: id,
          source: 'scanner',
          at,
          where: {},
          evidence: [],
          actor: { type: kinds[n % kinds.length] ?? 'person' },
        },
      ],
      messages: [
        { message: id, moment: 'told', occasion: 'told', recipient: owner, at: toldAt, outcome: 'accepted' },
      ],
      replies:
        answeredAt === undefined ? [] : [{ id, at: answeredAt, answer: 'done', by: owner, isWeak: true }],
    },
  };
}
