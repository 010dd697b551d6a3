import { Refusal } from '../detection/node.ts';
import { isMap } from '../detection/subject.ts';

/** What every Sigma document says of itself; it travels with what is built on it (Detection Rule License 1.1). */
export type RuleHead = {
  readonly id: string | undefined;
  /** What other documents may call it by, beside the id. */
  readonly name: string | undefined;
  readonly title: string;
  readonly author: string | undefined;
  readonly license: string | undefined;
  /** Where the rule set stands that the rule comes from. */
  readonly origin: string | undefined;
  readonly level: RuleLevel | undefined;
  readonly status: string | undefined;
  readonly description: string | undefined;
  readonly references: readonly string[];
  readonly tags: readonly string[];
  readonly falsePositives: readonly string[];
};

export const ruleLevels = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type RuleLevel = (typeof ruleLevels)[number];

export type RuleRefusal = {
  readonly kind: 'error';
  readonly reason: string;
  /** From the document to the part that is refused. */
  readonly path: readonly (string | number)[];
};

export type Document = Readonly<Record<string, unknown>>;

export const titleCharactersMax = 256;
const textCharactersMax = 65_535;
const listItemsMax = 1_000;

/** The rule set that a document comes from, where the document does not say it itself. */
export type Attribution = {
  /** SPDX id. */
  readonly license?: string | undefined;
  /** Address of the rule set. */
  readonly origin?: string | undefined;
};

export function readHead(document: Document, attribution: Attribution): RuleHead {
  const title = document.title;
  if (typeof title !== 'string' || title.trim() === '') throw new Refusal('a rule needs a title', ['title']);
  if (title.length > titleCharactersMax) {
    throw new Refusal(`the title is longer than ${titleCharactersMax} characters`, ['title']);
  }
  const level = ruleLevels.find((one) => one === document.level);
  if (level === undefined && document.level !== undefined && document.level !== null) {
    throw new Refusal(`the level must be one of ${ruleLevels.join(', ')}`, ['level']);
  }
  checkTaxonomy(document);
  return {
    id: textIn(document, 'id'),
    name: textIn(document, 'name'),
    title,
    author: textIn(document, 'author'),
    license: textIn(document, 'license') ?? attribution.license,
    origin: attribution.origin,
    level,
    status: textIn(document, 'status'),
    description: textIn(document, 'description'),
    references: textsIn(document, 'references'),
    tags: textsIn(document, 'tags'),
    falsePositives: textsIn(document, 'falsepositives'),
  };
}

/** Sigma rules, "Taxonomy": one that the tool does not know must not be read as if it were the default. */
function checkTaxonomy(document: Document): void {
  const taxonomy = textIn(document, 'taxonomy');
  if (taxonomy === undefined || taxonomy === 'sigma') return;
  throw new Refusal(`the taxonomy "${taxonomy}" is not known here, so its fields would mean nothing`, [
    'taxonomy',
  ]);
}

function textIn(document: Document, key: string): string | undefined {
  const value = document[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value.length > textCharactersMax) {
    throw new Refusal(`"${key}" must be text`, [key]);
  }
  return value === '' ? undefined : value;
}

function textsIn(document: Document, key: string): readonly string[] {
  const value = document[key];
  const items: readonly unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
  return items.filter((item) => typeof item === 'string').slice(0, listItemsMax);
}

/** Throws a `Refusal` for what is no document of Sigma at all. */
export function documentOf(value: unknown): Document {
  if (!isMap(value)) throw new Refusal('a rule is a map with title, logsource and detection');
  if (value.action !== undefined) {
    throw new Refusal('"action" is obsolete: write one document for each rule', ['action']);
  }
  return value;
}

export function mapIn(document: Document, key: string): Document {
  const value = document[key];
  if (!isMap(value)) throw new Refusal(`a rule needs "${key}", a map`, [key]);
  return value;
}

/** Runs a compiler and turns what it throws into a value. */
export function refused<Result>(compile: () => Result): Result | RuleRefusal {
  try {
    return compile();
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'error', reason: error.message, path: error.path };
    throw error;
  }
}
