import { describe, expect, test } from 'vitest';
import { caseParts, caseValuesOf } from './case-key.ts';
import type { Event } from './event.ts';

const event = (over: Partial<Event>): Event => ({
  id: 'e',
  source: 's',
  kind: 'token.issued',
  occurredAt: 0,
  receivedAt: 0,
  actor: { type: 'unknown' },
  where: {},
  fingerprints: [],
  leads: [],
  record: {},
  ...over,
});

describe('the key of a case', () => {
  test('names its parts, and nothing that events do not have', () => {
    expect(caseParts('actor+rule+repository')).toEqual(['actor', 'rule', 'repository']);
    expect(caseParts('actor+colour')).toBeUndefined();
    expect(caseParts('actor+actor')).toBeUndefined();
    expect(caseParts('')).toBeUndefined();
  });

  test('is the same for one person under one address, whatever its letters', () => {
    const values = (email: string) =>
      caseValuesOf('actor+campaign', event({ actor: { type: 'person', email }, joins: { campaign: '7' } }));
    expect(values('Ana@Example.com')).toEqual(values('ana@example.com'));
    expect(values('bob@example.com')).not.toEqual(values('ana@example.com'));
  });

  test('tells apart cases of which one part is missing', () => {
    const one = caseValuesOf('identity+resource', event({ identity: { type: 'role', id: 'deploy' } }));
    const other = caseValuesOf('identity+resource', event({ resource: { type: 'role', id: 'deploy' } }));
    expect(one).not.toEqual(other);
  });

  test('is none when an event has none of its parts', () => {
    expect(caseValuesOf('actor+run', event({}))).toBeUndefined();
  });
});
