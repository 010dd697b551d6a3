import { z } from 'zod';

/** The shape of all settings, read off the schema: for environment names, suggestions, masks and the documentation. */
export type Setting = {
  readonly kind: 'section' | 'record' | 'list' | 'value';
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'any';
  /** Of a section. */
  readonly members: ReadonlyMap<string, Setting>;
  /** Of a list, or of a record under any name. */
  readonly item?: Setting;
  readonly description: string;
  readonly isSecret: boolean;
  readonly isPath: boolean;
  readonly isRequired: boolean;
  readonly byDefault?: unknown;
  readonly choices: readonly string[];
  readonly min?: number;
  readonly max?: number;
};

type Node = z.core.JSONSchema.JSONSchema;

export function settingsTree(schema: z.ZodType): Setting {
  return settingOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }), false);
}

function settingOf(node: Node, isRequired: boolean): Setting {
  const members = new Map<string, Setting>();
  for (const [name, member] of Object.entries(node.properties ?? {})) {
    if (typeof member === 'object')
      members.set(name, settingOf(member, node.required?.includes(name) ?? false));
  }
  const item = itemOf(node);
  return {
    kind: kindOf(node),
    type: typeOf(node),
    members,
    ...(item === undefined ? {} : { item }),
    description: node.description ?? '',
    isSecret: node.secret === true,
    isPath: node.path === true,
    isRequired,
    ...(node.default === undefined ? {} : { byDefault: node.default }),
    choices: (node.enum ?? []).map(String),
    ...(typeof node.minimum === 'number' ? { min: node.minimum } : {}),
    // The largest safe integer stands for "no limit" in the generated schema.
    ...(typeof node.maximum === 'number' && node.maximum < Number.MAX_SAFE_INTEGER
      ? { max: node.maximum }
      : {}),
  };
}

function kindOf(node: Node): Setting['kind'] {
  if (node.type === 'array') return 'list';
  if (node.type !== 'object') return 'value';
  return node.properties === undefined && node.additionalProperties !== false ? 'record' : 'section';
}

function itemOf(node: Node): Setting | undefined {
  const inner = node.type === 'array' ? node.items : node.additionalProperties;
  if (typeof inner !== 'object' || Array.isArray(inner)) return undefined;
  return settingOf(inner, false);
}

function typeOf(node: Node): Setting['type'] {
  if (
    node.type === 'string' ||
    node.type === 'integer' ||
    node.type === 'number' ||
    node.type === 'boolean'
  ) {
    return node.type;
  }
  // `z.stringbool().or(z.boolean())` and the like.
  const types: unknown = node.type;
  return Array.isArray(types) && types.includes('boolean') ? 'boolean' : 'any';
}

/** Names inside a list of settings are item numbers; inside a record anything. */
export function settingAt(root: Setting, path: readonly PropertyKey[]): Setting | undefined {
  let setting: Setting | undefined = root;
  for (const step of path) setting = setting?.members.get(String(step)) ?? setting?.item;
  return setting;
}

/** Whether a value must not be shown: said to be secret, or, where an adapter said nothing, named like one. */
export function isSecretAt(root: Setting, path: readonly PropertyKey[]): boolean {
  for (let length = 1; length <= path.length; length += 1) {
    if (settingAt(root, path.slice(0, length))?.isSecret === true) return true;
  }
  const isAdapters = path[0] === 'channels' || path[0] === 'sources';
  return (
    isAdapters && path.slice(2).some((step) => /secret|password|token|key|credential/iu.test(String(step)))
  );
}

/** What may be written there, in words: `a whole number from 1 to 65535`. */
export function phraseOf(setting: Setting): string {
  if (setting.choices.length > 0) return `one of ${setting.choices.join(', ')}`;
  if (setting.kind === 'section' || setting.kind === 'record') return 'a group of settings';
  if (setting.kind === 'list') {
    return setting.item === undefined ? 'a list' : `a list, each ${phraseOf(setting.item)}`;
  }
  if (setting.type === 'boolean') return 'true or false';
  if (setting.type !== 'integer' && setting.type !== 'number') return setting.isPath ? 'a path' : 'a text';
  const number = setting.type === 'integer' ? 'a whole number' : 'a number';
  if (setting.min === undefined && setting.max === undefined) return number;
  if (setting.max === undefined) return `${number}, at least ${setting.min}`;
  return setting.min === undefined
    ? `${number}, at most ${setting.max}`
    : `${number} from ${setting.min} to ${setting.max}`;
}
