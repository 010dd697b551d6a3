import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Event } from '../event.ts';
import { judgeBaseline, lookedAt, type UsualSeen } from './baseline.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 5);
const days = 180;
const workloads = 40;

/** Mulberry32: small, seeded, the same everywhere. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * What an honest workload asks for in half a year: a schedule with delays and rare retries at night, a few resources of
 * which one is rare, two networks and now and then a move to another, and a new resource every four months or so.
 */
function honestRequests(next: () => number, name: string): readonly Event[] {
  const resources = ['main', 'logs', 'rare'].map((part) => `${name}-${part}`);
  const networks = [`10.${Math.floor(next() * 250)}`, `10.${Math.floor(next() * 250)}`];
  const hour = 2 + Math.floor(next() * 18);
  const events: Event[] = [];
  for (let n = 0; n < days; n += 1) {
    if (next() < 1 / 120) resources.push(`${name}-new-${n}`);
    if (next() < 1 / 60) networks.push(`172.${Math.floor(next() * 30)}`);
    for (let run = 0; run < 4; run += 1) {
      const isRetry = next() < 0.01;
      const at = start + n * day + (isRetry ? 3 : hour) * 3_600_000 + next() * 5_400_000;
      const pick = next();
      const resource =
        pick < 0.7 ? 0 : pick < 0.97 ? resources.length - 1 : Math.min(2, resources.length - 1);
      events.push({
        id: `${name}-${n}-${run}`,
        source: 'cloud',
        kind: 'token.issued',
        occurredAt: at,
        receivedAt: at,
        actor: { type: 'workload', id: name },
        resource: { type: 'role', id: resources[resource] ?? '' },
        network: { address: `${networks[Math.floor(next() * networks.length)]}.${run}.7` },
        where: {},
        fingerprints: [],
        leads: [],
        record: {},
      });
    }
  }
  return events.toSorted((a, b) => a.occurredAt - b.occurredAt);
}

const file = new URL('../../../packs/behaviours/token-outside-approved-path.yaml', import.meta.url);

test('an honest workload is called unusual at most once a month, with the weights that the packs come with', () => {
  const { baseline } = parse(readFileSync(file, 'utf8'));
  let unusual = 0;
  for (let one = 0; one < workloads; one += 1) {
    const history = new Map<string, UsualSeen>();
    for (const event of honestRequests(random(one + 1), `w${one}`)) {
      if (judgeBaseline(baseline, event, [...history.values()]) !== undefined) unusual += 1;
      for (const { what, value } of lookedAt(event)) {
        const key = `${what} ${value}`;
        if (!history.has(key)) history.set(key, { what, value, firstAt: event.occurredAt });
      }
    }
  }
  const months = (workloads * (days - 30)) / 30;
  // 0.3 when this was written: what is left are resources that are new indeed.
  expect(unusual / months).toBeLessThanOrEqual(1);
  expect(unusual).toBeGreaterThan(0);
});
