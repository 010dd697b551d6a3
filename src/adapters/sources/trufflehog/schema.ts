import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';

/** Where version 3 looks. One of these stands under `SourceMetadata.Data`; what it may add later comes after. */
const media = new Set(
  (
    'azure azurerepos artifactory bitbucket buildkite circleci confluence docker ecr elasticsearch filesystem forager ' +
    'gcs gerrit git github gitlab googledrive huggingface jenkins jira npm postman pypi s3 sentry sharepoint slack ' +
    'slackcontinuous stdin syslog teams test travisci vector webhook'
  ).split(' '),
);

/** Version 3: one line a result. */
export type TrufflehogResult = {
  readonly detector: string;
  readonly isVerified: boolean;
  readonly verificationError: string | undefined;
  readonly raw: string | undefined;
  /** Forms of the secret that are never kept: both parts of a pair, the value as it was encoded. */
  readonly otherForms: readonly (string | undefined)[];
  readonly decoder: string | undefined;
  /** `git`, `github`, `slack`, … in lower case. */
  readonly medium: string;
  readonly place: Dict;
  readonly extra: Dict;
};

export function readVersion3(record: Dict): TrufflehogResult | undefined {
  const detector = textOf(record.DetectorName) ?? ordinalName(record.DetectorType);
  const data = dictOf(dictOf(record.SourceMetadata)?.Data);
  if (detector === undefined || data === undefined) return undefined;
  const places = Object.entries(data).filter(([, value]) => isDict(value));
  const [medium = 'unknown', place] =
    places.find(([name]) => media.has(name.toLowerCase())) ?? places[0] ?? [];
  const raw = textOf(record.Raw);
  // Early versions wrote bytes, which JSON in Go turns into base64; these members came with the change to text.
  const isText = 'RawV2' in record || 'DecoderName' in record || 'DetectorDescription' in record;
  const plain = raw === undefined || isText ? raw : (decodedText(raw) ?? raw);
  return {
    detector,
    isVerified: record.Verified === true,
    verificationError: textOf(record.VerificationError),
    raw: plain,
    otherForms: [textOf(record.RawV2), raw === plain ? undefined : raw],
    decoder: textOf(record.DecoderName),
    medium: medium.toLowerCase(),
    place: dictOf(place) ?? {},
    extra: dictOf(record.ExtraData) ?? {},
  };
}

/** Version 2: one line a commit and reason, with all strings found in it. */
export type TrufflehogCommit = {
  readonly reason: string;
  readonly strings: readonly string[];
  readonly commit: string | undefined;
  readonly branch: string | undefined;
  readonly date: unknown;
  readonly path: string | undefined;
};

export function readVersion2(record: Dict): TrufflehogCommit | undefined {
  const reason = textOf(record.reason);
  const found = record.stringsFound;
  if (reason === undefined || !Array.isArray(found)) return undefined;
  return {
    reason,
    strings: [...new Set(listOf(found).filter((text) => typeof text === 'string' && text !== ''))].map(
      String,
    ),
    commit: textOf(record.commitHash),
    branch: textOf(record.branch)?.replace(/^(?:refs\/)?(?:remotes\/|heads\/)?(?:origin\/)?/u, ''),
    date: record.date,
    path: textOf(record.path),
  };
}

export function isVersion3(value: unknown): boolean {
  return (
    isDict(value) && isDict(value.SourceMetadata) && ('DetectorName' in value || 'DetectorType' in value)
  );
}

/** Other scanners have copied the shape, but not the diff that version 2 prints for terminals. */
export function isVersion2(value: unknown): boolean {
  return isDict(value) && Array.isArray(value.stringsFound) && 'reason' in value && 'printDiff' in value;
}

/** The scanner's own log lines stand between results when both outputs go to one file. */
export function isLogLine(record: Dict): boolean {
  return textOf(record.level) !== undefined && ('msg' in record || 'logger' in record);
}

function ordinalName(value: unknown): string | undefined {
  return typeof value === 'number' ? `detector-${value}` : undefined;
}

/** The text behind a base64 text, or undefined when there is no printable text behind it. */
function decodedText(text: string): string | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z\d+/]+={0,2}$/u.test(text)) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  return decoded.length >= 4 &&
    /^[\t\n\r\x20-\x7e\u00a0-\u{10ffff}]+$/u.test(decoded) &&
    !decoded.includes('\ufffd')
    ? decoded
    : undefined;
}
