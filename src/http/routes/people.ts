import { z } from 'zod';
import { can, type Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import { identityKey } from '../../core/identity-key.ts';
import { keptNote } from '../../core/kept-text.ts';
import { emailSystem } from '../../core/link-refusal.ts';
import type { Person } from '../../core/owner.ts';
import { leavesOf } from '../../loop/leaves.ts';
import { isSeen } from '../../loop/note-leave.ts';
import { noteAccess } from '../audit/note-access.ts';
import { openPersonReads } from '../audit/note-person-read.ts';
import { callerNames } from '../caller/caller-names.ts';
import { purposeQuery } from '../export-note.ts';
import { decisionJson, decisionSchema } from '../json/identity-json.ts';
import { id32, known } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { changing, type Operations, pathPart, reading } from '../table/operation.ts';

const decisionsMax = 50;
const named = z.object({ id: z.string(), name: z.string().exactOptional() });

const personSchema = z.object({
  id: z.string(),
  name: z.string(),
  isActive: z.boolean().describe('False for whoever has left.'),
  isDuty: z.boolean(),
  team: named.exactOptional(),
  manager: named.exactOptional(),
  timeZone: z.string().exactOptional(),
  language: z.string().exactOptional(),
  away: z
    .array(z.object({ from: z.string(), until: z.string(), standIn: named.exactOptional() }))
    .describe('Today and later.'),
  entries: z
    .array(z.object({ directory: z.string(), id: z.string(), name: z.string(), isActive: z.boolean() }))
    .describe('Which entries of which directories are this person.'),
  links: z.array(
    z.object({
      system: z.string().describe('`email` for an address.'),
      name: z.string(),
      isTheirs: z.boolean().describe('Whether it counts as theirs by what is known now.'),
      sources: z.array(z.object({ directory: z.string(), entry: z.string(), isRefused: z.boolean() })),
      identity: id32.exactOptional(),
    }),
  ),
  decisions: z.array(decisionSchema),
});
export type PersonJson = z.infer<typeof personSchema>;

const text = z.string().trim().min(1).max(300);
const linkBody = z.strictObject({
  decision: z.enum(['refuse', 'restore']),
  system: text.describe('`email` for an address.'),
  name: text,
  directory: text.describe('Which directory says so, and which of its entries.'),
  entry: text,
  reason: z.string().trim().min(3).max(500),
});

type Keys = 'GET /v1/people/{id}' | 'POST /v1/people/{id}/links';

/** One person: what directories say, which accounts are theirs and by whose word. No figure is of a person. */
export function peopleRoutes(room: Room): Pick<Operations, Keys> {
  const { parts, links } = room.given;
  const { people, store } = parts;
  const reads = openPersonReads(room);
  const find = (caller: Principal, id: string): Person => {
    const person = people.person(id);
    if (person === undefined || !isSeen(caller, person))
      throw new AppError('not-found', 'The directory knows nobody by this id.');
    return person;
  };
  const namedOf = (id: string | undefined, name: string | undefined) =>
    id === undefined ? undefined : { id, ...known('name', name) };
  const json = async (caller: Principal, person: Person): Promise<PersonJson> => {
    const own = links.linksOf(person);
    const keyOf = (link: { readonly system: string; readonly name: string }) =>
      link.system === emailSystem
        ? identityKey({ id: link.name })
        : identityKey({ provider: link.system, id: link.name });
    const [identities, decisions, names] = await Promise.all([
      store.read.identitiesByKeys(caller, own.map(keyOf)),
      store.read.identityDecisions(caller, person.id, decisionsMax),
      callerNames(store.read),
    ]);
    const byKey = new Map(identities.map(({ key, id }) => [key, id]));
    const today = new Date(parts.clock.now()).toISOString().slice(0, 10);
    return {
      id: person.id,
      name: person.name,
      isActive: person.isActive,
      isDuty: person.isDuty,
      ...known('team', namedOf(person.team, people.team(person.team ?? '')?.name)),
      ...known('manager', namedOf(person.manager, people.person(person.manager ?? '')?.name)),
      ...known('timeZone', person.timeZone),
      ...known('language', person.language),
      away: leavesOf(parts, person)
        .filter(({ until }) => until >= today)
        .map(({ from, until, standIn }) => ({
          from,
          until,
          ...known('standIn', namedOf(standIn, people.person(standIn ?? '')?.name)),
        })),
      entries: [...links.entriesOf(person)],
      links: own.map((link) => ({
        ...link,
        sources: [...link.sources],
        ...known('identity', byKey.get(keyOf(link))),
      })),
      decisions: decisions.map((row) => decisionJson(parts, names, row)),
    };
  };
  return {
    'GET /v1/people/{id}': reading({
      summary:
        'What directories say of one person, and which accounts are theirs by whose word. Every look is kept.',
      query: z.strictObject({ purpose: purposeQuery }),
      answers: { 200: { description: 'The person, without any figure.', schema: personSchema } },
      handle: async ({ c, caller, query: { purpose } }) => {
        room.limits.few(c, 'exports', caller);
        const person = find(caller, pathPart(c, 'id'));
        await reads.note(caller, person, purpose);
        return c.json(await json(caller, person));
      },
    }),
    'POST /v1/people/{id}/links': changing({
      summary:
        'Says that an account or address is not somebody’s, whatever a directory says, or takes that back.',
      body: linkBody,
      answers: { 200: { description: 'The person as known now.', schema: personSchema } },
      handle: async ({ c, caller, body }) => {
        if (!can(caller, 'people:read'))
          throw new AppError(
            'forbidden',
            'To correct somebody’s accounts takes the scope people:read as well.',
          );
        room.limits.few(c, 'exports', caller);
        const person = find(caller, pathPart(c, 'id'));
        const { decision, reason, ...about } = body;
        const ask = { ...about, isTheirs: decision === 'restore', reason: keptNote(reason) };
        const decided = await links.decide(caller, person, ask, (tx, { id, at }) =>
          noteAccess(tx, at, [{ kind: 'access.link-decided', by: caller.id, body: { decision: id } }]),
        );
        if (decided.kind === 'not-found')
          throw new AppError('not-found', 'No directory says that this account is theirs.');
        if (decided.kind === 'refused')
          throw new AppError(
            'conflict',
            `${decided.reason.slice(0, 1).toUpperCase()}${decided.reason.slice(1)}.`,
          );
        return c.json(await json(caller, people.person(person.id) ?? person));
      },
    }),
  };
}
