import { z } from 'zod';
import type { Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import { standings } from '../../core/owner-standing.ts';
import { type Named, type NoteDecision, nameOwner, takeBackOwner } from '../../loop/name-owner.ts';
import { isSeen } from '../../loop/note-leave.ts';
import { explainIdentity } from '../../loop/owned-identities.ts';
import type { IdentityRow } from '../../ports/store.ts';
import { noteAccess } from '../audit/note-access.ts';
import { callerNames } from '../caller/caller-names.ts';
import {
  candidateJson,
  candidateSchema,
  candidatesMax,
  decisionJson,
  decisionSchema,
  identityJson,
  identitySchema,
} from '../json/identity-json.ts';
import { evidenceItemSchema, evidenceJson, loopJson, loopSchema } from '../json/loop-json.ts';
import { id32, known, pageQuery } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { changing, noQuery, type Operations, pathPart, reading } from '../table/operation.ts';

const casesMax = 20;
const linkedMax = 50;
const decisionsMax = 50;
/** Words of a search: more of them find nothing that fewer do not. */
const wordsMax = 8;

const text = z.string().trim().min(1).max(300);
const listQuery = z.strictObject({
  type: z.string().trim().min(1).max(100).exactOptional(),
  standing: z.enum(standings).exactOptional(),
  owner: text.exactOptional().describe('Id of a person or team.'),
  team: text.exactOptional().describe('Id of the team that answers.'),
  text: text.exactOptional().describe('Beginnings of words of its name or provider.'),
  ...pageQuery,
});

const pageSchema = z.object({ items: z.array(identitySchema), next: z.string().exactOptional() });
export type IdentitiesJson = z.infer<typeof pageSchema>;

const storySchema = identitySchema.extend({
  candidates: z
    .array(candidateSchema)
    .describe('Who may answer for it by what is known now, the best first.'),
  evidence: z.array(evidenceItemSchema).describe('What decided the owner of its latest loop.'),
  holder: z
    .object({ id: z.string(), name: z.string() })
    .exactOptional()
    .describe('Whose account it is by the directories.'),
  program: z
    .object({ type: z.string(), name: z.string() })
    .exactOptional()
    .describe('The program that used it last.'),
  linked: z.array(identitySchema).describe('Others that the same program used.'),
  decisions: z.array(decisionSchema),
  loops: z.array(loopSchema).describe('The latest loops about it.'),
});
export type IdentityStoryJson = z.infer<typeof storySchema>;

const reason = z.string().trim().min(3).max(500);
const ownerBody = z.discriminatedUnion('decision', [
  z.strictObject({
    decision: z.literal('name'),
    to: z.strictObject({ kind: z.enum(['person', 'team']), id: text }),
    reason,
  }),
  z.strictObject({ decision: z.literal('take-back'), reason }),
]);
const namedSchema = identitySchema.extend({
  handedOver: z.int().describe('How many open loops about it were handed over.'),
});
export type NamedJson = z.infer<typeof namedSchema>;

type Keys = 'GET /v1/identities' | 'GET /v1/identities/{id}' | 'POST /v1/identities/{id}/owner';

/** Accounts and credentials: which of them somebody answers for, and who decides it. */
export function identityRoutes(room: Room): Pick<Operations, Keys> {
  const { parts } = room.given;
  const { read } = parts.store;
  const find = async (caller: Principal, id: string): Promise<IdentityRow> => {
    const row = id32.safeParse(id).success ? await read.identity(caller, id) : undefined;
    if (row === undefined) throw new AppError('not-found', 'No identity has this id.');
    return row;
  };
  const noted =
    (caller: Principal): NoteDecision =>
    (tx, { id, subject, at }) =>
      noteAccess(tx, at, [
        { kind: 'access.owner-decided', by: caller.id, body: { decision: id, identity: subject } },
      ]);
  return {
    'GET /v1/identities': reading({
      summary: 'Lists accounts and credentials, the latest seen first.',
      query: listQuery,
      answers: { 200: { description: 'A page.', schema: pageSchema } },
      handle: async ({ c, caller, query: { text: sought, ...filter } }) => {
        const words = sought === undefined ? undefined : wordsOf(sought);
        // Nothing but punctuation is in no name.
        if (words?.length === 0) return c.json({ items: [] });
        const page = await read.identities(caller, { ...filter, ...known('words', words) });
        return c.json({
          items: page.items.map((row) => identityJson(parts, row)),
          ...known('next', page.next),
        });
      },
    }),
    'GET /v1/identities/{id}': reading({
      summary: 'One account or credential: who answers for it and why, what belongs to it, its loops.',
      query: noQuery,
      answers: { 200: { description: 'The identity.', schema: storySchema } },
      handle: async ({ c, caller }) => {
        const row = await find(caller, pathPart(c, 'id'));
        const [loops, linked, decisions, names] = await Promise.all([
          read.loopsOfIdentity(caller, row.id, casesMax),
          row.program === undefined ? [] : read.identitiesOfProgram(caller, row.program, linkedMax + 1),
          read.identityDecisions(caller, row.id, decisionsMax),
          callerNames(read),
        ]);
        const asked = { id: row.name, ...known('provider', row.provider) };
        const explained = await explainIdentity(parts, caller, asked, loops, true);
        const [latest] = loops;
        const { people } = parts;
        const found =
          (row.provider === undefined ? undefined : people.byAccount(row.provider, row.name)) ??
          (row.name.includes('@') ? people.byEmail(row.name) : undefined);
        const holder = found !== undefined && isSeen(caller, found) ? found : undefined;
        const [type = '', ...rest] = row.program?.split(' ') ?? [];
        return c.json({
          ...identityJson(parts, row),
          candidates: (explained?.candidates ?? [])
            .slice(0, candidatesMax)
            .map((one) => candidateJson(parts, one)),
          evidence: latest === undefined ? [] : evidenceJson(latest),
          ...known('holder', holder === undefined ? undefined : { id: holder.id, name: holder.name }),
          ...known('program', row.program === undefined ? undefined : { type, name: rest.join(' ') }),
          linked: linked
            .filter(({ id }) => id !== row.id)
            .slice(0, linkedMax)
            .map((one) => identityJson(parts, one)),
          decisions: decisions.map((one) => decisionJson(parts, names, one)),
          loops: loops.map((one) => loopJson(parts, one)),
        });
      },
    }),
    'POST /v1/identities/{id}/owner': changing({
      summary: 'Says who answers for an identity from now on, or takes that back.',
      body: ownerBody,
      answers: {
        200: { description: 'The identity; its open loops were handed over.', schema: namedSchema },
      },
      handle: async ({ c, caller, body }) => {
        const { id } = await find(caller, pathPart(c, 'id'));
        const named =
          body.decision === 'name'
            ? await nameOwner(parts, caller, id, body, noted(caller))
            : await takeBackOwner(parts, caller, id, body.reason, noted(caller));
        return c.json(answerOf(named));
      },
    }),
  };

  function answerOf(named: Named): NamedJson {
    if (named.kind === 'not-found') throw new AppError('not-found', 'No identity has this id.');
    if (named.kind === 'refused')
      throw new AppError('conflict', `${named.reason.slice(0, 1).toUpperCase()}${named.reason.slice(1)}.`);
    return { ...identityJson(parts, named.identity), handedOver: named.handedOver };
  }
}

/** Letters and digits, as the index parts them. */
function wordsOf(sought: string): readonly string[] {
  return sought
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .slice(0, wordsMax);
}
