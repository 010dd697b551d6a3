import { z } from 'zod';
import { can, type Principal } from '../../access/principal.ts';
import { controlKinds } from '../../core/control/control.ts';
import { controlStates } from '../../core/control/states.ts';
import { AppError } from '../../core/errors.ts';
import { readDocument } from '../../core/experiments/canonical.ts';
import { instantOf } from '../../lib/instant.ts';
import { readBeforeAfter } from '../../loop/controls/before-after.ts';
import { type ControlInput, decideControl } from '../../loop/controls/decide.ts';
import { readOutExperiments } from '../../loop/experiments/read-out.ts';
import { isScopeShown, measureScope } from '../../loop/measure-scope.ts';
import { loopPrincipal } from '../../loop/parts.ts';
import type { ControlRow } from '../../ports/store.ts';
import {
  beforeAfterJson,
  type ControlJson,
  type ControlStoryJson,
  controlJson,
  controlSchema,
  controlStorySchema,
  patchJson,
} from '../json/control-json.ts';
import { readoutJson } from '../json/readout-json.ts';
import { iso, known } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { changing, type Operations, pathPart, reading } from '../table/operation.ts';

const language = z
  .string()
  .regex(/^[a-z]{2}(-[A-Z]{2})?$/u)
  .default('en')
  .describe('Language of title and sentences.');

const listQuery = z.strictObject({
  state: z.enum(controlStates).exactOptional(),
  behaviour: z.string().min(1).max(64).exactOptional(),
  kind: z.enum(controlKinds).exactOptional(),
  team: z.string().min(1).max(200).exactOptional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  language,
});

const reason = z.string().trim().min(3).max(500);
const decisionBody = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('accept') }),
  z.strictObject({
    decision: z.literal('apply'),
    from: z
      .string()
      .refine((text) => instantOf(text) !== undefined, 'write a date such as 2026-12-24')
      .exactOptional()
      .describe('The day from which it is in force, RFC 3339 or a date; now unless given.'),
  }),
  z.strictObject({ decision: z.literal('reject'), reason }),
  z.strictObject({ decision: z.literal('rollback'), reason }),
  z.strictObject({ decision: z.literal('end'), reason }),
]);

type ControlKeys = 'GET /v1/controls' | 'GET /v1/controls/{id}' | 'POST /v1/controls/{id}/decisions';

/** What is proposed where a mistake keeps coming back, and who decided what about it. */
export function controlRoutes(room: Room): Pick<Operations, ControlKeys> {
  const { parts, packs } = room.given;
  const json = (row: ControlRow, tongue: string, isCounted: boolean): ControlJson =>
    controlJson(row, packs.controls.get(row.template), tongue, isCounted);
  /** Whoever may read the cases can count them; others are told of groups that measures show. */
  const countedFor = async (caller: Principal, rows: readonly ControlRow[]) => {
    if (can(caller, 'loops:read')) return () => true;
    const behaviours = [...new Set(rows.map(({ behaviour }) => behaviour))];
    const scopes = new Map(
      await Promise.all(
        behaviours.map(async (behaviour) => {
          const question = { behaviour, by: 'control' } as const;
          return [
            behaviour,
            await measureScope(parts, loopPrincipal, question, room.given.config.measures),
          ] as const;
        }),
      ),
    );
    return (row: ControlRow): boolean => {
      const scope = scopes.get(row.behaviour);
      return scope !== undefined && isScopeShown(scope, row);
    };
  };
  const found = async (caller: Principal, id: string): Promise<ControlRow> => {
    const row = await parts.store.read.control(caller, id);
    if (row === undefined) throw new AppError('not-found', 'No control has this id.');
    return row;
  };
  /** The verdict of the experiment that was started last for this control. */
  const effectOf = async (
    caller: Principal,
    row: ControlRow,
    tongue: string,
  ): Promise<ControlStoryJson['effect']> => {
    const [tested] = (await parts.store.read.experiments(caller)).flatMap((experiment) => {
      const document = readDocument(experiment.document);
      return experiment.startedAt !== undefined && document?.control === row.id
        ? [{ experiment, document }]
        : [];
    });
    const words = packs.experimentWords(tongue) ?? packs.experimentWords('en');
    if (tested === undefined || words === undefined) return undefined;
    const { experiment, document } = tested;
    const readout = (await readOutExperiments(parts, caller, [experiment])).get(experiment.id);
    if (readout === undefined) return undefined;
    return {
      experiment: experiment.id,
      title: document.title,
      state: experiment.state,
      readout: readoutJson(document, readout, words, parts.clock.now()),
    };
  };
  return {
    'GET /v1/controls': reading({
      summary: 'Lists proposed and applied controls, the latest first.',
      query: listQuery,
      answers: { 200: { description: 'Controls.', schema: z.object({ items: z.array(controlSchema) }) } },
      handle: async ({ c, caller, query }) => {
        const { language: tongue, ...filter } = query;
        const rows = await parts.store.read.controls(caller, filter);
        const isCounted = await countedFor(caller, rows);
        return c.json({ items: rows.map((row) => json(row, tongue, isCounted(row))) });
      },
    }),
    'GET /v1/controls/{id}': reading({
      summary:
        'One control with its patch, the way back, its back-test, what was counted before and since, and its effect by an experiment.',
      query: z.strictObject({ language }),
      answers: { 200: { description: 'The control.', schema: controlStorySchema } },
      handle: async ({ c, caller, query }) => {
        const row = await found(caller, pathPart(c, 'id'));
        const effect = await readBeforeAfter(parts, row, room.given.config.measures);
        const story = await parts.store.read.controlLedger(caller, row.id);
        const template = packs.controls.get(row.template)?.template;
        const words = template?.words[query.language] ?? template?.words['en'];
        const isCounted = (await countedFor(caller, [row]))(row);
        return c.json({
          ...json(row, query.language, isCounted),
          ...known('apply', words?.apply),
          ...known('rollbackWords', words?.rollback),
          loops: isCounted ? row.body.evidence.loops : [],
          ...patchJson(row.body.patch),
          ...known('beforeAfter', effect === undefined ? undefined : beforeAfterJson(effect)),
          ...known('effect', await effectOf(caller, row, query.language)),
          story: story.map(({ at, kind, hash }) => ({ at: iso(at), kind, hash })),
        });
      },
    }),
    'POST /v1/controls/{id}/decisions': changing({
      summary: 'Decides about a control. What blocks something is accepted by two people.',
      body: decisionBody,
      answers: { 200: { description: 'The control as it stands now.', schema: controlSchema } },
      handle: async ({ c, caller, body }) => {
        const decided = await decideControl(parts, caller, pathPart(c, 'id'), inputOf(body));
        if (decided.kind === 'not-found') throw new AppError('not-found', 'No control has this id.');
        if (decided.kind === 'refused') throw new AppError('conflict', sentence(decided.reason));
        const isCounted = await countedFor(caller, [decided.control]);
        return c.json(json(decided.control, 'en', isCounted(decided.control)));
      },
    }),
  };
}

function inputOf(body: z.infer<typeof decisionBody>): ControlInput {
  if (body.decision !== 'apply') return body;
  const from = body.from === undefined ? undefined : instantOf(body.from);
  return { decision: 'apply', ...known('from', from) };
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
