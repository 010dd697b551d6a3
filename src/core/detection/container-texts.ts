/** A map or list read as text, for words that may stand anywhere in it. */
export type ContainerTexts = {
  /** Names and values at any depth, each on a line of its own: line breaks inside are left as they are. */
  readonly parts: readonly string[];
  readonly lowerParts: readonly string[];
  readonly json: () => string;
};

/** A record is bounded when it is made; these keep a search total whatever it is given. */
export const containerPartsMax = 10_000;
export const containerDepthMax = 32;

export function readContainer(container: unknown): ContainerTexts {
  const parts: string[] = [];
  collect(container, parts, 0);
  let json: string | undefined;
  return {
    parts,
    lowerParts: parts.map((part) => part.toLowerCase()),
    json: () => {
      json ??= jsonOf(container, { left: containerPartsMax }, 0);
      return json;
    },
  };
}

function collect(value: unknown, parts: string[], depth: number): void {
  if (parts.length >= containerPartsMax || depth > containerDepthMax) return;
  if (typeof value === 'string') parts.push(value);
  else if (typeof value === 'number' || typeof value === 'boolean') parts.push(String(value));
  else if (Array.isArray(value)) for (const item of value) collect(item, parts, depth + 1);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      if (parts.length >= containerPartsMax) return;
      parts.push(name);
      collect(member, parts, depth + 1);
    }
  }
}

/** As JSON.stringify, but total: what is too deep or too much is left out. */
function jsonOf(value: unknown, room: { left: number }, depth: number): string {
  room.left -= 1;
  if (room.left < 0 || depth > containerDepthMax) return 'null';
  if (Array.isArray(value)) {
    const items: string[] = [];
    for (const item of value) {
      if (room.left < 0) break;
      items.push(jsonOf(item, room, depth + 1));
    }
    return `[${items.join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members: string[] = [];
    for (const [name, member] of Object.entries(value)) {
      if (room.left < 0) break;
      members.push(`${JSON.stringify(name)}:${jsonOf(member, room, depth + 1)}`);
    }
    return `{${members.join(',')}}`;
  }
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? JSON.stringify(value) : 'null';
}
