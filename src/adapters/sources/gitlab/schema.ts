import { type Dict, dictOf, isDict, listOf, ordinalOf, textOf } from '../../../lib/guards.ts';

/** One finding as far as it is read. */
export type GitlabFinding = {
  /** The rule of the scanner behind it: the first identifier, else the name. */
  readonly rule: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly severity: string | undefined;
  readonly confidence: string | undefined;
  readonly secret: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly endLine: number | undefined;
  /** `0000000` where the scan was not of a commit. */
  readonly commit: string | undefined;
  readonly author: string | undefined;
  /** In year 1 where the scan was not of a commit. */
  readonly date: unknown;
  readonly isLikelyFalse: boolean;
  readonly scanner: { readonly name: string; readonly version?: string };
};

export function readFinding(record: Dict, scan: Dict | undefined): GitlabFinding | undefined {
  const name = textOf(record.name);
  const identifier = dictOf(listOf(record.identifiers)[0]);
  const rule = textOf(identifier?.value) ?? name;
  const location = dictOf(record.location);
  if (rule === undefined || location === undefined) return undefined;
  const commit = dictOf(location.commit);
  return {
    rule,
    name,
    description: textOf(record.description),
    severity: textOf(record.severity),
    confidence: textOf(record.confidence),
    secret: textOf(record.raw_source_code_extract),
    file: textOf(location.file),
    line: ordinalOf(location.start_line),
    endLine: ordinalOf(location.end_line),
    commit: textOf(commit?.sha),
    author: textOf(commit?.author),
    date: commit?.date,
    isLikelyFalse: listOf(record.flags)
      .filter(isDict)
      .some((flag) => flag.type === 'flagged-as-likely-false-positive'),
    scanner: scannerOf(dictOf(scan?.scanner) ?? dictOf(record.scanner)),
  };
}

/** The kind of finding that a record, or else its scan, says it is. */
export function categoryOf(record: Dict, scan: Dict | undefined): string | undefined {
  return textOf(record.category) ?? textOf(scan?.type);
}

function scannerOf(scanner: Dict | undefined): GitlabFinding['scanner'] {
  const name = textOf(scanner?.id) ?? textOf(scanner?.name) ?? 'gitlab-secret-detection';
  const version = textOf(scanner?.version);
  return version === undefined ? { name } : { name, version };
}
