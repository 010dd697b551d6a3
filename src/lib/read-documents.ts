import { parse as parseCsv } from 'csv-parse/sync';
import { parseAllDocuments } from 'yaml';

/** A handful of shared values need aliases; a thousand are a bomb. */
const yamlAliasesMax = 100;
const csvRowBytesMax = 256 * 1024;

export type Documents = { readonly values: readonly unknown[] } | { readonly problem: string };

/** Every value of a JSON file, also one a line (NDJSON). */
export function readJsonDocuments(text: string): Documents {
  try {
    return { values: [JSON.parse(text)] };
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const values: unknown[] = [];
    for (const line of lines) {
      try {
        values.push(JSON.parse(line));
      } catch {
        return { problem: 'this is neither JSON nor one JSON value a line' };
      }
    }
    return { values };
  }
}

/** Every document of a YAML 1.2 file. A document with an error is a problem: half a catalogue names wrong owners. */
export function readYamlDocuments(text: string): Documents {
  const values: unknown[] = [];
  try {
    const documents = parseAllDocuments(text, { schema: 'core', version: '1.2' });
    for (const document of 'empty' in documents ? [] : documents) {
      const [error] = document.errors;
      if (error !== undefined) return { problem: error.message.split('\n', 1)[0] ?? 'this is not YAML' };
      values.push(document.toJS({ maxAliasCount: yamlAliasesMax }));
    }
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : '';
    return { problem: `this is not YAML: ${reason.slice(0, 200)}` };
  }
  return { values };
}

/** Rows of a CSV file as objects by the names in the first line. */
export function readCsvRows(text: string): Documents {
  try {
    const rows: unknown = parseCsv(text, {
      bom: true,
      columns: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: csvRowBytesMax,
    });
    return { values: Array.isArray(rows) ? rows : [] };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : '';
    return { problem: `this is not CSV: ${reason.slice(0, 200)}` };
  }
}
