import { z } from 'zod';
import { type Event, eventKinds, type Json, joinNames } from './event.ts';

const account = z.looseObject({ system: z.string(), name: z.string() });
const person = {
  name: z.string().exactOptional(),
  email: z.string().exactOptional(),
  account: account.exactOptional(),
};
const json: z.ZodType<Json> = z.json();

const body = z.looseObject({
  actor: z.looseObject({
    type: z.enum(['person', 'workload', 'agent', 'unknown']),
    id: z.string().exactOptional(),
    ...person,
  }),
  identity: z
    .looseObject({ type: z.string(), id: z.string(), provider: z.string().exactOptional() })
    .exactOptional(),
  resource: z.looseObject({ type: z.string(), id: z.string() }).exactOptional(),
  action: z.string().exactOptional(),
  outcome: z.enum(['success', 'failure']).exactOptional(),
  network: z
    .looseObject({ address: z.string().exactOptional(), userAgent: z.string().exactOptional() })
    .exactOptional(),
  joins: z.partialRecord(z.enum(joinNames), z.string()).exactOptional(),
  where: z.looseObject({
    repository: z.string().exactOptional(),
    commit: z.string().exactOptional(),
    file: z.string().exactOptional(),
    line: z.number().exactOptional(),
    startColumn: z.number().exactOptional(),
    endColumn: z.number().exactOptional(),
    branch: z.string().exactOptional(),
    url: z.string().exactOptional(),
  }),
  fingerprints: z.array(
    z.looseObject({
      kind: z.enum(['content', 'provider-id', 'scanner-hash', 'place']),
      keyId: z.string(),
      value: z.string(),
    }),
  ),
  secret: z
    .looseObject({
      provider: z.string(),
      rule: z.string(),
      mask: z.string(),
      length: z.number().exactOptional(),
      lastFour: z.string().exactOptional(),
      validity: z.enum(['active', 'inactive', 'unknown']),
      validityNote: z.string().exactOptional(),
    })
    .exactOptional(),
  leads: z.array(
    z.looseObject({
      kind: z.enum([
        'commit-author',
        'commit-committer',
        'pusher',
        'resource-owner',
        'mailbox-holder',
        'assignee',
        'session-caller',
        'sponsor',
        'creator',
        'named-by-hand',
      ]),
      ...person,
    }),
  ),
  detector: z.looseObject({ name: z.string(), version: z.string().exactOptional() }).exactOptional(),
  record: z.record(z.string(), json),
});

const kind = z.enum(eventKinds);

/**
 * An event as it rests: its body is JSON. Undefined for one that was stored in another shape. Members that are not named
 * here come through as they are.
 */
export function readStoredEvent(stored: {
  readonly id: string;
  readonly source: string;
  readonly kind: string;
  readonly occurredAt: number;
  readonly receivedAt: number;
  readonly body: Json;
}): Event | undefined {
  const { id, source, occurredAt, receivedAt } = stored;
  const parsedKind = kind.safeParse(stored.kind);
  const parsed = body.safeParse(stored.body);
  if (!parsedKind.success || !parsed.success) return undefined;
  return { id, source, kind: parsedKind.data, occurredAt, receivedAt, ...parsed.data };
}

/** An event is JSON by construction; optional members that are undefined simply do not appear. */
export function storedBody(body: Omit<Event, 'id' | 'source' | 'kind' | 'occurredAt' | 'receivedAt'>): Json {
  const { actor, identity, resource, action, outcome, network, joins } = body;
  const { where, fingerprints, secret, leads, detector, record } = body;
  return {
    actor: { ...actor },
    where: { ...where },
    fingerprints: fingerprints.map((fingerprint) => ({ ...fingerprint })),
    leads: leads.map((lead) => ({ ...lead })),
    record,
    ...(identity === undefined ? {} : { identity: { ...identity } }),
    ...(resource === undefined ? {} : { resource: { ...resource } }),
    ...(action === undefined ? {} : { action }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(network === undefined ? {} : { network: { ...network } }),
    ...(joins === undefined ? {} : { joins: { ...joins } }),
    ...(secret === undefined ? {} : { secret: { ...secret } }),
    ...(detector === undefined ? {} : { detector: { ...detector } }),
  };
}
