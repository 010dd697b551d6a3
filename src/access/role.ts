import { isRole, type Role, roleNames } from '../core/role-names.ts';
import { type Scope, scopes } from './scope.ts';

export { isRole, type Role, roleNames };

const reads: readonly Scope[] = scopes.filter((scope) => scope.endsWith(':read'));
const daily: readonly Scope[] = [
  'loops:read',
  'messages:read',
  'owners:read',
  'behaviours:read',
  'measures:read',
  'controls:read',
];

/** Roles as sets of scopes, with the sentence that the console shows beside each. */
export const roles = {
  viewer: { sentence: 'Reads loops, owners and figures.', scopes: daily },
  analyst: {
    sentence: 'Works on loops: releases, decides owners, answers for others.',
    scopes: [
      ...daily,
      'loops:write',
      'messages:write',
      'people:read',
      'owners:write',
      'delivery:write',
      'evidence:read',
    ],
  },
  author: {
    sentence: 'Writes the words and the taxonomy, and proposes controls.',
    scopes: [...daily, 'behaviours:write', 'controls:write', 'messages:write', 'experiments:write'],
  },
  admin: { sentence: 'Everything.', scopes: ['admin'] },
  auditor: { sentence: 'Reads everything, changes nothing.', scopes: reads },
  service: {
    sentence: 'A machine that sends events or asks for decisions.',
    scopes: ['events:write', 'policy:evaluate', 'policy:enforce'],
  },
  approver: {
    sentence: 'Decides about exceptions that others ask for.',
    scopes: [...daily, 'policy:evaluate', 'policy:approve'],
  },
  agent: {
    sentence: 'One AI agent: checks before it acts, reads its lessons, reports.',
    scopes: ['agents:use', 'policy:evaluate'],
  },
  directory: { sentence: 'An identity provider that pushes people and groups.', scopes: ['scim:write'] },
} as const satisfies Record<Role, { readonly sentence: string; readonly scopes: readonly Scope[] }>;

/** The scopes of several roles together. */
export function scopesOf(names: readonly Role[]): ReadonlySet<Scope> {
  return new Set(names.flatMap((name): readonly Scope[] => roles[name].scopes));
}
