import type { Context } from 'hono';
import { z } from 'zod';
import type { Principal } from '../../access/principal.ts';
import { AppError } from '../../core/errors.ts';
import { isStorable, readJsonBody } from '../hardening/json-body.ts';
import { requestFault } from '../hardening/problem-response.ts';
import type { OpenKey, ScopedKey } from '../route-table.ts';

/** What a route answers with, for its description. Errors are described once for all routes. */
export type Answers = Readonly<
  Record<number, { readonly description: string; readonly schema?: z.ZodType; readonly type?: string }>
>;

type Described = {
  readonly summary: string;
  readonly answers: Answers;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
};

/** A route that needs a caller, whose scope was checked. */
export type ScopedOperation = Described & {
  readonly kind: 'scoped';
  readonly run: (c: Context, caller: Principal) => Promise<Response> | Response;
};

/** A route that judges by itself who comes. */
export type OpenOperation = Described & {
  readonly kind: 'open';
  readonly run: (c: Context) => Promise<Response> | Response;
};

/** Every route with its operation: the compiler misses none. */
export type Operations = { readonly [K in ScopedKey]: ScopedOperation } & {
  readonly [K in OpenKey]: OpenOperation;
};

/** Bodies of our own JSON requests: a decision, a filter. Reports have their own limit. */
export const jsonBodyBytesMax = 64 * 1024;

export const noQuery = z.strictObject({});

/**
 * Reads something, or takes a body of its own kind: what is asked stands in the query. A parameter that is not known is
 * refused, so that a typing error shows.
 */
export function reading<Query>(given: {
  readonly summary: string;
  readonly query: z.ZodType<Query>;
  readonly answers: Answers;
  readonly handle: (asked: {
    readonly c: Context;
    readonly caller: Principal;
    readonly query: Query;
  }) => Promise<Response> | Response;
}): ScopedOperation {
  const { handle, ...described } = given;
  return {
    kind: 'scoped',
    ...described,
    run: (c, caller) => handle({ c, caller, query: queryOf(c, given.query) }),
  };
}

/** Changes something: a small JSON body, read whole. */
export function changing<Body>(given: {
  readonly summary: string;
  readonly body: z.ZodType<Body>;
  readonly answers: Answers;
  readonly handle: (asked: {
    readonly c: Context;
    readonly caller: Principal;
    readonly body: Body;
  }) => Promise<Response> | Response;
}): ScopedOperation {
  const { handle, ...described } = given;
  return {
    kind: 'scoped',
    ...described,
    run: async (c, caller) => {
      queryOf(c, noQuery);
      return handle({ c, caller, body: await bodyOf(c, given.body) });
    },
  };
}

/** Changes something that the path alone names. */
export function acting(given: {
  readonly summary: string;
  readonly answers: Answers;
  readonly handle: (asked: {
    readonly c: Context;
    readonly caller: Principal;
  }) => Promise<Response> | Response;
}): ScopedOperation {
  const { handle, ...described } = given;
  return {
    kind: 'scoped',
    ...described,
    run: (c, caller) => {
      queryOf(c, noQuery);
      return handle({ c, caller });
    },
  };
}

export function open(given: {
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly answers: Answers;
  readonly handle: (c: Context) => Promise<Response> | Response;
}): OpenOperation {
  const { handle, ...described } = given;
  return { kind: 'open', ...described, run: handle };
}

/** The query parameters. Errors: `bad-request`, also for one that is not known or given twice. */
export function queryOf<Query>(c: Context, schema: z.ZodType<Query>): Query {
  const given = c.req.queries();
  const doubled = Object.keys(given).find((name) => (given[name]?.length ?? 0) > 1);
  if (doubled !== undefined) throw new AppError('bad-request', 'A query parameter is given more than once.');
  const values = c.req.query();
  if (!isStorable(values)) throw notStorable();
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw requestFault(parsed.error);
}

/** A small JSON body. Errors: `bad-request`, `too-large`. */
export async function bodyOf<Body>(c: Context, schema: z.ZodType<Body>): Promise<Body> {
  const parsed = schema.safeParse(await readJsonBody(c, jsonBodyBytesMax));
  if (parsed.success) return parsed.data;
  throw requestFault(parsed.error);
}

/** A part of the path. Every route that asks has it. Errors: `not-found` for what names nothing anywhere. */
export function pathPart(c: Context, name: string): string {
  const part = c.req.param(name) ?? '';
  if (isStorable(part)) return part;
  throw new AppError('not-found', '');
}

function notStorable(): AppError {
  return new AppError('bad-request', 'A text holds a NUL or half a character.');
}
