import { describe, expect, test } from 'vitest';
import type { Event } from '../event.ts';
import { judgeBaseline, lookedAt, type UsualSeen } from './baseline.ts';

const day = 86_400_000;
const at = Date.UTC(2026, 10, 23, 10);
const rules = { weights: { resource: 2, network: 1, hour: 1 }, unusualAt: 2, learning: '30d' };

const asked = (over: Partial<Event> = {}): Event => ({
  id: 'e',
  source: 's',
  kind: 'token.issued',
  occurredAt: at,
  receivedAt: at,
  actor: { type: 'workload' },
  resource: { type: 'role', id: 'deploy' },
  network: { address: '10.1.2.3' },
  where: {},
  fingerprints: [],
  leads: [],
  record: {},
  ...over,
});

const history = (daysAgo: number, over: Partial<Event> = {}): readonly UsualSeen[] =>
  lookedAt(asked(over)).map((one) => ({ ...one, firstAt: at - daysAgo * day }));

describe('what is usual for an identity', () => {
  test('is not unusual', () => expect(judgeBaseline(rules, asked(), history(60))).toBeUndefined());

  test('a resource that it never asked for is unusual, and what it asked for is named', () => {
    const event = asked({ resource: { type: 'role', id: 'admin' } });
    expect(judgeBaseline(rules, event, history(60))).toEqual({
      what: 'resource',
      value: 'admin',
      known: ['deploy'],
      since: at - 60 * day,
    });
  });

  test('a new network alone is not enough, with a new hour it is', () => {
    const moved = { network: { address: '203.0.113.9' } };
    expect(judgeBaseline(rules, asked(moved), history(60))).toBeUndefined();
    const atNight = asked({ ...moved, occurredAt: at + 12 * 3_600_000 });
    expect(judgeBaseline(rules, atNight, history(60))?.what).toBe('network');
  });

  test('an address in the usual network is usual', () =>
    expect(lookedAt(asked({ network: { address: '10.1.9.9' } }))).toEqual(lookedAt(asked())));

  test('an identity whose history is short is not judged', () => {
    const event = asked({ resource: { type: 'role', id: 'admin' } });
    expect(judgeBaseline(rules, event, history(20))).toBeUndefined();
    expect(judgeBaseline(rules, event, [])).toBeUndefined();
  });

  test('what it did later is no history', () => {
    const event = asked({ resource: { type: 'role', id: 'admin' } });
    const later = history(-5, { resource: { type: 'role', id: 'admin' } });
    expect(judgeBaseline(rules, event, [...history(60), ...later])?.value).toBe('admin');
  });

  test('what the source never said before is not new', () => {
    const onlyHours = history(60).filter(({ what }) => what === 'hour');
    expect(judgeBaseline(rules, asked(), onlyHours)).toBeUndefined();
  });
});
