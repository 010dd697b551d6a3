import type { CedarPolicy } from './cedar.ts';
import type { PolicyRule } from './read-policies.ts';
import type { PolicyRequest } from './request.ts';
import type { SchemaShape } from './schema-shape.ts';

/** Which behaviours a request gives a chance to show: those of the rules that may forbid such a request. */
export type Opportunities = (request: PolicyRequest) => readonly string[];

/** Read from the scope of each rule. The engine would say the same, in a hundred times as long. */
export function opportunitiesOf(rules: readonly PolicyRule[], shape: SchemaShape): Opportunities {
  const found = new Map<string, Set<string>>();
  for (const { effect, behaviour, policy } of rules) {
    if (effect !== 'forbid') continue;
    for (const [name, action] of shape.actions) {
      if (!hasAction(policy.action, name)) continue;
      for (const subject of action.subjects)
        for (const resource of action.resources) {
          if (!hasType(policy.principal, subject) || !hasType(policy.resource, resource)) continue;
          const key = keyOf(subject, name, resource);
          found.set(key, (found.get(key) ?? new Set()).add(behaviour));
        }
    }
  }
  const lists = new Map([...found].map(([key, behaviours]) => [key, [...behaviours]]));
  return ({ subject, action, resource }) => lists.get(keyOf(subject.type, action.name, resource.type)) ?? [];
}

function keyOf(subject: string, action: string, resource: string): string {
  return JSON.stringify([subject, action, resource]);
}

function hasAction(scope: CedarPolicy['action'], name: string): boolean {
  if (scope.op === 'All') return true;
  if ('entities' in scope) return scope.entities.some((entity) => uidOf(entity).id === name);
  return 'entity' in scope && uidOf(scope.entity).id === name;
}

function hasType(scope: CedarPolicy['principal'] | CedarPolicy['resource'], type: string): boolean {
  if (scope.op === 'is') return scope.entity_type === type;
  return scope.op === 'All' || ('entity' in scope && uidOf(scope.entity).type === type);
}

type Uid = { readonly type: string; readonly id: string };

function uidOf(entity: Uid | { readonly __entity: Uid }): Uid {
  return '__entity' in entity ? entity.__entity : entity;
}
