/** Settings before they are checked: what YAML or the environment said. */
export type RawTree = { readonly [name: string]: unknown };
export type Path = readonly (string | number)[];

export function isTree(value: unknown): value is RawTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  let value = tree;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([name]) => name === String(step))?.[1];
  }
  return value;
}

/** A copy with the value set; whatever is no group on the way is replaced by one. */
export function withValue(tree: unknown, path: Path, value: unknown): RawTree {
  const [step, ...rest] = path;
  const group = isTree(tree) ? tree : {};
  if (step === undefined) return group;
  return { ...group, [step]: rest.length === 0 ? value : withValue(group[step], rest, value) };
}

/** A copy without the value; the shape around it stays. */
export function withoutValue(tree: unknown, path: readonly PropertyKey[]): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return undefined;
  if (Array.isArray(tree)) {
    const list: readonly unknown[] = tree;
    return rest.length === 0
      ? list.filter((_, index) => index !== Number(step))
      : list.map((item, index) => (index === Number(step) ? withoutValue(item, rest) : item));
  }
  if (!isTree(tree)) return tree;
  return Object.fromEntries(
    Object.entries(tree).flatMap(([name, member]) => {
      if (name !== String(step)) return [[name, member]];
      return rest.length === 0 ? [] : [[name, withoutValue(member, rest)]];
    }),
  );
}

/** A copy with every value seen by `change`, which gets the value's path. Groups and lists stay. */
export function mapValues(
  tree: unknown,
  change: (value: unknown, path: Path) => unknown,
  at: Path = [],
): unknown {
  if (Array.isArray(tree)) return tree.map((item: unknown, index) => mapValues(item, change, [...at, index]));
  if (!isTree(tree)) return change(tree, at);
  return Object.fromEntries(
    Object.entries(tree).map(([name, member]) => [name, mapValues(member, change, [...at, name])]),
  );
}

/** `delivery.quietHours.from`, `repositories[0].path`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`,
    )
    .join('');
}
