import type { Event } from '../../src/core/event.ts';
import { type EventParts, makeEvent } from '../../src/core/make-event.ts';
import { keyedHash } from '../../src/lib/hmac.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { LoopRow, Store } from '../../src/ports/store.ts';
import { type House, monday, openHouse, testClock, testFingerprinter, testKeys } from './house.ts';
import { deployToken, manyRefusals, packsWith, refusalRules } from './judged-packs.ts';

const packs = packsWith({ 'deploy-token': deployToken, 'many-refusals': manyRefusals }, refusalRules);
let serial = 0;
/** The number of one more thing that no other test has. */
export function nextSerial(): number {
  serial += 1;
  return serial;
}

export function doing(kind: Event['kind'], at: number, over: Partial<EventParts> = {}): Event {
  serial += 1;
  return makeEvent(
    { source: 'cloud', kind, occurredAt: at, wholeId: ['doing', String(serial)], ...over },
    {
      receivedAt: at,
      fingerprint: testFingerprinter,
      eventId: (parts) => keyedHash(testKeys.event)(parts),
    },
  );
}

export const by = (name: string): Partial<EventParts> => ({
  actor: { type: 'person', account: { system: 'github', name } },
});

/** What a test of judging does with a store that is opened later. */
export function judgingHands(store: () => Store) {
  const openAt = (at = monday): House => openHouse({ store: store(), packs, clock: testClock(at) });
  const take = (house: House, ...events: readonly Event[]) =>
    ingest(house.parts, { source: 'cloud', receivedAt: house.clock.now(), mode: 'live', events });
  /** A deployment of its own identity, so that tests do not meet. */
  const deployment = () => {
    serial += 1;
    const run = `run-${serial}`;
    const workload = `deployer-${serial}`;
    const joins = { run };
    return {
      workload,
      proposed: (at: number, who = 'ana') => doing('change.proposed', at, { joins, ...by(who) }),
      reviewed: (at: number, who = 'bob') =>
        doing('change.reviewed', at, { joins, outcome: 'success', ...by(who) }),
      gate: (at: number) => doing('gate.passed', at, { joins, ...by('dora') }),
      token: (at: number) =>
        doing('token.issued', at, {
          joins,
          actor: { type: 'workload', id: workload },
          identity: { type: 'role', id: workload },
          resource: { type: 'environment', id: 'prod' },
          leads: [{ kind: 'sponsor', email: 'ana@example.com' }],
        }),
    };
  };
  const loopsOf = async (workload: string): Promise<readonly LoopRow[]> => {
    const { items } = await store().read.loops(loopPrincipal, { behaviour: 'deploy-token', limit: 500 });
    return items.filter(({ facts }) => facts.identity?.id === workload);
  };
  return { openAt, take, deployment, loopsOf };
}
