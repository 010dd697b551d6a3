import { z } from 'zod';
import { type AccessKind, accessKinds } from '../../access/access-note.ts';
import { auditHeadsId } from '../audit/note-access.ts';
import { requireAllTeams } from '../caller/caller.ts';
import { callerNames } from '../caller/caller-names.ts';
import { instant, iso, known } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, reading } from '../table/operation.ts';

const entrySchema = z.object({
  seq: z.int(),
  at: instant,
  kind: z.string(),
  by: z.string(),
  name: z.string().exactOptional().describe('What the token or account is called now.'),
  address: z.string().exactOptional(),
  body: z.string().describe('Canonical JSON, exactly as hashed.'),
  previous: z.string(),
  hash: z.string(),
});
export type AuditEntryJson = z.infer<typeof entrySchema>;
const headSchema = z.object({ seq: z.int(), hash: z.string() });

const headsSchema = z.object({ head: headSchema.exactOptional(), noted: z.array(headSchema) });
export type AuditHeadsJson = z.infer<typeof headsSchema>;

const isKind = (text: string): text is AccessKind => Object.hasOwn(accessKinds, text);
const query = z.strictObject({
  kind: z.string().refine(isKind, 'no such kind').exactOptional(),
  by: z.string().min(1).max(200).exactOptional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: z.coerce.number().int().min(1).max(2_147_483_647).exactOptional(),
});

/** Heads that the ledger noted: one an hour at most. */
const headsMax = 2000;

/** Who got in, who was kept out, and who changed either. */
export function auditRoutes(room: Room): Pick<Operations, 'GET /v1/audit' | 'GET /v1/audit/heads'> {
  const { store } = room.given.parts;
  return {
    'GET /v1/audit': reading({
      summary: 'Lists decisions about access, the latest first.',
      query,
      answers: {
        200: {
          description: 'A page; `next` is the `before` of the one after it.',
          schema: z.object({ items: z.array(entrySchema), next: z.int().exactOptional() }),
        },
      },
      handle: async ({ c, caller, query: asked }) => {
        requireAllTeams(caller);
        // What was counted in memory until now stands there before it is read.
        await room.record.settle();
        const { read } = store;
        const rows = await read.auditEntries(caller, { ...asked, limit: asked.limit + 1 });
        const names = await callerNames(read);
        const items = rows.slice(0, asked.limit).map(({ salt: _salt, at, address, ...row }) => ({
          ...row,
          at: iso(at),
          ...known('name', names.get(row.by)),
          ...known('address', address),
        }));
        const next = rows.length > asked.limit ? items.at(-1)?.seq : undefined;
        return c.json({ items, ...known('next', next) });
      },
    }),
    'GET /v1/audit/heads': reading({
      summary: 'Where the chain of access decisions ends, and what the sealed ledger noted of it.',
      query: noQuery,
      answers: {
        200: {
          description: 'To check a list of entries against.',
          schema: headsSchema,
        },
      },
      handle: async ({ c, caller }) => {
        requireAllTeams(caller);
        const chain = await store.read.auditChain(caller);
        const bodies = await store.read.auditHeads(caller, auditHeadsId, headsMax);
        const noted = bodies.map((body) => headSchema.parse(JSON.parse(body)));
        const head = chain === undefined ? undefined : { seq: chain.seq, hash: chain.head };
        return c.json({ ...known('head', head), noted });
      },
    }),
  };
}
