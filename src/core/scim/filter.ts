/** What a list is filtered by: one comparison, `userName eq "ana@example.com"` (RFC 7644, 3.4.2.2). */
export type ScimFilter = {
  readonly attribute: 'userName' | 'displayName' | 'externalId' | 'id';
  readonly value: string;
};

const attributes = ['userName', 'displayName', 'externalId', 'id'] as const;
const shape = /^\s*(?:urn:[\w:.-]+:)?([A-Za-z]+)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/iu;

/** Undefined for a filter that is not understood: it is refused, since answering with everything would be wrong. */
export function parseScimFilter(text: string): ScimFilter | undefined {
  if (text.length > 2_000) return undefined;
  const found = shape.exec(text);
  const [, name = '', literal = ''] = found ?? [];
  const attribute = attributes.find((one) => one.toLowerCase() === name.toLowerCase());
  if (attribute === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === 'string' ? { attribute, value } : undefined;
  } catch {
    return undefined;
  }
}
