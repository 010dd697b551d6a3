import { type Dict, isDict, ordinalOf, textOf } from '../../../lib/guards.ts';

/** One finding as far as it is read. No version shows the secret. */
export type DetectSecretsFinding = {
  /** What the plugin calls it: `AWS Access Key`, `Hex High Entropy String`. */
  readonly type: string;
  /** SHA-1 of the secret, 40 lower-case hex. */
  readonly hash: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** What an auditor answered; undefined where nobody was asked. */
  readonly isSecret: boolean | undefined;
  readonly isVerified: boolean;
  /** IBM's branch: what the provider said when it was asked. */
  readonly verifiedResult: boolean | undefined;
};

/** @param under the member that the list stands under: before 1.0 the only place that names the file */
export function readFinding(record: Dict, under: string | undefined): DetectSecretsFinding | undefined {
  const type = textOf(record.type);
  const hash = textOf(record.hashed_secret)?.toLowerCase() ?? '';
  if (type === undefined || !/^[0-9a-f]{40}$/u.test(hash)) return undefined;
  return {
    type,
    hash,
    file: filePath(textOf(record.filename) ?? under),
    line: ordinalOf(record.line_number),
    isSecret: flagOf(record.is_secret),
    isVerified: record.is_verified === true,
    verifiedResult: flagOf(record.verified_result),
  };
}

export function isFinding(value: unknown): boolean {
  return isDict(value) && textOf(value.hashed_secret) !== undefined && textOf(value.type) !== undefined;
}

/** Reports made on Windows write its separator. */
function filePath(path: string | undefined): string | undefined {
  if (path === undefined || path === '') return undefined;
  return (path.includes('/') ? path : path.replaceAll('\\', '/')).replace(/^\.\//u, '');
}

function flagOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
