import { type Dict, dictOf, isDict, listOf, ordinalOf, textOf } from '../../../lib/guards.ts';

/** One finding as far as it is read, whichever format and version it came in. */
export type GitleaksFinding = {
  readonly rule: string;
  readonly description: string | undefined;
  readonly secret: string | undefined;
  readonly file: string | undefined;
  readonly commit: string | undefined;
  readonly repository: readonly (string | undefined)[];
  readonly link: string | undefined;
  readonly startLine: number | undefined;
  readonly endLine: number | undefined;
  readonly startColumn: number | undefined;
  readonly endColumn: number | undefined;
  readonly author: string | undefined;
  readonly email: string | undefined;
  readonly date: unknown;
  readonly tags: readonly string[];
  readonly entropy: number | undefined;
  readonly validation: string | undefined;
};

/** Version 8, JSON and CSV: capitalised members. */
export function readVersion8(record: Dict): GitleaksFinding | undefined {
  const rule = textOf(record.RuleID);
  if (rule === undefined) return undefined;
  const tags = record.Tags;
  return {
    rule,
    description: textOf(record.Description),
    secret: textOf(record.Secret),
    // The link is what stands in the repository, its target may lie outside.
    file: textOf(record.SymlinkFile) ?? textOf(record.File),
    commit: textOf(record.Commit),
    repository: [textOf(record.Link)],
    link: textOf(record.Link),
    startLine: ordinalOf(record.StartLine),
    endLine: ordinalOf(record.EndLine),
    startColumn: ordinalOf(record.StartColumn),
    endColumn: ordinalOf(record.EndColumn),
    author: textOf(record.Author),
    email: textOf(record.Email),
    date: record.Date,
    tags: typeof tags === 'string' ? tags.split(' ').filter((tag) => tag !== '') : texts(tags),
    entropy: typeof record.Entropy === 'number' ? record.Entropy : undefined,
    validation: textOf(record.ValidationStatus),
  };
}

/** Version 7 and before: `offender` is what matched, often with the name of the variable before it. */
export function readVersion7(record: Dict): GitleaksFinding | undefined {
  const rule = textOf(record.rule);
  const offender = textOf(record.offender);
  if (rule === undefined || offender === undefined) return undefined;
  const tags = textOf(record.tags) ?? '';
  return {
    rule,
    description: undefined,
    secret: assignedValue(offender),
    file: textOf(record.file),
    commit: textOf(record.commit),
    repository: [textOf(record.repoURL), textOf(record.leakURL), textOf(record.repo)],
    link: textOf(record.leakURL),
    startLine: ordinalOf(record.lineNumber),
    endLine: undefined,
    startColumn: undefined,
    endColumn: undefined,
    author: textOf(record.author),
    email: textOf(record.email),
    date: record.date,
    tags: tags
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    entropy: undefined,
    validation: undefined,
  };
}

/** A result of a SARIF 2.1.0 run, as gitleaks writes it: the commit stands in `partialFingerprints`. */
export function readSarifResult(
  record: Dict,
  document: Readonly<Record<string, unknown>>,
): GitleaksFinding | undefined {
  const rule = textOf(record.ruleId);
  if (rule === undefined) return undefined;
  const location = dictOf(dictOf(listOf(record.locations)[0])?.physicalLocation);
  const region = dictOf(location?.region);
  const commit = dictOf(record.partialFingerprints);
  const properties = dictOf(record.properties);
  const origin = dictOf(listOf(document.versionControlProvenance)[0]);
  return {
    rule,
    description: undefined,
    secret: textOf(dictOf(region?.snippet)?.text),
    file: filePath(textOf(dictOf(location?.artifactLocation)?.uri)),
    commit: textOf(commit?.commitSha) ?? textOf(origin?.revisionId),
    repository: [textOf(origin?.repositoryUri)],
    link: undefined,
    startLine: ordinalOf(region?.startLine),
    endLine: ordinalOf(region?.endLine),
    startColumn: ordinalOf(region?.startColumn),
    endColumn: ordinalOf(region?.endColumn),
    author: textOf(commit?.author),
    email: textOf(commit?.email),
    date: commit?.date,
    tags: texts(properties?.tags),
    entropy: undefined,
    validation: textOf(properties?.validationStatus),
  };
}

export function isVersion8(value: unknown): boolean {
  return isDict(value) && textOf(value.RuleID) !== undefined && ('Secret' in value || 'StartLine' in value);
}

export function isVersion7(value: unknown): boolean {
  return isDict(value) && textOf(value.rule) !== undefined && 'offender' in value;
}

/** The tool of a SARIF run, where it is gitleaks or its successor of the same format. */
export function sarifTool(tool: unknown): { readonly name: string; readonly version?: string } | undefined {
  const driver = dictOf(dictOf(tool)?.driver);
  const name = textOf(driver?.name);
  if (name !== 'gitleaks' && name !== 'betterleaks') return undefined;
  const version = textOf(driver?.semanticVersion) ?? textOf(driver?.version);
  return version === undefined ? { name } : { name, version };
}

/** `NAME="value"` and `name = value`: only the value is the secret; other scanners report it alone. */
function assignedValue(offender: string): string {
  const quoted = /^[\w.-]{1,100}\s*(?:=|:|=>|:=)\s*(["'`])(.+)\1;?$/su.exec(offender);
  if (quoted?.[2] !== undefined) return quoted[2];
  return /^[A-Za-z_][\w.-]{0,99}\s*=\s*([^=\s"'][^\s"']{7,})$/u.exec(offender)?.[1] ?? offender;
}

function filePath(uri: string | undefined): string | undefined {
  if (uri === undefined) return undefined;
  const path = uri.replace(/^file:\/\//u, '').replace(/^\.\//u, '');
  try {
    return decodeURIComponent(path);
  } catch {
    // Gitleaks writes paths as they are: a percent sign in one is part of its name.
    return path;
  }
}

function texts(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string');
}
