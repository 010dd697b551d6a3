import { z } from 'zod';
import type { ControlChange } from '../../core/control/before-after.ts';
import { type ControlPatch, controlKinds } from '../../core/control/control.ts';
import { controlStates } from '../../core/control/states.ts';
import type { Estimate } from '../../core/measures/rates/interval.ts';
import type { PackControl } from '../../packs/control-files.ts';
import { type ControlRow, experimentStates } from '../../ports/store.ts';
import { readoutSchema } from './readout-json.ts';
import { id32, instant, iso, known, knownInstant } from './shapes.ts';

const estimateSchema = z.object({ value: z.number(), low: z.number(), high: z.number().exactOptional() });
const fileSchema = z.object({
  target: z.string(),
  path: z.string(),
  mode: z.enum(['create', 'append', 'remove']),
  text: z.string(),
});
const ratioSchema = z.object({
  kind: z.literal('ratio'),
  before: z.object({ failures: z.int(), chances: z.number() }),
  after: z.object({ failures: z.int(), chances: z.number() }),
  per: z.enum(['opportunity', 'day']),
  ratio: estimateSchema.describe(
    'Rate since over rate before, with its exact 95 % interval. By itself no effect.',
  ),
  expected: z
    .number()
    .exactOptional()
    .describe('What the ratio would be with nothing done: after much there comes less by itself.'),
  units: z.int(),
  verdict: z.enum(['less', 'more', 'too-early']),
});
const noRatioSchema = z.object({
  kind: z.literal('not-enough-data'),
  reason: z.enum(['few-days', 'few-failures', 'few-people']),
});

export const controlSchema = z.object({
  id: id32,
  behaviour: z.string(),
  kind: z.enum(controlKinds),
  template: z.string(),
  title: z.string(),
  why: z.string().exactOptional(),
  scope: z.object({ kind: z.enum(['owner', 'team', 'everyone']), id: z.string() }),
  team: z.string().exactOptional(),
  state: z.enum(controlStates),
  needs: z
    .enum(['decision', 'second-person', 'patch'])
    .exactOptional()
    .describe('What it waits for: a first person, a second one, or somebody who applies the patch.'),
  decider: z.object({ kind: z.enum(['team', 'duty']), id: z.string() }),
  isBlocking: z.boolean(),
  proposedAt: instant,
  dueAt: instant.exactOptional().describe('When time ends it, as it stands now.'),
  acceptedBy: z.string().exactOptional(),
  acceptedAt: instant.exactOptional(),
  secondBy: z.string().exactOptional(),
  secondAt: instant.exactOptional(),
  appliedAt: instant.exactOptional(),
  appliedBy: z.string().exactOptional(),
  closedAt: instant.exactOptional(),
  closedBy: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  relapses: z
    .int()
    .exactOptional()
    .describe('This and what follows of a small group: only for whoever may read its cases (`loops:read`).'),
  habits: z.int().exactOptional().describe('People, programs or teams that relapsed.'),
  backTest: z.object({
    from: instant,
    to: instant,
    failures: z.object({ of: z.int(), caught: z.int(), missed: z.int(), notKnown: z.int() }).exactOptional(),
    good: z.object({
      sampled: z.int(),
      total: z.number().describe('How many good actions the sample stands for.'),
      notKnown: z.int(),
      stopped: estimateSchema.exactOptional().describe('Left out where it is not known.'),
    }),
    gaps: z.array(z.string()),
  }),
});

export const controlStorySchema = controlSchema.extend({
  apply: z.string().exactOptional(),
  rollbackWords: z.string().exactOptional(),
  loops: z.array(id32),
  files: z.array(fileSchema),
  rollback: z.array(fileSchema),
  identifiers: z.record(z.string(), z.array(z.string())),
  unusable: z.array(
    z.object({ placeholder: z.string(), type: z.string(), shown: z.string(), event: z.string() }),
  ),
  beforeAfter: z
    .discriminatedUnion('kind', [ratioSchema, noRatioSchema])
    .exactOptional()
    .describe('What was counted before it was in force and since. Never an effect.'),
  effect: z
    .object({
      experiment: z.string(),
      title: z.string(),
      state: z.enum(experimentStates),
      readout: readoutSchema,
    })
    .exactOptional()
    .describe('The verdict of the experiment that was registered for it; left out where there is none.'),
  story: z.array(z.object({ at: instant, kind: z.string(), hash: z.string() })),
});

export type ControlJson = z.infer<typeof controlSchema>;

/** @param isCounted whether how many cases it is about may be said */
export function controlJson(
  row: ControlRow,
  pack: PackControl | undefined,
  language: string,
  isCounted: boolean,
): ControlJson {
  const words = pack?.template.words[language] ?? pack?.template.words['en'];
  const { evidence, backTest } = row.body;
  const isOpen = row.state === 'proposed' || row.state === 'accepted' || row.state === 'applied';
  const { stopped, ...good } = backTest.good;
  return {
    id: row.id,
    behaviour: row.behaviour,
    kind: row.kind,
    template: row.template,
    title: words?.title ?? row.template,
    ...known('why', words?.why),
    scope: row.scope,
    ...known('team', row.team),
    state: row.state,
    ...known('needs', needOf(row)),
    decider: row.decider,
    isBlocking: row.isBlocking,
    proposedAt: iso(row.proposedAt),
    ...knownInstant('dueAt', isOpen ? row.dueAt : undefined),
    ...known('acceptedBy', row.acceptedByName),
    ...knownInstant('acceptedAt', row.acceptedAt),
    ...known('secondBy', row.secondByName),
    ...knownInstant('secondAt', row.secondAt),
    ...knownInstant('appliedAt', row.appliedAt),
    ...known('appliedBy', row.appliedByName),
    ...knownInstant('closedAt', row.closedAt),
    ...known('closedBy', row.closedByName),
    ...known('reason', row.reason),
    ...(isCounted ? { relapses: evidence.relapses, habits: evidence.habits } : {}),
    backTest: {
      from: iso(backTest.from),
      to: iso(backTest.to),
      ...(isCounted ? { failures: backTest.failures } : {}),
      good: { ...good, ...known('stopped', stopped === undefined ? undefined : estimateJson(stopped)) },
      gaps: [...backTest.gaps],
    },
  };
}

function needOf(row: ControlRow): ControlJson['needs'] {
  if (row.state === 'accepted') return 'patch';
  if (row.state !== 'proposed') return undefined;
  return row.acceptedAt === undefined ? 'decision' : 'second-person';
}

/** An upper bound that the data does not set is left out: JSON has no infinity. */
function estimateJson({ value, lower, upper }: Estimate): z.infer<typeof estimateSchema> {
  return { value, low: lower, ...known('high', Number.isFinite(upper) ? upper : undefined) };
}

export function patchJson({ files, rollback, identifiers, unusable }: ControlPatch) {
  return {
    files: [...files],
    rollback: [...rollback],
    identifiers: Object.fromEntries(Object.entries(identifiers).map(([name, all]) => [name, [...all]])),
    unusable: [...unusable],
  };
}

export function beforeAfterJson(effect: ControlChange): z.infer<typeof controlStorySchema>['beforeAfter'] {
  if (effect.kind === 'not-enough-data') return effect;
  const { own, ratio, per, expected, units, verdict } = effect;
  return {
    kind: 'ratio',
    before: { failures: own.before, chances: own.chancesBefore },
    after: { failures: own.after, chances: own.chancesAfter },
    per,
    ratio: estimateJson(ratio),
    ...known('expected', expected),
    units,
    verdict,
  };
}

export type ControlStoryJson = z.infer<typeof controlStorySchema>;
