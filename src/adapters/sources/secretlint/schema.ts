import { type Dict, dictOf, listOf, ordinalOf, textOf } from '../../../lib/guards.ts';

/** One message as far as it is read. */
export type SecretlintMessage = {
  /** `@secretlint/secretlint-rule-slack` without its prefix: `slack`. */
  readonly rule: string;
  readonly messageId: string | undefined;
  readonly severity: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** 1-based; secretlint counts from 0. */
  readonly startColumn: number | undefined;
  /** 1-based, inclusive, of a message that stays on its line. */
  readonly endColumn: number | undefined;
  /** The secret, where the report shows it. */
  readonly secret: string | undefined;
  /** Everything of the message and the file that may hold the secret: never kept. */
  readonly shown: readonly string[];
};

/** Names of things that rules put beside the secret. */
const otherData = /(?:NAME|PATH|FILE|TYPE)$/iu;

export function readMessage(
  record: Dict,
  result: Readonly<Record<string, unknown>>,
): SecretlintMessage | undefined {
  const rule = textOf(record.ruleId);
  if (rule === undefined) return undefined;
  const start = dictOf(dictOf(record.loc)?.start);
  const end = dictOf(dictOf(record.loc)?.end);
  const line = ordinalOf(start?.line);
  const data = Object.entries(dictOf(record.data) ?? {}).flatMap(([name, value]) => {
    const text = textOf(value);
    return text === undefined ? [] : [{ name, text }];
  });
  const slice = sliceOf(textOf(result.sourceContent), record.range);
  const values = data.filter(({ name }) => !otherData.test(name)).map(({ text }) => text);
  return {
    rule: rule.replace(/^@secretlint\/secretlint-rule-/u, ''),
    messageId: textOf(record.messageId),
    severity: textOf(record.severity),
    file: textOf(result.filePath),
    line,
    startColumn: columnAfter(start?.column),
    endColumn: line === undefined || end?.line !== line ? undefined : ordinalOf(end.column),
    secret: secretOf(values, slice),
    shown: [...values, ...(slice === undefined ? [] : [slice])],
  };
}

/**
 * The secret: what the rule names, unless the report is masked; then what stands in the file, where exactly as many
 * characters were masked. The range of some rules begins at the name before the secret: that is not it.
 */
function secretOf(values: readonly string[], slice: string | undefined): string | undefined {
  const told = values.filter((value) => !/^\**$/u.test(value)).toSorted((a, b) => b.length - a.length)[0];
  if (told !== undefined) return told;
  return values.some((value) => value.length === slice?.length) ? slice : undefined;
}

function sliceOf(content: string | undefined, range: unknown): string | undefined {
  const [from, to] = listOf(range);
  if (content === undefined || typeof from !== 'number' || typeof to !== 'number') return undefined;
  return from >= 0 && to > from ? textOf(content.slice(from, to)) : undefined;
}

function columnAfter(column: unknown): number | undefined {
  return typeof column === 'number' ? ordinalOf(column + 1) : undefined;
}
