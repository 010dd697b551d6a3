import { z } from 'zod';
import type { Principal } from '../../access/principal.ts';
import { durationMs } from '../../core/duration.ts';
import { AppError } from '../../core/errors.ts';
import { keptNote } from '../../core/kept-text.ts';
import { loopPrincipal } from '../../loop/parts.ts';
import { type ExceptionRow, exceptionStates } from '../../ports/store.ts';
import { requireAllTeams } from '../caller/caller.ts';
import { id32, instant, iso, knownInstant } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { acting, changing, noQuery, type Operations, pathPart, reading } from '../table/operation.ts';

const name = z.string().min(1).max(512);
const exceptionSchema = z.object({
  id: id32,
  state: z.enum(exceptionStates),
  rule: z.string(),
  subject: z.object({ type: z.string(), id: z.string() }),
  action: z.string(),
  resource: z.object({ type: z.string(), id: z.string() }),
  reason: z.string(),
  askedBy: z.string(),
  askedAt: instant,
  minutes: z.int(),
  decidedBy: z.string().exactOptional(),
  decidedAt: instant.exactOptional(),
  until: instant.exactOptional(),
  uses: z.int().describe('Decisions that it changed.'),
});

export type ExceptionJson = z.infer<typeof exceptionSchema>;

const askBody = z.strictObject({
  rule: z.string().min(2).max(64).describe('The rule that forbids it, as the denial names it.'),
  subject: z.strictObject({ type: name, id: name }),
  action: name,
  resource: z.strictObject({ type: name, id: name }),
  reason: z.string().trim().min(3).max(300),
  minutes: z.int().min(5).max(525_600),
});

const verdictBody = z.strictObject({ decision: z.enum(['approve', 'refuse']) });

/** Exceptions of one asker that wait: a stolen token must not bury the others. */
export const exceptionsWaitingMax = 20;

type ExceptionKeys =
  | 'GET /v1/policy/exceptions'
  | 'POST /v1/policy/exceptions'
  | 'GET /v1/policy/exceptions/{id}'
  | 'POST /v1/policy/exceptions/{id}'
  | 'DELETE /v1/policy/exceptions/{id}';

/** An exception is asked for by one, decided by another, ends by itself, and is counted. */
export function policyExceptionRoutes(room: Room): Pick<Operations, ExceptionKeys> {
  const { parts, policies } = room.given;
  const found = async (id: string): Promise<ExceptionRow> => {
    const row = id32.safeParse(id).success ? await parts.store.read.exception(loopPrincipal, id) : undefined;
    if (row === undefined) throw new AppError('not-found', 'No exception has this id.');
    return row;
  };
  const decide = async (row: ExceptionRow, state: 'approved' | 'refused' | 'ended', caller: Principal) => {
    const at = parts.clock.now();
    const until = state === 'approved' ? at + row.durationMs : state === 'ended' ? at : undefined;
    const verdict = {
      id: row.id,
      state,
      by: caller.id,
      byName: caller.name,
      at,
      ...(until === undefined ? {} : { until }),
    };
    if (!(await parts.store.transaction((tx) => tx.decideException(verdict))))
      throw new AppError('conflict', 'It stands otherwise by now.');
    const decided = await found(row.id);
    policies.exceptions.put(decided);
    return decided;
  };
  return {
    'GET /v1/policy/exceptions': reading({
      summary: 'Lists exceptions to policies, the latest first.',
      query: noQuery,
      answers: {
        200: { description: 'The latest 200.', schema: z.object({ items: z.array(exceptionSchema) }) },
      },
      handle: async ({ c, caller }) => {
        requireAllTeams(caller);
        const rows = await parts.store.read.exceptions(loopPrincipal, { limit: 200 });
        return c.json({ items: rows.map(exceptionJson) });
      },
    }),
    'POST /v1/policy/exceptions': changing({
      summary: 'Asks for an exception: one subject, one rule, one action on one thing, for a while.',
      body: askBody,
      answers: { 201: { description: 'It waits for a second person.', schema: exceptionSchema } },
      handle: async ({ c, caller, body }) => {
        const { rule, subject, action, resource, reason, minutes } = body;
        const known = policies.live.current().rules.find(({ id }) => id === rule);
        if (known === undefined) throw new AppError('not-found', 'No rule has this id.');
        if (known.exception === undefined)
          throw new AppError('conflict', 'No exception to this rule can be asked for.');
        if (minutes * 60_000 > durationMs(known.exception))
          throw new AppError('bad-request', `minutes: at most ${known.exception} for this rule.`);
        if (caller.agent !== undefined && caller.agent !== subject.id)
          throw new AppError('forbidden', 'An agent asks for itself only.');
        const rows = await parts.store.read.exceptions(loopPrincipal, { limit: 1_000 });
        const own = rows.filter(({ state, askedBy }) => state === 'asked' && askedBy === caller.id);
        if (own.length >= exceptionsWaitingMax)
          throw new AppError(
            'conflict',
            `Limit exceptionsWaitingMax (${exceptionsWaitingMax}): decide those first.`,
          );
        const row: ExceptionRow = {
          id: parts.randomId(),
          rule,
          subjectType: subject.type,
          subjectId: subject.id,
          action,
          resourceType: resource.type,
          resourceId: resource.id,
          reason: keptNote(reason),
          askedBy: caller.id,
          askedByName: caller.name,
          askedAt: parts.clock.now(),
          durationMs: minutes * 60_000,
          state: 'asked',
          uses: 0,
        };
        await parts.store.transaction((tx) => tx.insertException(row));
        return c.json(exceptionJson(row), 201);
      },
    }),
    'GET /v1/policy/exceptions/{id}': reading({
      summary: 'Where an exception stands.',
      query: noQuery,
      answers: { 200: { description: 'The exception.', schema: exceptionSchema } },
      handle: async ({ c, caller }) => {
        const row = await found(pathPart(c, 'id'));
        // Whoever asked may know; of others only who sees everything.
        if (row.askedBy !== caller.id) requireAllTeams(caller);
        return c.json(exceptionJson(row));
      },
    }),
    'POST /v1/policy/exceptions/{id}': changing({
      summary: 'Decides about an exception that somebody else asked for.',
      body: verdictBody,
      answers: {
        200: { description: 'As decided. An approved one runs from now.', schema: exceptionSchema },
      },
      handle: async ({ c, caller, body }) => {
        requirePerson(caller);
        requireAllTeams(caller);
        const row = await found(pathPart(c, 'id'));
        if (row.state !== 'asked') throw new AppError('conflict', `It is ${row.state} already.`);
        if (row.askedBy === caller.id)
          throw new AppError('forbidden', 'A second person decides, not the one who asked.');
        const decided = await decide(row, body.decision === 'approve' ? 'approved' : 'refused', caller);
        return c.json(exceptionJson(decided));
      },
    }),
    'DELETE /v1/policy/exceptions/{id}': acting({
      summary: 'Ends an exception now.',
      answers: { 200: { description: 'It has ended.', schema: exceptionSchema } },
      handle: async ({ c, caller }) => {
        requirePerson(caller);
        requireAllTeams(caller);
        const row = await found(pathPart(c, 'id'));
        if (row.state !== 'approved') throw new AppError('conflict', `It is ${row.state}.`);
        return c.json(exceptionJson(await decide(row, 'ended', caller)));
      },
    }),
  };
}

function requirePerson(caller: Principal): void {
  if (caller.kind === 'agent') throw new AppError('forbidden', 'An agent decides no exception.');
}

function exceptionJson(row: ExceptionRow) {
  return {
    id: row.id,
    state: row.state,
    rule: row.rule,
    subject: { type: row.subjectType, id: row.subjectId },
    action: row.action,
    resource: { type: row.resourceType, id: row.resourceId },
    reason: row.reason,
    askedBy: row.askedByName,
    askedAt: iso(row.askedAt),
    minutes: Math.round(row.durationMs / 60_000),
    ...(row.decidedByName === undefined ? {} : { decidedBy: row.decidedByName }),
    ...knownInstant('decidedAt', row.decidedAt),
    ...knownInstant('until', row.until),
    uses: row.uses,
  };
}
