import type { OwnerClaim } from '../../../core/owned-things.ts';
import { ownerOfText } from '../../../core/owner-text.ts';
import { inert } from '../../../core/untrusted-text.ts';

export type Label = { readonly key: string; readonly value: string };

const ownerKeys = new Set([
  'owner',
  'owners',
  'owneremail',
  'ownedby',
  'resourceowner',
  'technicalowner',
  'serviceowner',
  'appowner',
  'contact',
  'contactemail',
  'maintainer',
  'responsible',
  'sponsor',
]);
const teamKeys = new Set(['team', 'squad', 'ownerteam', 'owningteam', 'teamname', 'department']);
const creatorKeys = new Set(['createdby', 'creator', 'creatoremail']);
/** Provenance that Yor writes: who changed the description last, and everybody who ever did. */
const modifierKeys = new Set(['gitlastmodifiedby', 'lastmodifiedby']);

/** What labels say of the owner. A key counts without its prefix: `acme.example/owner` is `owner`. */
export function claimsOf(labels: readonly Label[]): readonly OwnerClaim[] {
  return labels.flatMap(({ key, value }) => {
    const kind = kindOf(key);
    const text = kind === 'creator' ? creatorIn(value) : value;
    const owner = kind === undefined || text === undefined ? undefined : ownerOfText(text);
    if (kind === undefined || owner === undefined) return [];
    return [{ kind, owner, detail: `The label “${inert(key, 60)}” of the resource names this owner.` }];
  });
}

function kindOf(key: string): string | undefined {
  const bare = key
    .slice(0, 200)
    .toLowerCase()
    .replace(/^.*[/:]/u, '')
    .replaceAll(/[^a-z]/gu, '');
  if (ownerKeys.has(bare)) return 'label-owner';
  if (teamKeys.has(bare)) return 'label-team';
  if (creatorKeys.has(bare)) return 'creator';
  return modifierKeys.has(bare) ? 'last-modifier' : undefined;
}

/** `AssumedRole:AROA…:ana@example.com` and ARNs end in the session's name: only an address says who that is. */
function creatorIn(value: string): string | undefined {
  return /[^\s:/@]{1,100}@[^\s:/@]{1,200}$/u.exec(value.slice(-400))?.[0];
}
