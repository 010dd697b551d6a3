import type { CedarSchema } from './cedar.ts';

/** What the policies may look at, as plain data: what a caller sends is held against it before any policy sees it. */
export type ValueShape =
  | { readonly kind: 'text' | 'number' | 'flag' }
  | { readonly kind: 'list'; readonly of: ValueShape }
  | { readonly kind: 'record'; readonly members: ReadonlyMap<string, ValueShape> }
  /** A text that Cedar reads as something else, by the function that reads it. */
  | { readonly kind: 'extension'; readonly reader: string };

export type RecordShape = Extract<ValueShape, { kind: 'record' }>;

export type ActionShape = {
  readonly subjects: ReadonlySet<string>;
  readonly resources: ReadonlySet<string>;
  readonly context: RecordShape;
};

export type SchemaShape = {
  readonly entities: ReadonlyMap<string, RecordShape>;
  readonly actions: ReadonlyMap<string, ActionShape>;
};

const readers: Readonly<Record<string, string>> = {
  ipaddr: 'ip',
  decimal: 'decimal',
  datetime: 'datetime',
  duration: 'duration',
};

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads the shape out of a schema in Cedar's JSON form. Every attribute must be optional, so that validation makes each
 * policy say what holds without it: a policy that errs would be skipped, and a forbid that is skipped forbids nothing.
 *
 * @param refuse called with what is wrong
 */
export function shapeOf(schema: CedarSchema, refuse: (reason: string) => void): SchemaShape {
  const namespace = schema[''];
  for (const name of Object.keys(schema))
    if (name !== '') refuse(`the namespace "${name}" cannot be reached by a request: leave it out`);
  const common: Json = isRecord(namespace?.commonTypes) ? namespace.commonTypes : {};
  const readShape = (type: unknown, where: string, level: number): ValueShape | undefined => {
    if (!isRecord(type) || level > 16) return undefined;
    const name = typeof type.type === 'string' ? type.type : '';
    const bare = name === 'EntityOrCommon' || name === 'Extension' ? String(type.name) : name;
    switch (bare.replace(/^__cedar::/u, '')) {
      case 'String':
        return { kind: 'text' };
      case 'Long':
        return { kind: 'number' };
      case 'Bool':
      case 'Boolean':
        return { kind: 'flag' };
      case 'Set': {
        const of = readShape(type.element, where, level + 1);
        return of === undefined ? undefined : { kind: 'list', of };
      }
      case 'Record': {
        const members = new Map<string, ValueShape>();
        for (const [member, given] of Object.entries(isRecord(type.attributes) ? type.attributes : {})) {
          const place = `${where}.${member}`;
          if (isRecord(given) && given.required !== false)
            refuse(`write "${member}?" at ${place}: a caller may leave it out`);
          const shape = readShape(given, place, level + 1);
          if (shape === undefined) refuse(`${place} has a type that no request can carry`);
          else members.set(member, shape);
        }
        return { kind: 'record', members };
      }
      default: {
        const reader = readers[bare.replace(/^__cedar::/u, '')];
        if (reader !== undefined) return { kind: 'extension', reader };
        return Object.hasOwn(common, bare) ? readShape(common[bare], where, level + 1) : undefined;
      }
    }
  };
  const recordOf = (type: unknown, where: string): RecordShape => {
    const shape = type === undefined ? undefined : readShape(type, where, 0);
    return shape?.kind === 'record' ? shape : { kind: 'record', members: new Map() };
  };
  const entities = Object.entries(namespace?.entityTypes ?? {}).map(
    ([name, entity]) => [name, recordOf('shape' in entity ? entity.shape : undefined, name)] as const,
  );
  const actions = Object.entries(namespace?.actions ?? {}).map(([name, action]) => {
    const { principalTypes = [], resourceTypes = [], context } = action.appliesTo ?? {};
    const shape: ActionShape = {
      subjects: new Set(principalTypes),
      resources: new Set(resourceTypes),
      context: recordOf(context, `the context of ${name}`),
    };
    if (shape.context.members.has(ownContext)) refuse(`"${ownContext}" in a context belongs to Foldback`);
    return [name, shape] as const;
  });
  return { entities: new Map(entities), actions: new Map(actions) };
}

/** The member of a context that is Foldback's own: what a caller sends in it, no policy sees. */
export const ownContext = 'foldback';
