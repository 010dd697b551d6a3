import { isSecretName } from '../core/secret-name.ts';
import { maskShapes } from '../core/secret-provider.ts';
import { promptLabel } from './agent-labels.ts';
import type { PolicyEntity, PolicyRequest } from './request.ts';
import type { RecordShape, SchemaShape } from './schema-shape.ts';

/** What is kept of a request: names, and what the policies may look at, without what looks like a secret. */
export function seenRequest(
  { subject, action, resource, context }: PolicyRequest,
  shape: SchemaShape,
): PolicyRequest {
  const entity = ({ type, id, properties }: PolicyEntity): PolicyEntity => ({
    type: maskShapes(type),
    id: maskShapes(id),
    ...kept('properties', properties, shape.entities.get(type)),
  });
  const facts = shape.actions.get(action.name)?.context;
  const ofAction = facts?.members.get('action');
  return {
    subject: entity(subject),
    action: {
      name: maskShapes(action.name),
      ...kept('properties', action.properties, ofAction?.kind === 'record' ? ofAction : undefined),
    },
    resource: entity(resource),
    ...kept('context', context, facts),
  };
}

type Members = Readonly<Record<string, unknown>>;

function kept<Name extends 'properties' | 'context'>(
  name: Name,
  given: Members | undefined,
  shape: RecordShape | undefined,
): { readonly [N in Name]?: Members } {
  const made: { [N in Name]?: Members } = {};
  if (given === undefined || shape === undefined) return made;
  const members = Object.entries(given).filter(([member]) => shape.members.has(member));
  if (members.length > 0)
    made[name] = Object.fromEntries(members.map(([member, value]) => [member, masked(member, value)]));
  return made;
}

function masked(name: string, value: unknown): unknown {
  // Whoever sends the text of a prompt gets its hash kept.
  if (name === 'prompt') return promptLabel(value);
  if (typeof value === 'string') return isSecretName(name) ? '[secret:generic]' : maskShapes(value);
  if (Array.isArray(value)) return value.map((item: unknown) => masked(name, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, inner]) => [maskShapes(member), masked(member, inner)]),
  );
}
