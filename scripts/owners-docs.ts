import { writeFileSync } from 'node:fs';
import { ownerDirectories } from '../src/adapters/readers.ts';
import type { OwnerWeights } from '../src/core/owner-weights.ts';
import { ownerThresholdDefault, teamThresholdDefault } from '../src/core/resolve-owner.ts';
import { readOwnerWeights } from '../src/packs/owner-weights-file.ts';
import { openPackFolder, shippedPacksDir } from '../src/packs/pack-folder.ts';

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const rule = (weights: OwnerWeights): string => `# Who owns it, and how sure that is

<!-- Written by scripts/owners-docs.ts from packs/owners/weights.yaml and src/adapters/owners. Change those, then run:
npm run docs -->

Directories give **evidence**: a person, a team or a stranger's address, one line that says where it comes from, and a
kind. One rule joins it, for people, workloads and agents alike (\`rankOwners\` in \`src/core/rank-owners.ts\`):

1. An address becomes the person or team that the directories know. The evidence of somebody who left moves to their
   team, else to their manager, times ${weights.leaverFactor}.
2. Kinds of one family have one origin: only the strongest of them counts. Families are joined by noisy-or,
   1 − Π(1 − weight). What speaks against an owner multiplies by (1 − weight).
3. Only one person did it. Persons with evidence of the deed share the odds: confidence = o / (1 + Σ o), with
   o = p / (1 − p). One alone keeps p; two who are equally likely both fall under a half.
4. Persons who only answer for the place share likewise, and lose ${percent(weights.placeDiscount)} of the sum of step 3.
5. A team joins its own evidence, by noisy-or, with the sum of its members' confidences.

The best person at ${ownerThresholdDefault} or above is told; else the best team at ${teamThresholdDefault} or above; else the duty role. A tie at the top is
a guess. The order in which evidence comes changes nothing, and saying a thing twice changes nothing. A kind without an
entry weighs at most ${weights.unlistedWeightMax}.

\`GET /v1/owners?identity=\` answers with the ranked candidates, their evidence and the sentence behind each weight;
\`foldback owners coverage\` says how many identities of each kind are owned, guessed and orphaned.

## Weights

The numbers stand in \`packs/owners/weights.yaml\`: change them there, \`foldback packs check\` reads them. \`deed\` is who did
it or holds it, \`place\` who answers for the place, \`support\` adds to a deed, \`against\` lowers.
`;

const people = `## One list of people

Several directories may know people: the file of people, SCIM, exports of identity providers, the catalogue. They become
one list, in the order of the table above, SCIM last (\`src/core/merge-people.ts\`):

- Two entries are one person when they share an id, an e-mail address or an account. A name is never enough.
- Id, name, team, manager, time zone and language come from the first directory that says them; addresses, accounts and
  the duty role are joined.
- Whoever left in one directory has left: a leaver who is written to is worse than a colleague who is asked.
- An entry whose addresses or accounts belong to two persons joins the first of them; what belongs to the other stays
  theirs. This is a conflict: it is logged at the start, and \`foldback doctor\` counts them.
- Two teams are one when they share an id, a handle, an address or a name.

## SCIM: an identity provider pushes

\`/scim/v2\` receives people and groups by SCIM 2.0 (RFC 7643, RFC 7644): \`Users\` and \`Groups\` with POST, GET, PUT, PATCH and
DELETE, \`ServiceProviderConfig\`, \`ResourceTypes\`, \`Schemas\`. Make a token with \`foldback admin token --name scim --scope
scim:write\` and give it to the provider with the address; the token sees all teams. What arrives counts at once, without a
restart; with 2,000 people and more, after two seconds at the most, and who leaves at once.

- Read are \`userName\`, \`externalId\`, \`active\`, names, \`emails\`, language, time zone, the \`country\` of \`addresses\` (that at
  work first, else the region of \`locale\`), and of the enterprise extension \`department\`, \`manager\`, \`employeeNumber\`. SCIM
  has no place for who is away: the extension \`urn:foldback:params:scim:schemas:extension:leave:2.0:User\` has \`away\`, a list of
  \`{from, until, standIn}\` (days, the last one included; the stand-in is named as a manager is). Everything else, a password above all, is left out before it is stored.
- The department is the team; without one, the smallest group that lists the person. A group is a team that others may name.
- A filter is one comparison: \`userName\`, \`displayName\`, \`externalId\` or \`id\` with \`eq\`. Pages by \`startIndex\` and \`count\`, at
  most 200. Bulk, sorting and ETags are not spoken.
- \`active: false\` and DELETE say that the person left. Who was deleted stays known as a leaver, so that what points at
  them finds a team or manager; who is added again under the same name or address is back.

## Accounts and credentials

Every account, key, application or agent that a loop is about or a directory lists is one row, with who answers for it:
*owned*, *guessed* (somebody is named, and it is too little to tell them) or *orphaned* (nobody is named, or whoever is has
left). A worker follows within seconds: the latest loop decides, else the directories.

\`\`\`
npx foldback owners list --standing orphaned
npx foldback owners list --all --format csv > identities.csv
npx foldback owners coverage
\`\`\`

The same stands in the console under *People and identities*, and behind \`GET /v1/identities\` (by type, standing, owner,
team, and beginnings of words of the name), \`GET /v1/identities/{id}\` and \`GET /v1/owners/coverage\`, by type and team. An
identity belongs to the team that answers for it: whoever sees other teams alone does not see it, by no list, count or id.

**An operator says whose it is**: on the page of the identity, for several at once in the list, or by
\`POST /v1/identities/{id}/owner\` with \`{"decision": "name", "to": {"kind": "person", "id": "ana"}, "reason": "…"}\` (scope
\`owners:write\`). Open loops about it are handed over, and what is reported later goes to whoever was named, as kind
\`learnt\` and without asking what others would guess. \`{"decision": "take-back", "reason": "…"}\` lets the evidence decide
again; loops that were handed over stay where they are. Who decided, when and why stands on the page, and the fact in the
[audit](access.md). When whoever was named leaves, it is orphaned.

**Whose accounts are whose.** \`GET /v1/people/{id}\`, and the person's page in the console, tell what the directories say of one
person: active or left, team, manager, leave and stand-in, and each address and account with the entries of directories that
give it. It takes the scope \`people:read\` (analyst, auditor and administrator; no viewer) and a token that sees the
person's team. There is no score and no count. Every look is kept with who, when and a \`purpose\`, and stands in the audit;
looks of one caller within an hour are one.

A wrong link is corrected in its directory. Where that takes too long, say it on that page, or by
\`POST /v1/people/{id}/links\` (also \`owners:write\`) with \`{"decision": "refuse", "system": "github", "name": "octo-ana",
"directory": "people", "entry": "ana", "reason": "…"}\`: what this entry says of this account counts no more, in every process
within seconds; two persons who were taken for one because of it are two again. \`restore\` takes it back. It holds for
what is reported from then on: what was decided before stays. The only address of somebody is never refused.

## When somebody leaves

For every identity that is known to be theirs an event of source \`directory\` is written: kind \`identity.disabled\`, action
\`owner-left\`, the identity itself, with their manager and team as leads. Known to be theirs are their accounts (those
of identity providers and chats end with them), the identities of loops that they own, and what a directory names them as
the owner of. Leavers of files are looked for at the start and while the worker runs. Who had left before the first look,
or was pushed as inactive, is history: noted, and nothing is said of it.
`;

/** docs/owners.md as the packs and the registry have it. */
export function ownersMarkdown(): string {
  const weights = readOwnerWeights(openPackFolder(shippedPacksDir(), []), []);
  const kinds = Object.entries(weights.kinds)
    .toSorted(([a, one], [b, other]) => other.weight - one.weight || (a < b ? -1 : 1))
    .map(
      ([kind, { weight, family, says, because }]) =>
        `| \`${kind}\` | ${weight} | ${family} | ${says} | ${because} |`,
    );
  const table = ['| kind | weight | family | says | because |', '|---|---|---|---|---|', ...kinds, ''];
  const directories = ownerDirectories.map(
    ({ id, title }) => `| [\`${id}\`](../src/adapters/owners/${id}/README.md) | ${title} |`,
  );
  const list = ['## Directories', '', '| id | what it reads |', '|---|---|', ...directories, ''];
  return [rule(weights), ...table, ...list, people].join('\n');
}

if (import.meta.main) {
  writeFileSync(new URL('../docs/owners.md', import.meta.url), ownersMarkdown());
}
