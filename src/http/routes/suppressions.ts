import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { isMask } from '../../core/mask.ts';
import { instantOf } from '../../lib/instant.ts';
import { loopPrincipal } from '../../loop/parts.ts';
import { activeSuppressions, applySuppression } from '../../loop/suppress.ts';
import { requireAllTeams } from '../caller/caller.ts';
import { id32, instant, iso } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { acting, changing, noQuery, type Operations, pathPart, reading } from '../table/operation.ts';

const wildcardsMax = 6;

const suppressionBody = z
  .strictObject({
    kind: z.enum(['path', 'repository', 'value']),
    pattern: z
      .string()
      .trim()
      .min(1)
      .max(300)
      .describe('A path or repository pattern such as `**/testdata/**`, or the mask of a value.'),
    reason: z.string().trim().min(3).max(300),
    until: z.string().refine((text) => instantOf(text) !== undefined, 'write a date such as 2027-03-31'),
  })
  .superRefine(({ kind, pattern }, context) => {
    const say = (message: string) => context.addIssue({ code: 'custom', path: ['pattern'], message });
    // No value of a secret rests here: what it looks like is known by its mask.
    if (kind === 'value' && !isMask(pattern))
      say('write the mask of the value as a loop shows it, never the value');
    if (kind === 'value') return;
    if (/^\W*$/u.test(pattern)) say('this would cover everything: name a folder or a file');
    // Patterns meet every path that is reported: those that could take long are not taken.
    if (/[(){}|!+@\\]/u.test(pattern)) say('use only *, ** and ? beside plain characters');
    if ((pattern.match(/\*+/gu) ?? []).length > wildcardsMax) say(`use at most ${wildcardsMax} wildcards`);
  });

const suppressionSchema = z.object({
  id: id32,
  kind: z.enum(['path', 'repository', 'value']),
  pattern: z.string(),
  reason: z.string(),
  by: z.string(),
  until: instant,
  createdAt: instant,
});

/** A suppression ends: what nobody looks at again would hide for ever. */
export const suppressionDaysMax = 366;

type SuppressionKeys = 'GET /v1/suppressions' | 'POST /v1/suppressions' | 'DELETE /v1/suppressions/{id}';

/** Rules for what is test data or a dummy, each until a date. */
export function suppressionRoutes(room: Room): Pick<Operations, SuppressionKeys> {
  const { parts } = room.given;
  return {
    'GET /v1/suppressions': reading({
      summary: 'Lists the rules that hold now.',
      query: noQuery,
      answers: {
        200: { description: 'All rules.', schema: z.object({ items: z.array(suppressionSchema) }) },
      },
      handle: async ({ c }) => {
        // They are patterns, not cases: whoever reads loops may know why one is missing.
        const rows = await activeSuppressions(parts, parts.clock.now());
        const items = rows.map((row) => ({ ...row, until: iso(row.until), createdAt: iso(row.createdAt) }));
        return c.json({ items });
      },
    }),
    'POST /v1/suppressions': changing({
      summary: 'Adds a rule: what it covers wholly, and nobody was told of, is dismissed until the date.',
      body: suppressionBody,
      answers: { 201: { description: 'The rule.', schema: suppressionSchema } },
      handle: async ({ c, caller, body }) => {
        requireAllTeams(caller);
        const now = parts.clock.now();
        const until = instantOf(body.until) ?? 0;
        if (until <= now || until > now + suppressionDaysMax * 86_400_000)
          throw new AppError('bad-request', `until: a date within the next ${suppressionDaysMax} days.`);
        const { kind, pattern, reason } = body;
        const row = { id: parts.randomId(), kind, pattern, reason, by: caller.name, until, createdAt: now };
        await parts.store.transaction((tx) => tx.insertSuppression(row));
        await applySuppression(parts, row);
        return c.json({ ...row, until: iso(until), createdAt: iso(now) }, 201);
      },
    }),
    'DELETE /v1/suppressions/{id}': acting({
      summary: 'Ends a rule now.',
      answers: { 204: { description: 'It has ended.' } },
      handle: async ({ c, caller }) => {
        requireAllTeams(caller);
        const id = pathPart(c, 'id');
        const now = parts.clock.now();
        const stored = await parts.store.read.suppressions(loopPrincipal, now);
        const rule = stored.find((row) => row.id === id);
        const isDone =
          rule !== undefined && (await parts.store.transaction((tx) => tx.endSuppression(id, now)));
        if (!isDone) throw new AppError('not-found', 'No rule that holds and was made here has this id.');
        await applySuppression(parts, rule);
        return c.body(null, 204);
      },
    }),
  };
}
