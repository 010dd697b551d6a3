import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  can,
  isWithin,
  type Principal,
  readFilter,
  seesSubject,
  seesTeam,
  systemPrincipal,
} from './principal.ts';
import { roleNames, roles, scopesOf } from './role.ts';
import { isScope, scopes } from './scope.ts';

const principal = (change: Partial<Principal>): Principal => ({
  id: 'p1',
  kind: 'operator',
  name: 'Ana',
  scopes: new Set(),
  teams: [],
  ...change,
});

describe('principal', () => {
  test('may do what its scopes say and nothing else; admin covers all', () => {
    const reader = principal({ scopes: new Set(['loops:read']) });
    expect(scopes.filter((scope) => can(reader, scope))).toEqual(['loops:read']);
    expect(scopes.filter((scope) => can(principal({}), scope))).toEqual([]);
    expect(scopes.every((scope) => can(principal({ scopes: new Set(['admin']) }), scope))).toBe(true);
  });

  test('sees its teams only, and loops without a team only when it sees all', () => {
    const member = principal({ teams: ['payments'] });
    expect(seesTeam(member, 'payments')).toBe(true);
    expect(seesTeam(member, 'search')).toBe(false);
    expect(seesTeam(member, undefined)).toBe(false);
    expect(seesTeam(principal({ teams: 'all' }), undefined)).toBe(true);
    expect(seesTeam(principal({ teams: [] }), 'payments')).toBe(false);
  });

  test('a filter is never wider than the principal, whichever team is asked for', () => {
    expect(readFilter(principal({ teams: ['a', 'b'] }))).toEqual({ teams: ['a', 'b'], subjectTypes: 'all' });
    expect(readFilter(principal({ teams: ['a', 'b'] }), 'b').teams).toEqual(['b']);
    expect(readFilter(principal({ teams: ['a', 'b'] }), 'c').teams).toEqual([]);
    expect(readFilter(principal({ teams: 'all', subjectTypes: ['workload'] }), 'c')).toEqual({
      teams: ['c'],
      subjectTypes: ['workload'],
    });
    expect(seesSubject(principal({ subjectTypes: ['workload'] }), 'person')).toBe(false);
  });

  test('what is within another principal can do and see no more than it', () => {
    const some = fc.record({
      scopes: fc.subarray([...scopes]).map((list) => new Set(list)),
      teams: fc.oneof(fc.constant('all' as const), fc.subarray(['a', 'b', 'c'])),
    });
    fc.assert(
      fc.property(
        some,
        some,
        fc.constantFrom(...scopes),
        fc.constantFrom('a', 'b', 'c', undefined),
        (x, y, scope, team) => {
          const [inner, outer] = [principal(x), principal(y)];
          fc.pre(isWithin(inner, outer));
          if (can(inner, scope)) expect(can(outer, scope)).toBe(true);
          if (seesTeam(inner, team)) expect(seesTeam(outer, team)).toBe(true);
        },
      ),
    );
  });

  test('Foldback itself sees and may do all', () => {
    expect(scopes.every((scope) => can(systemPrincipal('sweep'), scope))).toBe(true);
    expect(seesTeam(systemPrincipal('sweep'), undefined)).toBe(true);
  });
});

describe('roles', () => {
  test('name only scopes that exist, and every scope is given by some role', () => {
    const given = new Set<string>(roleNames.flatMap((name): readonly string[] => roles[name].scopes));
    expect([...given].every(isScope)).toBe(true);
    expect(scopes.filter((scope) => !given.has(scope))).toEqual([]);
  });

  test('an auditor reads everything and changes nothing; a viewer changes nothing', () => {
    const auditor = principal({ scopes: scopesOf(['auditor']) });
    expect(scopes.filter((scope) => can(auditor, scope))).toEqual(
      scopes.filter((scope) => scope.endsWith(':read')),
    );
    expect([...scopesOf(['viewer'])].every((scope) => scope.endsWith(':read'))).toBe(true);
  });

  test('only admin may do everything, and a service reads nothing', () => {
    expect(roleNames.filter((name) => scopesOf([name]).has('admin'))).toEqual(['admin']);
    expect([...scopesOf(['service'])].some((scope) => scope.endsWith(':read'))).toBe(false);
  });
});
