import { commitAuthor } from '../../../core/commit-author.ts';
import type { Event, SecretFacts } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { commitHash } from '../../../core/repository-name.ts';
import { providerOf, providerOfValue } from '../../../core/secret-provider.ts';
import { compact, isDict } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import type { MapContext, Source } from '../../../ports/source.ts';
import { type GgshieldOccurrence, type GgshieldScan, readEntity, readScan, readScans } from './schema.ts';

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'a scan is an object' };
  if (Array.isArray(record.incidents)) {
    const scan = readScan(context.document ?? {});
    return readEntity(record).map((occurrence) => eventOf(occurrence, scan, context));
  }
  const scans = readScans(record);
  if (scans === undefined) return { rejected: 'id or type of the scan is missing', pointer: '/id' };
  return scans.flatMap(({ scan, occurrences }) =>
    occurrences.map((occurrence) => eventOf(occurrence, scan, context)),
  );
};

function eventOf(occurrence: GgshieldOccurrence, scan: GgshieldScan, context: MapContext): Event {
  const { actor, leads } = commitAuthor({ name: scan.author, email: scan.email });
  const byName = providerOf(occurrence.type);
  // Before 1.11 other policies found forbidden file names.
  const isSecret = occurrence.policy === undefined || /secret/iu.test(occurrence.policy);
  return makeEvent(
    {
      source: 'ggshield',
      kind: isSecret ? 'secret.committed' : 'finding.reported',
      // The same secret has parts, such as an id and a key, in the same place.
      id: [occurrence.part],
      occurredAt: instantOf(scan.date),
      actor,
      leads,
      where: compact({
        repository: context.repository,
        commit: commitHash(scan.id),
        file: occurrence.file,
        line: occurrence.line,
        startColumn: occurrence.startColumn,
        endColumn: occurrence.endColumn,
        url: occurrence.incidentUrl,
      }),
      detector: { name: 'ggshield' },
      strong:
        occurrence.ignoreSha === undefined
          ? []
          : [{ kind: 'scanner-hash', parts: ['ggshield', occurrence.ignoreSha] }],
      ...(isSecret
        ? {
            secret: {
              provider: byName === 'generic' ? (providerOfValue(occurrence.secret ?? '') ?? byName) : byName,
              rule: occurrence.type,
              value: occurrence.secret,
              alsoSecret: occurrence.shown,
              ...validityOf(occurrence.validity),
            },
          }
        : {}),
      record: {
        type: occurrence.type,
        policy: occurrence.policy,
        part: occurrence.part,
        validity: occurrence.validity,
        mode: occurrence.mode,
        file: occurrence.file,
        line: occurrence.line,
        scanType: scan.type,
        known: occurrence.isKnown,
        vaulted: occurrence.isVaulted,
      },
    },
    context,
  );
}

/** `no_checker`, `not_checked`, `failed_to_check`, `unknown` and whatever comes: nobody knows. */
function validityOf(validity: string | undefined): {
  validity: SecretFacts['validity'];
  validityNote?: string;
} {
  switch (validity?.toLowerCase()) {
    case 'valid':
      return { validity: 'active' };
    case 'invalid':
      return { validity: 'inactive', validityNote: 'the provider rejected it' };
    case 'failed_to_check':
      return { validity: 'unknown', validityNote: 'verification failed' };
    default:
      return { validity: 'unknown', validityNote: 'not verified' };
  }
}
