import { z } from 'zod';
import { controlKinds } from '../../core/control/control.ts';
import type { MeasuredControl } from '../../loop/measure-controls.ts';
import { rate } from './rate-json.ts';
import { id32, instant, iso, knownInstant } from './shapes.ts';

const side = z.object({
  days: z.int(),
  loops: z.int(),
  relapses: z.int(),
  opportunities: z.number(),
  rate: rate.omit({ uncounted: true }),
});

export const measuredControlSchema = z.object({
  id: id32,
  kind: z.enum(controlKinds),
  template: z.string(),
  scope: z.object({ kind: z.enum(['owner', 'team', 'everyone']), id: z.string() }),
  appliedAt: instant,
  closedAt: instant.exactOptional(),
  hidden: z.string().exactOptional().describe('Why no figure is shown.'),
  before: side.exactOptional().describe('Ninety days up to the day on which it came into force.'),
  since: side.exactOptional().describe('That day and those after it, while it is in force.'),
  per: z.enum(['opportunity', 'day']).exactOptional().describe('What `expectedSince` goes by.'),
  expectedSince: z
    .number()
    .exactOptional()
    .describe('So many cases would have come since anyway. Left out where there is nobody to learn it from.'),
  effect: z.string().describe('Where its measured effect is found: before and since are none.'),
});

const reasons = {
  'one-owner': 'It is about one workload or agent, and no group.',
  'few-people': 'The group is too small to be shown, or would give a small one away.',
} as const;

export function measuredControlJson(measured: MeasuredControl): object {
  const { id, kind, template, scope, appliedAt, closedAt } = measured.control;
  const head = {
    id,
    kind,
    template,
    scope,
    appliedAt: iso(appliedAt),
    ...knownInstant('closedAt', closedAt),
  };
  const effect = `/v1/controls/${id}`;
  if (measured.kind === 'hidden') return { ...head, hidden: reasons[measured.reason], effect };
  const { before, since, ...rest } = measured.figure;
  return { ...head, before: sideJson(before), since: sideJson(since), ...rest, effect };
}

type Side = Extract<MeasuredControl, { readonly kind: 'shown' }>['figure']['before'];

function sideJson({ failures, ...rest }: Side) {
  return { loops: failures, ...rest };
}
