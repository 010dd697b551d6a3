import type { Context, Handler, Hono } from 'hono';
import { nobody } from '../../access/access-note.ts';
import type { Principal } from '../../access/principal.ts';
import { isScope } from '../../access/scope.ts';
import { AppError, type ErrorCode } from '../../core/errors.ts';
import { isLoopback } from '../caller/loopback.ts';
import { methodNotAllowed, requireContentType } from '../hardening/guards.ts';
import type { Room } from '../room.ts';
import { type RouteRow, routeTable } from '../route-table.ts';
import type { OpenOperation, Operations, ScopedOperation } from './operation.ts';

type Operation = ScopedOperation | OpenOperation;

export type Mounted = { readonly row: RouteRow; readonly operation: Operation };

/** Brings the table and its operations together. */
export function joined(operations: Operations): readonly Mounted[] {
  const byKey = new Map<string, Operation>(Object.entries(operations));
  return routeTable.map((row: RouteRow) => {
    const operation = byKey.get(`${row.method} ${row.path}`);
    if (operation === undefined) throw new TypeError(`no operation for ${row.method} ${row.path}`);
    return { row, operation };
  });
}

/** Registers every route behind its guards: who, then what is sent, then the operation. */
export function mount(app: Hono, mounted: readonly Mounted[], room: Room): void {
  for (const { row, operation } of mounted)
    app.on(row.method, honoPath(row.path), guarded(row, operation, room));
  const methods = Map.groupBy(mounted, ({ row }) => honoPath(row.path));
  for (const [path, rows] of methods) app.all(path, methodNotAllowed(...rows.map(({ row }) => row.method)));
}

/** `/v1/loops/{id}` as Hono writes it. `{rest}` takes all that follows. */
export function honoPath(path: string): string {
  return path.replace('{rest}', ':rest{.*}').replace(/(?<!:rest)\{(\w+)\}/gu, ':$1');
}

function guarded(row: RouteRow, operation: Operation, room: Room): Handler {
  const { takes } = row;
  const checkBody = (c: Context): void => {
    // A report may come packed; every other body is small.
    if (takes !== undefined)
      requireContentType(c, takes, takes.length > 1 ? ['identity', 'gzip'] : ['identity']);
  };
  if (operation.kind === 'open') {
    return async (c) => {
      try {
        room.limits.request(c, undefined);
        checkBody(c);
        return await operation.run(c);
      } catch (fault) {
        await recordRefusal(c, row, fault, room);
        throw fault;
      }
    };
  }
  const { access } = row;
  if (!isScope(access)) throw new TypeError(`${row.path} has no scope`);
  return async (c) => {
    const isLocal =
      row.isOpenToLoopback === true && isLoopback(c) && c.req.header('Authorization') === undefined;
    let caller: Principal | undefined;
    try {
      caller = isLocal ? thisMachine : await room.callers.require(c, access, row.isFrequent);
      checkBody(c);
      return await operation.run(c, caller);
    } catch (fault) {
      await recordRefusal(c, row, fault, room, caller);
      throw fault;
    }
  };
}

/** Attempts to get round what guards input, the order of things, the limits and the links. */
const refusedInput: ReadonlySet<ErrorCode> = new Set([
  'bad-request',
  'bad-json',
  'bad-record',
  'unrecognised-file',
  'bad-signature',
  'replayed',
  'too-large',
  'too-slow',
  'too-deep',
  'too-many',
  'compression-ratio',
  'unsupported-media-type',
  'link-expired',
  'conflict',
  'rate-limited',
]);

/**
 * Whoever shows nothing is sent to the door; whoever shows what is not valid, asks for too much, or for what is not theirs to
 * see, is recorded, and so is what was refused of the input.
 */
async function recordRefusal(
  c: Context,
  row: RouteRow,
  fault: unknown,
  room: Room,
  known?: Principal,
): Promise<void> {
  if (!(fault instanceof AppError)) return;
  const { code: reason } = fault;
  if (reason === 'unauthenticated' && c.req.header('Authorization') === undefined) return;
  const isDenied = reason === 'forbidden' || reason === 'unauthenticated' || reason === 'not-found';
  if (!isDenied && !refusedInput.has(reason)) return;
  // Who floods or shows nothing valid is not looked up, nor who comes through a door that is open to all.
  const isUnknown = reason === 'unauthenticated' || reason === 'rate-limited' || !isScope(row.access);
  const caller = isUnknown ? undefined : (known ?? (await room.visitor(c)));
  // What belongs to another team is not there: to whoever sees some teams, both look the same.
  if (reason === 'not-found' && (caller === undefined || caller.teams === 'all')) return;
  const kind = isDenied ? 'access.denied' : 'access.input-refused';
  const what = `${row.method} ${row.path}`;
  await room.record.refused(c, { kind, by: caller?.id ?? nobody, what, reason });
}

/** Whoever asks from this machine itself, where a route allows it. */
const thisMachine: Principal = {
  id: 'system:loopback',
  kind: 'system',
  name: 'this machine',
  scopes: new Set(['system:read']),
  teams: 'all',
};
