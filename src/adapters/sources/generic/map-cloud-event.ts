import { commitAuthor } from '../../../core/commit-author.ts';
import type { Event, EventKind, SecretFacts } from '../../../core/event.ts';
import { type EventParts, makeEvent } from '../../../core/make-event.ts';
import { commitHash, repositoryName } from '../../../core/repository-name.ts';
import { providerOf, providerOfValue } from '../../../core/secret-provider.ts';
import { compact, type Dict, dictOf, ordinalOf, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import type { MapContext } from '../../../ports/source.ts';
import type { CloudEvent } from './cloud-event.ts';

/** The end of a CloudEvent's type that we speak about, in whatever namespace: `com.acme.secret.committed`. */
const kindOfType: readonly (readonly [RegExp, EventKind])[] = [
  [/(?:^|\.)secret\.(?:committed|found|detected|leaked)$/u, 'secret.committed'],
  [/(?:^|\.)secret\.(?:status|revoked|validated|deleted)$/u, 'secret.status'],
  [/(?:^|\.)secret\.location$/u, 'secret.location'],
  [/(?:^|\.)scan\.covered$/u, 'scan.covered'],
  [/(?:^|\.)push\.made$/u, 'push.made'],
];

/** An event whose data is in the plain form that the README shows; other data is reported as a finding. */
export function mapPlainCloudEvent(event: CloudEvent, context: MapContext): Event {
  const kind = kindOfType.find(([pattern]) => pattern.test(event.type))?.[1] ?? 'finding.reported';
  const data = dictOf(event.data) ?? {};
  const author = dictOf(data.author);
  const { actor, leads } = commitAuthor({
    name: textOf(author?.name),
    email: textOf(author?.email) ?? textOf(data.author),
  });
  const owner = commitAuthor({ email: textOf(data.owner) }, 'resource-owner').leads;
  const hash = textOf(data.fingerprint);
  return makeEvent(
    {
      source: 'generic',
      kind,
      wholeId: ['cloudevents', event.source, event.id],
      occurredAt: instantOf(event.time),
      actor,
      leads: [...leads, ...owner],
      where: whereOf(data, context),
      detector: { name: textOf(data.detector) ?? event.source },
      ...(hash === undefined ? {} : { strong: [{ kind: 'scanner-hash', parts: [event.source, hash] }] }),
      ...(kind.startsWith('secret.') ? { secret: secretOf(data, event.type) } : {}),
      record: {
        type: event.type,
        source: event.source,
        subject: event.subject,
        severity: event.severity ?? textOf(data.severity),
        title: textOf(data.title),
        path: textOf(data.path),
      },
    },
    context,
  );
}

function secretOf(data: Dict, type: string): NonNullable<EventParts['secret']> {
  const rule = textOf(data.rule) ?? textOf(data.provider) ?? 'secret';
  const value = textOf(data.secret);
  const provider = providerOf(textOf(data.provider) ?? rule);
  return {
    provider: provider === 'generic' ? (providerOfValue(value ?? '') ?? provider) : provider,
    rule,
    value,
    validity: validityOf(data, type),
  };
}

function validityOf(data: Dict, type: string): SecretFacts['validity'] {
  if (/\.(?:revoked|deleted)$/u.test(type)) return 'inactive';
  const stated = textOf(data.validity);
  return stated === 'active' || stated === 'inactive' ? stated : 'unknown';
}

function whereOf(data: Dict, context: MapContext): NonNullable<EventParts['where']> {
  const url = textOf(data.url);
  return compact({
    repository: repositoryName(textOf(data.repository)) ?? context.repository,
    commit: commitHash(textOf(data.commit)),
    file: textOf(data.file) ?? textOf(data.path),
    line: ordinalOf(data.line),
    startColumn: ordinalOf(data.startColumn),
    endColumn: ordinalOf(data.endColumn),
    branch: textOf(data.branch),
    url,
  });
}
