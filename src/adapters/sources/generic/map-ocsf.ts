import { commitAuthor } from '../../../core/commit-author.ts';
import type { Actor, Event, OwnerLead } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { commitHash, repositoryName } from '../../../core/repository-name.ts';
import { providerOf } from '../../../core/secret-provider.ts';
import {
  compact,
  type Dict,
  dictOf,
  isDict,
  listOf,
  ordinalOf,
  scalarText,
  textOf,
} from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import type { MapContext, Rejection } from '../../../ports/source.ts';

/** OCSF class "Detection Finding". */
const detectionFinding = 2004;
const statusResolved = new Set([4, 5, 6]);
/** What a finding about a credential says of itself in title, type or analytic. */
const speaksOfSecrets =
  /\bsecrets?\b|\bcredentials?\b|\bapi[ _-]?keys?\b|\baccess[ _-]?keys?\b|\btokens?\b|\bprivate[ _-]?keys?\b|\bpasswords?\b/iu;
/** A finding about the rules for secrets (a rotation policy, a missing manager) exposes none: it needs a file. */
const speaksOfPolicy = /\brotat|\bpolicy\b|\benabled\b|\bensure\b/iu;

export function isOcsf(value: unknown): boolean {
  return isDict(value) && typeof value.class_uid === 'number' && isDict(value.metadata);
}

/**
 * OCSF 1.x Detection Finding (https://schema.ocsf.io, class 2004). Other classes say nothing that we speak about.
 * `time` is milliseconds by the standard and seconds in practice; both are read.
 *
 * @param envelope `source` and `id` of the CloudEvent around it, whose identity then counts
 */
export function mapOcsf(
  record: Dict,
  context: MapContext,
  envelope?: { readonly source: string; readonly id: string },
): readonly Event[] | Rejection {
  if (typeof record.class_uid !== 'number')
    return { rejected: 'class_uid is missing', pointer: '/class_uid' };
  if (record.class_uid !== detectionFinding) return [];
  const info = dictOf(record.finding_info);
  const uid = textOf(info?.uid);
  if (info === undefined || uid === undefined)
    return { rejected: 'finding_info.uid is missing', pointer: '/finding_info/uid' };
  const metadata = dictOf(record.metadata);
  const product = dictOf(metadata?.product);
  const productName = textOf(product?.name) ?? textOf(product?.uid) ?? 'ocsf';
  const analytic = dictOf(info.analytic);
  const rule = textOf(analytic?.name) ?? textOf(analytic?.uid) ?? textOf(info.title) ?? 'finding';
  const title = textOf(info.title) ?? '';
  const evidence = listOf(record.evidences).filter(isDict);
  const where = whereOf(record, evidence, context);
  const words = [title, rule, ...listOf(info.types).map(scalarText)].join(' ');
  const isSecret = speaksOfSecrets.test(words) && (where.file !== undefined || !speaksOfPolicy.test(words));
  const isOver = typeof record.status_id === 'number' && statusResolved.has(record.status_id);
  const { actor, leads } = peopleOf(record, evidence, isSecret);
  const version = textOf(product?.version);
  return [
    makeEvent(
      {
        source: 'generic',
        kind: !isSecret ? 'finding.reported' : isOver ? 'secret.status' : 'secret.committed',
        wholeId:
          envelope === undefined
            ? identityOf(record, productName, uid)
            : ['cloudevents', envelope.source, envelope.id],
        occurredAt: instantOf(info.last_seen_time) ?? instantOf(record.time) ?? instantOf(record.time_dt),
        actor,
        leads,
        where,
        detector: { name: productName, ...(version === undefined ? {} : { version }) },
        strong: [{ kind: 'provider-id', parts: ['ocsf', productName, uid] }],
        ...(isSecret ? { secret: { provider: providerOf(`${rule} ${title}`), rule } } : {}),
        record: {
          class: detectionFinding,
          title: title === '' ? undefined : title,
          rule,
          severity: textOf(record.severity),
          severityId: typeof record.severity_id === 'number' ? record.severity_id : undefined,
          status: textOf(record.status),
          statusId: typeof record.status_id === 'number' ? record.status_id : undefined,
          statusCode: textOf(record.status_code),
          types: listOf(info.types).filter((type) => typeof type === 'string'),
          resource: textOf(firstResource(record)?.name) ?? textOf(firstResource(record)?.uid),
        },
      },
      context,
    ),
  ];
}

/** `metadata.uid` is the identity of the report; without it a finding is new when its time or status is. */
function identityOf(record: Dict, product: string, uid: string): readonly string[] {
  const own = textOf(dictOf(record.metadata)?.uid);
  if (own !== undefined) return ['ocsf', product, own];
  const { time, activity_id: activity, status_id: status } = record;
  return [
    'ocsf',
    product,
    uid,
    ...[time, activity, status].map((part) => (typeof part === 'number' ? String(part) : '')),
  ];
}

function firstResource(record: Dict): Dict | undefined {
  return listOf(record.resources).find(isDict);
}

function whereOf(record: Dict, evidence: readonly Dict[], context: MapContext) {
  const unmapped = dictOf(record.unmapped);
  const file = evidence.map((item) => dictOf(item.file)).find((item) => item !== undefined);
  const repository = listOf(record.resources)
    .filter(isDict)
    .find((resource) => /repo/iu.test(textOf(resource.type) ?? ''));
  return compact({
    repository:
      repositoryName(textOf(unmapped?.repository)) ??
      repositoryName(textOf(repository?.name)) ??
      context.repository,
    commit: commitHash(textOf(unmapped?.commit)),
    file: textOf(file?.path) ?? textOf(file?.name),
    line: ordinalOf(unmapped?.line),
  });
}

/** The user in the evidence did it; who owns the resource answers for it. */
function peopleOf(record: Dict, evidence: readonly Dict[], isSecret: boolean) {
  const user = [record, ...evidence]
    .map((item) => dictOf(dictOf(item.actor)?.user))
    .find((found) => found !== undefined);
  const found = userLead(user, isSecret ? 'commit-author' : 'resource-owner');
  const owners = listOf(record.resources)
    .filter(isDict)
    .slice(0, 20)
    .flatMap((resource) => userLead(dictOf(resource.owner), 'resource-owner').leads);
  // Type 3 is a system, 4 a service: an account that no person signs in to.
  const isService = user?.type_id === 3 || user?.type_id === 4;
  const actor: Actor =
    isService && found.actor.type === 'person' ? { ...found.actor, type: 'workload' } : found.actor;
  return { actor, leads: isService ? owners : [...found.leads, ...owners] };
}

function userLead(user: Dict | undefined, kind: OwnerLead['kind']) {
  return commitAuthor(
    { name: textOf(user?.name) ?? textOf(user?.uid), email: textOf(user?.email_addr) },
    kind,
  );
}
