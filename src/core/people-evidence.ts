import type { Actor, Identity, OwnerLead } from './event.ts';
import type { Evidence } from './owner.ts';
import { type OwnerWeights, weightOf } from './owner-weights.ts';
import type { KnownPeople } from './settle-owner-ref.ts';

/**
 * What a list of people says about an owner: authors whom it has as active, also under addresses that look like a
 * machine's, and whose account or address an identity is.
 *
 * @param list how the list is called: "The file of people"
 */
export function peopleEvidence(
  people: Pick<KnownPeople, 'byAccount' | 'byEmail'>,
  query: { readonly leads: readonly OwnerLead[]; readonly identity?: Identity; readonly actor?: Actor },
  weights: OwnerWeights,
  list: string,
): readonly Evidence[] {
  return [
    ...known(people, query.leads, weights, list),
    ...holder(people, query.identity, weights, list),
    ...doer(people, query.actor, weights, list),
  ];
}

type Lookup = Pick<KnownPeople, 'byAccount' | 'byEmail'>;

function known(
  people: Lookup,
  leads: readonly OwnerLead[],
  weights: OwnerWeights,
  list: string,
): readonly Evidence[] {
  return leads.flatMap((lead) => {
    if (lead.kind !== 'commit-author' && lead.kind !== 'commit-committer') return [];
    const { account, email } = lead;
    const person =
      (account === undefined ? undefined : people.byAccount(account.system, account.name)) ??
      (email === undefined ? undefined : people.byEmail(email));
    if (person?.isActive !== true) return [];
    const detail = `${list} has this address or account, as active.`;
    return [evidenceOf(weights, 'known-person', person.id, detail)];
  });
}

function holder(
  people: Lookup,
  identity: Identity | undefined,
  weights: OwnerWeights,
  list: string,
): readonly Evidence[] {
  if (identity === undefined) return [];
  const { provider, id } = identity;
  const person =
    (provider === undefined ? undefined : people.byAccount(provider, id)) ??
    (id.includes('@') ? people.byEmail(id) : undefined);
  return person === undefined
    ? []
    : [evidenceOf(weights, 'account-holder', person.id, `${list} says whose account this is.`)];
}

/** An account whose log does not say what it is may be known as a person's. */
function doer(
  people: Lookup,
  actor: Actor | undefined,
  weights: OwnerWeights,
  list: string,
): readonly Evidence[] {
  if (actor === undefined || actor.type === 'workload' || actor.type === 'agent') return [];
  const { account, email } = actor;
  const person =
    (account === undefined ? undefined : people.byAccount(account.system, account.name)) ??
    (email === undefined ? undefined : people.byEmail(email));
  return person === undefined
    ? []
    : [evidenceOf(weights, 'account-holder', person.id, `${list} says whose account did it.`)];
}

function evidenceOf(weights: OwnerWeights, kind: string, id: string, detail: string): Evidence {
  return { kind, owner: { kind: 'person', id }, detail, weight: weightOf(weights, kind) };
}
