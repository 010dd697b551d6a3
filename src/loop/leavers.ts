import type { Event, Identity, OwnerLead } from '../core/event.ts';
import { makeEvent } from '../core/make-event.ts';
import type { Person } from '../core/owner.ts';
import { personOfOwner } from '../core/owner-standing.ts';
import { fold } from '../core/people-index.ts';
import type { MapContext } from '../ports/source.ts';
import type { ExitRow } from '../ports/store.ts';
import { directorySource, ownerLeft } from './exits.ts';
import { ingest } from './ingest.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';
import { habitOfPerson } from './settle.ts';

/** Somebody who left: `at` tells this leaving from an earlier one, after which they came back. */
export type Leaver = { readonly person: Person; readonly at: number };

/** Accounts that end with the person's own: whoever says that they left has closed them, or they hold nothing. */
const ownAccounts = new Set(['scim', 'entra', 'okta', 'slack', 'email']);
const pageMax = 200;
const eventsMax = 500;

/**
 * Says of every identity that is known to be a leaver's that its owner left: their accounts, the identities of loops
 * that they own, and what directories name them as the owner of. Repeating it adds nothing.
 */
export async function reportLeavers(
  parts: LoopParts,
  leavers: readonly Leaver[],
  context: MapContext,
): Promise<number> {
  let count = 0;
  await parts.store.transaction((tx) => tx.addExits(exitsOf(parts, leavers)));
  for (const leaver of leavers) {
    const identities = await identitiesOf(parts, leaver.person);
    const events = identities.map((identity) => eventOf(parts, leaver, identity, context));
    for (let at = 0; at < events.length; at += eventsMax) {
      const some = events.slice(at, at + eventsMax);
      await ingest(parts, {
        source: directorySource,
        receivedAt: context.receivedAt,
        mode: 'live',
        events: some,
      });
    }
    count += events.length;
  }
  return count;
}

/** Whoever left will not do it again, and is no success: measures count them as gone, under every habit of theirs. */
function exitsOf(parts: LoopParts, leavers: readonly Leaver[]): readonly ExitRow[] {
  return leavers.flatMap(({ person, at }) =>
    [...parts.behaviours.keys()].map((behaviour): ExitRow => {
      return { unit: habitOfPerson(parts, behaviour, person.id), at, reason: 'left' };
    }),
  );
}

async function identitiesOf(parts: LoopParts, person: Person): Promise<readonly Identity[]> {
  const own = new Set([...person.emails, ...person.accounts.map(({ name }) => name)].map(fold));
  const found: Identity[] = person.accounts
    .filter(({ system }) => !ownAccounts.has(fold(system)))
    .map(({ system, name }) => ({ type: 'account', id: name, provider: system }));
  let after: string | undefined;
  do {
    const page = await parts.store.read.loops(loopPrincipal, {
      owner: person.id,
      limit: pageMax,
      ...(after === undefined ? {} : { after }),
    });
    found.push(...page.items.flatMap(({ facts }) => facts.identity ?? []));
    after = page.next;
  } while (after !== undefined);
  for (const directory of parts.directories) {
    for (const { identity, evidence } of directory.identities?.() ?? []) {
      const isTheirs = evidence.some(
        ({ kind, owner }) =>
          parts.ownerWeights.kinds[kind]?.says === 'deed' &&
          personOfOwner(parts.people, owner)?.id === person.id,
      );
      if (isTheirs) found.push(identity);
    }
  }
  const once = new Map<string, Identity>();
  for (const identity of found) {
    // Their own login is themselves, and does not outlive them.
    const isLogin = own.has(fold(identity.id)) && ownAccounts.has(fold(identity.provider ?? 'email'));
    if (!isLogin) once.set(`${fold(identity.provider ?? '')} ${fold(identity.id)}`, identity);
  }
  return [...once.values()];
}

function eventOf(parts: LoopParts, { person, at }: Leaver, identity: Identity, context: MapContext): Event {
  return makeEvent(
    {
      source: directorySource,
      kind: 'identity.disabled',
      wholeId: [
        directorySource,
        ownerLeft,
        person.id,
        identity.type,
        identity.provider ?? '',
        identity.id,
        String(at),
      ],
      occurredAt: at,
      actor: { type: 'unknown' },
      identity,
      action: ownerLeft,
      leads: leadsOf(parts, person),
      record: { action: ownerLeft, owner: { id: person.id, name: person.name } },
    },
    context,
  );
}

/** Who answers for it now: their manager, and their team. */
function leadsOf({ people }: LoopParts, person: Person): readonly OwnerLead[] {
  const manager = person.manager === undefined ? undefined : people.person(person.manager);
  const [email] = manager?.emails ?? [];
  const [account] = manager?.accounts ?? [];
  const isReached = manager?.isActive === true && (email ?? account) !== undefined;
  return [
    ...(isReached
      ? [
          {
            kind: 'resource-owner' as const,
            name: manager.name,
            ...(email === undefined ? {} : { email }),
            ...(account === undefined ? {} : { account }),
          },
        ]
      : []),
    ...(person.team === undefined ? [] : [{ kind: 'resource-owner' as const, name: person.team }]),
  ];
}
