import type { Context } from 'hono';
import type { z } from 'zod';
import type { Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import type { Json } from '../../core/event.ts';
import { fold } from '../../core/people-index.ts';
import { parseScimFilter } from '../../core/scim/filter.ts';
import { applyPatch, patchSchema } from '../../core/scim/patch.ts';
import { groupSchema, userSchema } from '../../core/scim/resource.ts';
import { limits } from '../../lib/limits.ts';
import { parseBody } from '../../lib/records/parse-body.ts';
import type { DirectoryRow } from '../../ports/store.ts';
import { requireAllTeams } from '../caller/caller.ts';
import { readRawBody } from '../hardening/raw-body.ts';
import type { DirectoryWords } from '../http-parts.ts';
import type { Room } from '../room.ts';
import { answer, listOf, locationOf, refuse, resourceOf, scimType } from '../scim/answer.ts';
import { pageMax, providerConfig, resourceTypes, schemaList } from '../scim/described.ts';
import { type Operations, pathPart, type ScopedOperation } from '../table/operation.ts';

/** A group of a hundred thousand members, as one request. */
const bodyBytesMax = 16 * 1024 * 1024;

type Kind = DirectoryRow['kind'];
type ScimKey = Extract<keyof Operations, `${string} /scim/${string}`>;

const bad = { 400: { description: 'An error as SCIM writes it.', type: scimType } };
const one = { description: 'The resource.', type: scimType };
const missing = { 404: { description: 'There is no such resource.', type: scimType } };

/** An identity provider pushes people and groups here (SCIM 2.0: RFC 7643, RFC 7644). */
export function scimRoutes(room: Room): Pick<Operations, ScimKey> {
  const { given } = room;
  const { directory } = given;
  const { read } = given.parts.store;

  const scoped = (
    summary: string,
    answers: ScopedOperation['answers'],
    run: (c: Context, caller: Principal) => Promise<Response>,
  ): ScopedOperation => ({
    kind: 'scoped',
    summary,
    answers,
    run: (c, caller) => {
      // Everybody who works here stands in it: it is for those who see everything.
      requireAllTeams(caller);
      return run(c, caller);
    },
  });
  const shown = (c: Context, row: DirectoryRow) => resourceOf(row, room.baseUrl(c), leftOut(c));
  const notThere = (c: Context) => refuse(c, 404, 'There is no such resource.');
  const taken = (c: Context) => refuse(c, 409, 'The name is taken by another resource.', 'uniqueness');
  const invalid = (c: Context) =>
    refuse(c, 400, 'The resource does not have the expected shape.', 'invalidValue');

  const lists = (kind: Kind): ScopedOperation =>
    scoped(
      `Lists ${kind}s; \`filter\` takes one comparison with \`eq\`.`,
      { 200: { description: 'A page (ListResponse).', type: scimType }, ...bad },
      async (c, caller) => {
        const { filter, startIndex, count } = c.req.query();
        const start = Math.max(1, wholeNumber(startIndex) ?? 1);
        const limit = Math.min(pageMax, Math.max(0, wholeNumber(count) ?? 100));
        const asked = filter === undefined ? undefined : parseScimFilter(filter);
        if (filter !== undefined && asked === undefined) {
          return refuse(c, 400, 'A filter is one comparison: userName eq "…".', 'invalidFilter');
        }
        if (asked?.attribute === 'id') {
          const row = await read.directoryEntry(caller, kind, asked.value);
          const found = row === undefined ? [] : [shown(c, row)];
          return answer(c, 200, listOf(found, found.length, 1));
        }
        const isNamed = asked?.attribute === (kind === 'user' ? 'userName' : 'displayName');
        if (asked !== undefined && !isNamed && asked.attribute !== 'externalId') {
          return refuse(c, 400, 'These resources are not filtered by this attribute.', 'invalidFilter');
        }
        const isStorable = asked === undefined || !asked.value.includes('\0');
        const page = isStorable
          ? await read.directoryEntries(caller, {
              kind,
              ...(asked !== undefined && isNamed ? { name: fold(asked.value) } : {}),
              ...(asked !== undefined && !isNamed ? { externalId: asked.value } : {}),
              offset: start - 1,
              limit,
            })
          : { total: 0, items: [] };
        return answer(
          c,
          200,
          listOf(
            page.items.map((row) => shown(c, row)),
            page.total,
            start,
          ),
        );
      },
    );

  const gets = (kind: Kind): ScopedOperation =>
    scoped(`Reads one ${kind}.`, { 200: one, ...missing }, async (c, caller) => {
      const row = await read.directoryEntry(caller, kind, pathPart(c, 'id'));
      return row === undefined ? notThere(c) : answer(c, 200, shown(c, row));
    });

  const adds = (kind: Kind): ScopedOperation =>
    scoped(
      `Adds a ${kind}.`,
      { 201: one, 409: { description: 'The name is taken.', type: scimType }, ...bad },
      async (c) => {
        const words = wordsOf(kind, await bodyOf(c));
        if (words === undefined) return invalid(c);
        const row = await directory.add(words);
        if (row === undefined) return taken(c);
        c.header('Location', locationOf(row, room.baseUrl(c)));
        return answer(c, 201, shown(c, row));
      },
    );

  type Change = (row: DirectoryRow) => DirectoryWords | { readonly refused: string };
  const change = async (c: Context, kind: Kind, words: Change): Promise<Response> => {
    const changed = await directory.change(kind, pathPart(c, 'id'), words);
    if (changed.kind === 'changed') return answer(c, 200, shown(c, changed.row));
    if (changed.kind === 'missing') return notThere(c);
    if (changed.kind === 'taken') return taken(c);
    return refuse(c, 400, 'The change does not fit the resource.', changed.refusal);
  };
  const replaces = (kind: Kind): ScopedOperation =>
    scoped(`Replaces a ${kind}.`, { 200: one, ...missing, ...bad }, async (c) => {
      const words = wordsOf(kind, await bodyOf(c));
      return words === undefined ? invalid(c) : change(c, kind, () => words);
    });
  const patches = (kind: Kind): ScopedOperation =>
    scoped(
      `Changes parts of a ${kind}; \`active: false\` says that a person left.`,
      { 200: one, ...missing, ...bad },
      async (c) => {
        const parsed = patchSchema.safeParse(await bodyOf(c));
        if (!parsed.success) return refuse(c, 400, 'This is no PatchOp.', 'invalidSyntax');
        return change(c, kind, (row) => {
          const patched = applyPatch(row.body, parsed.data.Operations);
          if (patched.kind === 'refused') return { refused: patched.scimType };
          return wordsOf(kind, patched.resource) ?? { refused: 'invalidValue' };
        });
      },
    );
  const removes = (kind: Kind): ScopedOperation =>
    scoped(
      `Removes a ${kind}; a person has left.`,
      { 204: { description: 'Removed.' }, ...missing },
      async (c) => ((await directory.remove(kind, pathPart(c, 'id'))) ? c.body(null, 204) : notThere(c)),
    );
  const tells = (summary: string, body: (baseUrl: string) => unknown): ScopedOperation =>
    scoped(summary, { 200: { description: 'As RFC 7643 has it.', type: scimType } }, async (c) =>
      answer(c, 200, body(room.baseUrl(c))),
    );

  return {
    'GET /scim/v2/Users': lists('user'),
    'POST /scim/v2/Users': adds('user'),
    'GET /scim/v2/Users/{id}': gets('user'),
    'PUT /scim/v2/Users/{id}': replaces('user'),
    'PATCH /scim/v2/Users/{id}': patches('user'),
    'DELETE /scim/v2/Users/{id}': removes('user'),
    'GET /scim/v2/Groups': lists('group'),
    'POST /scim/v2/Groups': adds('group'),
    'GET /scim/v2/Groups/{id}': gets('group'),
    'PUT /scim/v2/Groups/{id}': replaces('group'),
    'PATCH /scim/v2/Groups/{id}': patches('group'),
    'DELETE /scim/v2/Groups/{id}': removes('group'),
    'GET /scim/v2/ServiceProviderConfig': tells('Says what of SCIM is spoken here.', providerConfig),
    'GET /scim/v2/ResourceTypes': tells('Lists the resource types.', (url) => {
      const types = resourceTypes(url);
      return listOf(types, types.length, 1);
    }),
    'GET /scim/v2/Schemas': tells('Lists the attributes that are read.', (url) => {
      const schemas = schemaList(url);
      return listOf(schemas, schemas.length, 1);
    }),
  };
}

/** The body as JSON. Errors: those of parsing, and a text that no database takes. */
async function bodyOf(c: Context): Promise<unknown> {
  const parsed = parseBody(await readRawBody(c, bodyBytesMax), limits);
  if (!parsed.ok) throw new AppError(parsed.code, parsed.reason);
  if (/\\u0000/u.test(JSON.stringify(parsed.value))) throw new AppError('bad-request', 'A text holds a NUL.');
  return parsed.value;
}

/** What a body says of a person or group; undefined when it does not fit. */
function wordsOf(kind: Kind, body: unknown): DirectoryWords | undefined {
  if (kind === 'group') {
    const group = groupSchema.safeParse(body);
    if (!group.success) return undefined;
    return { kind, name: group.data.displayName, isActive: true, ...stored(group.data) };
  }
  const user = userSchema.safeParse(body);
  if (!user.success) return undefined;
  return { kind, name: user.data.userName, isActive: user.data.active, ...stored(user.data) };
}

function stored(data: z.output<typeof userSchema> | z.output<typeof groupSchema>) {
  const body: Record<string, Json> = { ...data };
  return { body, ...(data.externalId === undefined ? {} : { externalId: data.externalId }) };
}

/** `excludedAttributes=members`: what the caller does not want to read (RFC 7644, 3.9). */
function leftOut(c: Context): ReadonlySet<string> {
  const names = (c.req.query('excludedAttributes') ?? '').toLowerCase().split(',');
  return new Set(names.map((name) => name.trim().replace(/^urn:.*:/u, '')));
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,9}$/u.test(text) ? Number(text) : undefined;
}
