import { readAuthor } from './author-address.ts';
import type { OwnerLead } from './event.ts';
import type { Evidence, OwnerRef } from './owner.ts';
import { type OwnerWeights, weightOf } from './owner-weights.ts';

const details: Readonly<Record<OwnerLead['kind'], string>> = {
  'commit-author': 'The report names this author of the commit.',
  'commit-committer': 'The report names this committer of the commit.',
  pusher: 'This account pushed the commit.',
  'resource-owner': 'The resource names this owner.',
  'mailbox-holder': 'The simulated mail was sent to this mailbox.',
  assignee: 'The report is assigned to this account.',
  'session-caller': 'This account opened the session that was used.',
  sponsor: 'The identity names this person as answerable for it.',
  creator: 'This account made the identity.',
  'named-by-hand': 'Named by hand.',
};

/** Kinds in which a plain name may be someone of the directory. A name in a commit is not proof of anyone. */
const nameIsEnough: ReadonlySet<OwnerLead['kind']> = new Set([
  'resource-owner',
  'assignee',
  'sponsor',
  'named-by-hand',
]);

/** What the payload itself says about the owner. Bots, made-up host names and no-reply addresses say nothing. */
export function leadEvidence(leads: readonly OwnerLead[], weights: OwnerWeights): readonly Evidence[] {
  return leads.flatMap((lead) => {
    const owner = leadOwner(lead);
    if (owner === undefined) return [];
    return [{ kind: lead.kind, owner, detail: details[lead.kind], weight: weightOf(weights, lead.kind) }];
  });
}

function leadOwner(lead: OwnerLead): OwnerRef | undefined {
  const reading = readAuthor(lead);
  if (reading.kind === 'human') return strangerOf(reading);
  const isNamed = reading.reason === 'no-address' && nameIsEnough.has(lead.kind);
  return isNamed && lead.name !== undefined && lead.name.trim() !== ''
    ? { kind: 'stranger', name: lead.name }
    : undefined;
}

/** The owner that an address or account stands for, before any directory is asked. */
export function strangerOf(reading: {
  readonly name?: string;
  readonly email?: string;
  readonly account?: { readonly system: string; readonly name: string };
}): OwnerRef {
  return {
    kind: 'stranger',
    ...(reading.name === undefined ? {} : { name: reading.name }),
    ...(reading.email === undefined ? {} : { email: reading.email }),
    ...(reading.account === undefined ? {} : { account: reading.account }),
  };
}
