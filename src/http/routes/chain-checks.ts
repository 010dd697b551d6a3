import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { type ChainCheck, checkAuditChain, checkLoopChain, findingsMax } from '../audit/check-chains.ts';
import { requireAllTeams } from '../caller/caller.ts';
import { instant, iso } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, pathPart, reading } from '../table/operation.ts';
import { findStory } from './loops.ts';

const checkSchema = z.object({
  isWhole: z.boolean(),
  entries: z.int().describe('That were read.'),
  head: z.object({ seq: z.int(), hash: z.string() }).exactOptional(),
  checkpoint: z
    .object({ n: z.int(), at: instant, keyId: z.string(), seq: z.int().describe('Up to this entry.') })
    .exactOptional()
    .describe(
      'The newest signed checkpoint that vouches for it; later entries are vouched for by the database alone.',
    ),
  findings: z
    .array(z.object({ kind: z.string(), where: z.string(), detail: z.string() }))
    .describe(`What is wrong, and where: the first ${findingsMax}.`),
  found: z.int().describe('How many there are in all.'),
});
export type ChainCheckJson = z.infer<typeof checkSchema>;

type Keys = 'GET /v1/audit/check' | 'GET /v1/loops/{id}/ledger';

/** Checks of whole chains, here in the server. Whoever does not trust it checks what they exported, elsewhere. */
export function chainCheckRoutes(room: Room): Pick<Operations, Keys> {
  const { publicKeys, parts } = room.given;
  const { read } = parts.store;
  // A long chain takes a while: whoever asks meanwhile gets the answer of the check that runs.
  let running: Promise<ChainCheck> | undefined;
  return {
    'GET /v1/audit/check': reading({
      summary:
        'Reads the whole chain of access decisions and says whether it is whole, up to which checkpoint.',
      query: noQuery,
      answers: { 200: { description: 'What was found.', schema: checkSchema } },
      handle: async ({ c, caller }) => {
        requireAllTeams(caller);
        room.limits.few(c, 'exports', caller);
        await room.record.settle();
        running ??= checkAuditChain(read, caller, publicKeys).finally(() => {
          running = undefined;
        });
        return c.json(checkJson(await running));
      },
    }),
    'GET /v1/loops/{id}/ledger': reading({
      summary:
        'Says whether the chain of a loop is whole, against its row and every checkpoint that sealed it.',
      query: noQuery,
      answers: { 200: { description: 'What was found.', schema: checkSchema } },
      handle: async ({ c, caller }) => {
        const { loop } = await findStory(room, caller, pathPart(c, 'id'));
        room.limits.few(c, 'exports', caller);
        const rows = await read.ledger(caller, loop.id);
        if (rows === undefined) throw new AppError('not-found', 'No loop has this id or case code.');
        const checkpoints = await read.checkpointsOf(caller, loop.id);
        return c.json(checkJson(checkLoopChain(loop, rows.entries, checkpoints, publicKeys)));
      },
    }),
  };
}

function checkJson({ entries, head, checkpoint, findings, found }: ChainCheck): ChainCheckJson {
  return {
    isWhole: found === 0,
    entries,
    ...(head === undefined ? {} : { head }),
    ...(checkpoint === undefined ? {} : { checkpoint: { ...checkpoint, at: iso(checkpoint.at) } }),
    findings: findings.map((finding) => ({ ...finding })),
    found,
  };
}
