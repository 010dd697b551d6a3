import type { Event } from '../../../core/event.ts';
import { makeEvent } from '../../../core/make-event.ts';
import { type Dict, dictOf, listOf, textOf } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import type { MapContext, Source } from '../../../ports/source.ts';
import { kindOf, outcomeOf } from './kinds.ts';
import { keptRecord, readEntry, type VaultEntry } from './schema.ts';
import { readWho } from './who.ts';

export const map: Source['map'] = (value, context) => {
  const entry = readEntry(value);
  if (entry === undefined) return { rejected: 'not an entry of an audit device', pointer: '/type' };
  return [eventOf(entry, context)];
};

function eventOf(entry: VaultEntry, context: MapContext): Event {
  const { request, type, time } = entry;
  const { actor, identity, session } = readWho(entry);
  const metadata = dictOf(entry.auth.metadata) ?? {};
  const path = textOf(request.path);
  const space = textOf(dictOf(request.namespace)?.path) ?? '';
  return makeEvent(
    {
      source: 'vault',
      kind: kindOf(entry),
      // A request and its answer share their number, and so does a device that wrote the same entry twice.
      wholeId: [
        'vault',
        type,
        textOf(request.id) ?? textOf(entry.response.id) ?? '',
        time ?? '',
        textOf(request.operation) ?? '',
        path ?? '',
      ],
      occurredAt: instantOf(time),
      actor,
      ...(identity === undefined ? {} : { identity }),
      resource: path === undefined ? undefined : { type: 'vault-path', id: `${space}${thingOf(path)}` },
      action: textOf(request.operation),
      outcome: outcomeOf(entry),
      network: networkOf(request),
      joins: {
        request: textOf(request.id),
        session,
        subject: textOf(metadata.sub) ?? claimIn(actor.name),
        run: textOf(metadata.run_id),
      },
      where: whereOf(metadata, actor.name),
      detector: { name: 'vault' },
      record: keptRecord(entry),
    },
    context,
  );
}

function networkOf(request: Dict): Event['network'] {
  const address = textOf(request.remote_address);
  const headers = dictOf(request.headers) ?? {};
  const userAgent = textOf(listOf(headers['user-agent'])[0]) ?? textOf(headers['user-agent']);
  if (address === undefined && userAgent === undefined) return undefined;
  return { ...(address === undefined ? {} : { address }), ...(userAgent === undefined ? {} : { userAgent }) };
}

/** What is destroyed is what was made: a secret id of a role has one path from its making to its end. */
function thingOf(path: string): string {
  return path.replace(/\/secret-id(?:-accessor)?\/destroy$/u, '/secret-id');
}

/** The display name of a pipeline or service account is its claim, unless its role says otherwise. */
function claimIn(name: string | undefined): string | undefined {
  return /^(?:repo|project_path|system:serviceaccount|spiffe):/u.test(name ?? '') ? name : undefined;
}

/** Where a role of the JWT method copies the claim of a pipeline. */
function whereOf(metadata: Dict, name: string | undefined): Event['where'] {
  const repository =
    /^[\w.-]{1,100}\/[\w.-]{1,100}$/u.exec(textOf(metadata.repository) ?? '')?.[0] ??
    /^repo:([\w.-]{1,100}\/[\w.-]{1,100}):/u.exec(name ?? '')?.[1];
  return repository === undefined ? {} : { repository };
}
