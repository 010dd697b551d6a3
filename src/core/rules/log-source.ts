import { type FieldNames, fieldNames, type NameTable } from '../detection/field-names.ts';
import { at, type Node, Refusal } from '../detection/node.ts';
import { compileSelection } from '../detection/selection.ts';
import { isMap } from '../detection/subject.ts';

/** Where the logs of a rule come from (Sigma rules, "LogSource"). Lower case. */
export type LogSource = {
  readonly category?: string;
  readonly product?: string;
  readonly service?: string;
};

/** What stands in a pack about one kind of log: which events it is, and how its fields are named in rules. */
export type LogSourceEntry = Omit<NameTable, 'masked'> & {
  readonly logsource: LogSource;
  /** Ids of the sources that bring it; left out, any source whose records fit `when`. */
  readonly sources?: readonly string[];
  /** A Sigma selection over the record, where a source brings several kinds of log. */
  readonly when?: unknown;
};

/** One kind of log from one source, ready for rules. */
export type LogKind = {
  readonly logsource: LogSource;
  readonly source: string | undefined;
  readonly when: Node | undefined;
  readonly fields: FieldNames;
};

export type LogSources = { readonly kindsOf: (logsource: LogSource) => readonly LogKind[] };

const parts = ['category', 'product', 'service'] as const;

/**
 * A rule belongs to the kinds of log that have every part of its logsource.
 *
 * @param masked by source, the paths whose values are masks (see `fieldNames`): a rule that reads one is refused
 * @throws Refusal for a `when` that is no selection; its path begins with the number of the entry
 */
export function openLogSources(
  entries: readonly LogSourceEntry[],
  masked: Readonly<Record<string, readonly string[]>> = {},
): LogSources {
  const kinds = entries.flatMap((entry, index) => at(index, () => kindsOfEntry(entry, masked)));
  return {
    kindsOf: (logsource) =>
      kinds.filter((kind) =>
        parts.every((part) => logsource[part] === undefined || logsource[part] === kind.logsource[part]),
      ),
  };
}

function kindsOfEntry(
  entry: LogSourceEntry,
  masked: Readonly<Record<string, readonly string[]>>,
): readonly LogKind[] {
  const { logsource, when, sources } = entry;
  if (sources === undefined && when === undefined) {
    throw new Refusal(
      'an entry names the sources that bring its logs, or says with "when" what they look like',
    );
  }
  return (sources ?? [undefined]).map((source) => {
    const covered = source !== undefined && Object.hasOwn(masked, source) ? masked[source] : undefined;
    const fields = fieldNames({ ...entry, masked: covered ?? [] });
    return {
      logsource,
      source,
      when: when === undefined ? undefined : at('when', () => compileSelection('when', when, { fields })),
      fields,
    };
  });
}

/** The logsource of a rule or filter. Throws a `Refusal`. */
export function readLogSource(value: unknown): LogSource {
  if (!isMap(value)) throw new Refusal('a rule needs a logsource with category, product or service');
  const found: { category?: string; product?: string; service?: string } = {};
  for (const part of parts) {
    const text = value[part];
    if (text === undefined || text === null) continue;
    if (typeof text !== 'string' || text === '') {
      throw new Refusal(`"${part}" of the logsource must be text`, [part]);
    }
    found[part] = text.toLowerCase();
  }
  if (Object.keys(found).length === 0) throw new Refusal('the logsource has no category, product or service');
  return found;
}
