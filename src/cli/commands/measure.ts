import { z } from 'zod';
import { type ExitCode, exit } from '../exit.ts';
import { line, next, note, table, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

const bounds = { value: z.number().optional(), lower: z.number().optional(), upper: z.number().optional() };
const rate = z.looseObject({
  ...bounds,
  failures: z.number(),
  opportunities: z.number(),
  uncounted: z.number(),
});
const risk = z.looseObject({ ...bounds, n: z.number(), events: z.number() });
const time = z.looseObject({ ...bounds, n: z.number(), events: z.number(), median: z.number().optional() });
const share = z.looseObject({ ...bounds, x: z.number(), n: z.number() });
const perFix = z.looseObject({ ...bounds, spent: z.number(), fixes: z.number() });
const side = z.looseObject({
  days: z.number(),
  loops: z.number(),
  relapses: z.number(),
  rate: z.looseObject(bounds),
});
const figures = z.looseObject({
  loops: z.number(),
  rate,
  recurrence: risk,
  relapse: risk,
  times: z.looseObject({ owner: time, reply: time, claim: time, fix: time }),
  funnel: z.array(z.looseObject({ step: z.string(), share })),
  ownerReach: share,
  reroutes: z.looseObject({ n: z.number(), of: z.number() }),
  snoozes: z.looseObject({ n: z.number(), of: z.number() }),
  messagesPerFix: perFix,
  minutesPerFix: perFix.extend({ decisions: z.number(), minutesPerDecision: z.number() }),
  change: z.looseObject({
    affected: z.number(),
    before: z.number().optional(),
    after: z.number().optional(),
    expectedAfter: z.number().optional(),
  }),
});
const stand = {
  asOf: z.string(),
  watermark: z.looseObject({
    loops: z.number(),
    receiptAt: z.string().optional(),
    checkpoint: z.number().optional(),
  }),
  group: z.looseObject({ people: z.number() }),
  hidden: z.string().optional(),
};
const oneSchema = z.looseObject({
  ...stand,
  figures: figures.optional(),
  groups: z
    .array(z.looseObject({ id: z.string(), hidden: z.string().optional(), figures: figures.optional() }))
    .default([]),
  taxonomy: z.array(
    z.looseObject({
      kind: z.enum(['re-mapped', 'break']),
      on: z.string(),
      from: z.looseObject({ behaviour: z.string(), version: z.number() }),
      to: z.looseObject({ behaviour: z.string(), version: z.number().optional() }).optional(),
      why: z.string(),
    }),
  ),
  controls: z
    .array(
      z.looseObject({
        id: z.string(),
        template: z.string(),
        scope: z.looseObject({ kind: z.string(), id: z.string() }),
        appliedAt: z.string(),
        hidden: z.string().optional(),
        before: side.optional(),
        since: side.optional(),
        expectedSince: z.number().optional(),
      }),
    )
    .optional(),
  revised: z.array(
    z.looseObject({
      month: z.string(),
      was: z.looseObject({ failures: z.number(), opportunities: z.number() }),
      is: z.looseObject({ failures: z.number(), opportunities: z.number() }),
    }),
  ),
});
const allSchema = z.looseObject({
  ...stand,
  items: z.array(
    z.looseObject({
      behaviour: z.string(),
      loops: z.number(),
      rate,
      recurrence: risk,
      fix: time,
      messagesPerFix: perFix,
      minutesPerFix: perFix,
    }),
  ),
});

type Flags = StoreFlags & {
  readonly json?: boolean;
  readonly by?: string;
  readonly team?: string;
  readonly kind?: string;
  readonly control?: string;
  readonly from?: string;
  readonly to?: string;
};

export async function measureCommand(behaviour: string | undefined, flags: Flags): Promise<ExitCode> {
  return behaviour === undefined ? measureEverything(flags) : measureOne(behaviour, flags);
}

async function measureEverything(flags: Flags): Promise<ExitCode> {
  const found = await withSession(flags, (session) =>
    session.ask({ method: 'GET', path: '/v1/measures' }, allSchema),
  );
  if (flags.json === true) writeJson(found);
  else if (found.items.length > 0) {
    const rows = found.items.map((item) => [
      item.behaviour,
      String(item.loops),
      perThousand(item.rate),
      percent(item.recurrence),
      median(item.fix),
      each(item.messagesPerFix),
      each(item.minutesPerFix),
    ]);
    const head = [
      'behaviour',
      'loops',
      'per 1,000 chances',
      'again in 90 days',
      'half fixed after',
      'messages per fix',
      'operators’ minutes per fix',
    ];
    line(table(head, rows));
  }
  if (found.hidden !== undefined) note(found.hidden);
  standing(found);
  next('npx foldback measure BEHAVIOUR   all figures of one');
  return exit.ok;
}

async function measureOne(behaviour: string, flags: Flags): Promise<ExitCode> {
  const { by, team, kind, from, to, control } = flags;
  const found = await withSession(flags, (session) =>
    session.ask(
      {
        method: 'GET',
        path: `/v1/measures/${encodeURIComponent(behaviour)}`,
        query: { by, team, kind, from, to, control },
      },
      oneSchema,
    ),
  );
  if (flags.json === true) {
    writeJson(found);
    return exit.ok;
  }
  if (found.figures !== undefined) line(table(['figure', 'value', 'n'], rowsOf(found.figures)));
  if (found.groups.length > 0) {
    const rows = found.groups.map(({ id, figures: own }) =>
      own === undefined
        ? [id === '' ? 'no team' : id, '–', '–', '–', 'too few people']
        : [id, String(own.loops), perThousand(own.rate), percent(own.recurrence), median(own.times.fix)],
    );
    line('');
    line(table([by ?? 'group', 'loops', 'per 1,000 chances', 'again in 90 days', 'half fixed after'], rows));
  }
  if (found.controls !== undefined) writeControls(found.controls);
  if (found.hidden !== undefined) note(found.hidden);
  for (const { kind, on, from, to, why } of found.taxonomy) {
    const target =
      to === undefined
        ? 'nobody can tell what'
        : `${to.behaviour}${to.version === undefined ? '' : `@${to.version}`}`;
    note(`${on}, ${kind}: ${from.behaviour}@${from.version} became ${target}. ${why}`);
  }
  for (const { month, was, is } of found.revised) {
    note(
      `${month} was closed with ${was.failures} of ${was.opportunities} and stands at ${is.failures} of ${is.opportunities}: some of it came later.`,
    );
  }
  const { change } = found.figures ?? {};
  if (change?.expectedAfter !== undefined)
    note('Before and after are no effect: what is expected after would have come without doing anything.');
  standing(found);
  return exit.ok;
}

function writeControls(controls: NonNullable<z.infer<typeof oneSchema>['controls']>): void {
  if (controls.length === 0) {
    note('No control of this behaviour is or was in force.');
    return;
  }
  const rows = controls.map(({ id, template, scope, appliedAt, before, since, expectedSince }) => {
    const head = [id, template, scope.kind === 'team' ? scope.id : scope.kind, appliedAt.slice(0, 10)];
    if (before === undefined || since === undefined) return [...head, '–', '–', '–', '–'];
    return [
      ...head,
      `${before.loops} in ${before.days} d → ${since.loops} in ${since.days} d`,
      expectedSince === undefined ? none : digits(expectedSince),
      `${before.relapses} → ${since.relapses}`,
      `${perThousand(before.rate)} → ${perThousand(since.rate)}`,
    ];
  });
  const head = [
    'control',
    'template',
    'of',
    'from',
    'loops',
    'expected anyway',
    'relapses',
    'per 1,000 chances',
  ];
  line('');
  line(table(head, rows));
  for (const { id, hidden } of controls) if (hidden !== undefined) note(`${id}: ${hidden}`);
  note(
    'Before and since are no effect: a control is proposed because there was much, and after much there comes less.',
  );
  next('npx foldback controls show ID   the measured effect of one');
}

function rowsOf(own: z.infer<typeof figures>): readonly (readonly string[])[] {
  const { rate: often, times, change } = own;
  const timeRow = (name: string, of: z.infer<typeof time>) => [name, median(of), `${of.events} of ${of.n}`];
  const shareRow = (name: string, of: z.infer<typeof share>) => [name, percent(of), `${of.x} of ${of.n}`];
  return [
    [
      'failures per 1,000 chances',
      perThousand(often),
      `${often.failures} of ${often.opportunities}${often.uncounted > 0 ? `, ${often.uncounted} uncounted` : ''}`,
    ],
    ['a new case within 90 days', percent(own.recurrence), `${own.recurrence.events} of ${own.recurrence.n}`],
    ['a relapse after a proven fix', percent(own.relapse), `${own.relapse.events} of ${own.relapse.n}`],
    timeRow('half reached the right owner after', times.owner),
    timeRow('half answered after', times.reply),
    timeRow('half claimed a fix after', times.claim),
    timeRow('half had a proven fix after', times.fix),
    ...own.funnel.slice(1).map(({ step, share: of }) => shareRow(step, of)),
    shareRow('reached a sure owner', own.ownerReach),
    ['went to somebody else', String(own.reroutes.n), `of ${own.reroutes.of}`],
    ['was put off', String(own.snoozes.n), `of ${own.snoozes.of}`],
    [
      'messages per proven fix',
      each(own.messagesPerFix),
      `${own.messagesPerFix.spent} for ${own.messagesPerFix.fixes}`,
    ],
    [
      'operators’ minutes per proven fix',
      each(own.minutesPerFix),
      `${own.minutesPerFix.decisions} decisions, ${own.minutesPerFix.minutesPerDecision} minutes each assumed`,
    ],
    [
      'before → after (expected anyway)',
      change.before === undefined || change.after === undefined
        ? none
        : `${digits(change.before)} → ${digits(change.after)} (${digits(change.expectedAfter ?? 0)})`,
      String(change.affected),
    ],
  ];
}

const none = 'not enough data';
const digits = (value: number) => String(Number(value.toPrecision(3)));

type Figure = {
  readonly value?: number | undefined;
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
};

function within({ value, lower, upper }: Figure, show: (value: number) => string): string {
  if (value === undefined) return none;
  return `${show(value)} (${lower === undefined ? '' : show(lower)}–${upper === undefined ? '' : show(upper)})`;
}

const perThousand = (of: Figure) => within(of, (value) => digits(1000 * value));
const percent = (of: Figure) => within(of, (value) => `${digits(100 * value)} %`);
const each = (of: Figure) => within(of, digits);

function median(of: z.infer<typeof time>): string {
  if (of.kind !== 'time') return none;
  return of.median === undefined ? 'not half so far' : within({ ...of, value: of.median }, hours);
}

function hours(value: number): string {
  return value < 72 ? `${digits(value)} h` : `${digits(value / 24)} d`;
}

function standing({ asOf, watermark, group }: z.infer<typeof allSchema> | z.infer<typeof oneSchema>): void {
  const ledger =
    watermark.checkpoint === undefined ? '' : `, ledger up to checkpoint ${watermark.checkpoint}`;
  note(`As of ${asOf}: ${watermark.loops} loops of ${group.people} people${ledger}.`);
}
