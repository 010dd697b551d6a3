/**
 * What may be written into a patch: names of closed grammars in plain ASCII, and nothing else that an event says. None of
 * them can hold a blank, a quote, a bracket, a backslash, a line break, a wildcard or anything else that YAML, JSON, Cedar,
 * a shell or a diff reads as more than a name; none climbs out of a folder or begins as an option does.
 */
export const identifierTypes = [
  'repository',
  'organisation',
  'directory',
  'file',
  'branch',
  'environment',
  'team',
  'role',
  'identity',
  'resource',
  'action',
  'rule',
  'tool',
] as const;
export type IdentifierType = (typeof identifierTypes)[number];

const segment = '[A-Za-z0-9_.][A-Za-z0-9_.-]{0,99}';
const word = '[A-Za-z0-9][A-Za-z0-9_-]{0,63}';

type Grammar = { readonly pattern: RegExp; readonly charactersMax: number };

const grammars: Readonly<Record<IdentifierType, Grammar>> = {
  /** `acme/shop-api`; groups may lie deeper. */
  repository: { pattern: new RegExp(`^${word}(?:/${segment}){1,4}$`, 'u'), charactersMax: 200 },
  organisation: { pattern: new RegExp(`^${word}$`, 'u'), charactersMax: 64 },
  directory: { pattern: new RegExp(`^${segment}(?:/${segment}){0,19}$`, 'u'), charactersMax: 200 },
  file: { pattern: new RegExp(`^${segment}(?:/${segment}){0,19}$`, 'u'), charactersMax: 200 },
  branch: { pattern: new RegExp(`^${word}(?:[./]${word}){0,9}$`, 'u'), charactersMax: 120 },
  environment: { pattern: new RegExp(`^${word}$`, 'u'), charactersMax: 64 },
  team: { pattern: /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/u, charactersMax: 64 },
  /** A role or user of AWS by its whole name: `arn:aws:iam::123456789012:role/deploy`. */
  role: {
    pattern: /^arn:aws[a-z-]{0,12}:iam::\d{12}:(?:role|user)\/[A-Za-z0-9][A-Za-z0-9_+=.@/-]{0,127}$/u,
    charactersMax: 180,
  },
  identity: { pattern: /^[A-Za-z0-9][A-Za-z0-9_.@:/-]{0,149}$/u, charactersMax: 150 },
  resource: { pattern: /^[A-Za-z0-9_][A-Za-z0-9_.@:/-]{0,149}$/u, charactersMax: 150 },
  action: {
    pattern: /^[A-Za-z][A-Za-z0-9_]{0,63}(?:[:.][A-Za-z][A-Za-z0-9_]{0,63}){0,4}$/u,
    charactersMax: 120,
  },
  rule: { pattern: /^[a-z][a-z0-9-]{1,63}$/u, charactersMax: 64 },
  tool: { pattern: /^[A-Za-z_][A-Za-z0-9_.-]{0,79}$/u, charactersMax: 80 },
};

/** `..` climbs, `//` and a dot alone say nothing, `.git` is git's own, `.lock` no ref may end in. */
const forbidden = /(?:^|\/)\.{1,2}(?:\/|$)|\.\.|\/\/|\/$|(?:^|\/)\.git(?:\/|$)|\.lock$|^-/iu;

/** Whether a text may be written into a patch as it stands. */
export function isIdentifier(type: IdentifierType, text: string): boolean {
  const { pattern, charactersMax } = grammars[type];
  return text.length <= charactersMax && pattern.test(text) && !forbidden.test(text);
}
