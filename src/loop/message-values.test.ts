import { describe, expect, test } from 'vitest';
import type { Event } from '../core/event.ts';
import { addSighting, emptyFacts, type FailedEvent, type LoopFacts } from '../core/loop/facts.ts';
import { maskSecret } from '../core/mask.ts';
import { caseValues, standsOf } from './message-values.ts';

const event: Event = {
  id: 'a'.repeat(32),
  source: 'cloudtrail',
  kind: 'token.issued',
  occurredAt: 1000,
  receivedAt: 2000,
  actor: { type: 'workload', name: 'reports' },
  identity: { type: 'iam-role', id: 'reports' },
  resource: { type: 'iam-role', id: 'prod-deploy' },
  action: 'AssumeRole',
  outcome: 'success',
  network: { address: '192.0.2.7' },
  joins: { rule: 'main', campaign: '7' },
  where: {},
  fingerprints: [],
  leads: [],
  record: {},
};
const factsOf = (...failed: readonly Partial<FailedEvent>[]): LoopFacts =>
  failed.reduce<LoopFacts>(
    (facts, one) => addSighting(facts, { event, evidence: [], isLive: true, ...one }),
    emptyFacts('token-outside-approved-path'),
  );
const valuesOf = (facts: LoopFacts) => caseValues({ caseCode: 'LOOP-7F3K', facts });

describe('what a case gives to its words', () => {
  test('is who did what to what, from where, and which step or habit it broke', () => {
    const broken = { step: 'reviewed', how: 'skipped' as const };
    const unusual = { what: 'resource' as const, value: 'prod-deploy', known: ['staging'], since: 1 };
    expect(valuesOf(factsOf({ broken, unusual }))).toEqual({
      caseCode: 'LOOP-7F3K',
      validity: 'unknown',
      occurredAt: 1000,
      identity: 'reports',
      workload: 'reports',
      resource: { type: 'iam-role', id: 'prod-deploy' },
      deed: 'AssumeRole',
      outcome: 'success',
      kind: 'token.issued',
      rule: 'main',
      campaign: '7',
      address: '192.0.2.7',
      broken,
      unusual,
    });
  });

  test('leaves out what is only a mask', () => {
    const masked = maskSecret('not a real secret at all', 'aws', 'abcdef012345');
    const of = {
      ...event,
      resource: { type: 'access-key', id: masked },
      identity: { type: 'key', id: masked },
    };
    expect(valuesOf(factsOf({ event: of }))).not.toHaveProperty('resource');
    expect(valuesOf(factsOf({ event: of }))).not.toHaveProperty('identity');
  });

  test('is the first sighting that was not refuted', () => {
    const later: Event = {
      ...event,
      id: 'b'.repeat(32),
      occurredAt: 3000,
      resource: { type: 'iam-role', id: 'other' },
    };
    const facts = factsOf({ broken: { step: 'reviewed', how: 'skipped' } }, { event: later });
    expect(valuesOf(facts).resource?.id).toBe('prod-deploy');
    expect(valuesOf({ ...facts, refuted: [event.id] }).resource?.id).toBe('other');
  });

  test('a claim alone leaves a case open, and a part of the fix is said to be a part', () => {
    const stands = (['none', 'claimed', 'observed', 'verified', 'held'] as const).map((rung) =>
      standsOf({ rung }),
    );
    expect(stands).toEqual(['open', 'open', 'observed', 'fixed', 'fixed']);
  });
});
