import { type Dict, dictOf, isDict, listOf, ordinalOf, textOf } from '../../../lib/guards.ts';

/** One occurrence with what its incident, file and scan say. */
export type GgshieldOccurrence = {
  /** What the detector calls it: `Django Secret Key`. */
  readonly type: string;
  readonly policy: string | undefined;
  readonly validity: string | undefined;
  /** GitGuardian's hash of the secret. */
  readonly ignoreSha: string | undefined;
  /** The secret, where the scan was told to show it. */
  readonly secret: string | undefined;
  /** What stands for secrets in this file, masked or not: how much is masked depends on the version. Never kept. */
  readonly shown: readonly string[];
  /** What part of the secret it is: `apikey`, `client_secret`. */
  readonly part: string | undefined;
  readonly file: string | undefined;
  /** NEW, MODIFY, DELETE, RENAME, FILE. */
  readonly mode: string | undefined;
  readonly line: number | undefined;
  readonly startColumn: number | undefined;
  readonly endColumn: number | undefined;
  readonly isKnown: boolean | undefined;
  readonly isVaulted: boolean | undefined;
  readonly incidentUrl: string | undefined;
};

export type GgshieldScan = {
  /** The commit, where the scan is of one; otherwise a path, an image, or anything else. */
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly author: string | undefined;
  readonly email: string | undefined;
  readonly date: unknown;
};

/** Secrets of a file that are looked for in each other's texts: a file has few, and a hostile one costs its square. */
const shownMax = 50;
/** Scans inside a scan, and those in them: real reports have one level. */
const levelsMax = 4;

/** The scans with their occurrences, in the order of the report; undefined when it is none. */
export function readScans(
  record: Dict,
  level = 0,
):
  | readonly { readonly scan: GgshieldScan; readonly occurrences: readonly GgshieldOccurrence[] }[]
  | undefined {
  const entities = record.entities_with_incidents;
  const isScan = textOf(record.id) !== undefined && ('type' in record || 'total_incidents' in record);
  if (!isScan && !Array.isArray(entities)) return undefined;
  const inner = level < levelsMax ? listOf(record.scans).filter(isDict) : [];
  return [
    { scan: readScan(record), occurrences: listOf(entities).filter(isDict).flatMap(readEntity) },
    ...inner.flatMap((one) => readScans(one, level + 1) ?? []),
  ];
}

/** What a scan says of itself. */
export function readScan(record: Dict): GgshieldScan {
  const extra = dictOf(record.extra_info);
  return {
    id: textOf(record.id),
    type: textOf(record.type),
    author: textOf(extra?.author),
    email: textOf(extra?.email),
    date: extra?.date,
  };
}

/** The occurrences in one file. */
export function readEntity(entity: Dict): readonly GgshieldOccurrence[] {
  const incidents = listOf(entity.incidents).filter(isDict);
  const all = incidents.flatMap((incident) => listOf(incident.occurrences));
  const shown = [
    ...new Set(all.map((one) => textOf(dictOf(one)?.match)).filter((text) => text !== undefined)),
  ];
  return (
    incidents
      // What was ignored has been judged already, in the settings or on GitGuardian's pages.
      .filter((incident) => textOf(incident.ignore_reason) === undefined && !isDict(incident.ignore_reason))
      .flatMap((incident) => {
        const around = { incident, entity, shown: shown.slice(0, shownMax) };
        return listOf(incident.occurrences)
          .filter(isDict)
          .map((occurrence) => readOccurrence(occurrence, around));
      })
  );
}

function readOccurrence(
  occurrence: Dict,
  around: { readonly incident: Dict; readonly entity: Dict; readonly shown: readonly string[] },
): GgshieldOccurrence {
  const { incident, entity, shown } = around;
  const match = textOf(occurrence.match);
  const isMasked = match !== undefined && /\*{2}/u.test(match);
  const line =
    ordinalOf(occurrence.line_start) ??
    ordinalOf(occurrence.post_line_start) ??
    ordinalOf(occurrence.pre_line_start);
  const isOneLine = line !== undefined && occurrence.line_start === occurrence.line_end;
  return {
    type: textOf(incident.type) ?? textOf(incident.break_type) ?? 'secret',
    policy: textOf(incident.policy),
    validity: textOf(incident.validity),
    ignoreSha: textOf(incident.ignore_sha),
    secret: isMasked ? undefined : match,
    shown: isMasked ? [match, ...shown] : shown,
    part: textOf(occurrence.type),
    file: textOf(entity.filename),
    mode: textOf(entity.mode),
    line,
    // Without a line the index counts from the start of the patch. The end is exclusive and counts from 0.
    startColumn:
      isOneLine && typeof occurrence.index_start === 'number'
        ? ordinalOf(occurrence.index_start + 1)
        : undefined,
    endColumn: isOneLine ? ordinalOf(occurrence.index_end) : undefined,
    isKnown: flagOf(incident.known_secret),
    isVaulted: flagOf(incident.secret_vaulted),
    incidentUrl: textOf(incident.incident_url),
  };
}

function flagOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
