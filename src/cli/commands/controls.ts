import { z } from 'zod';
import { type Control, type ControlStory, controlSchema, controlStorySchema } from '../control-shapes.ts';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, plural, table, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type ControlsListFlags = StoreFlags & {
  readonly state?: string;
  readonly behaviour?: string;
  readonly kind?: string;
  readonly team?: string;
  readonly limit: string;
  readonly json?: boolean;
};
export type ControlFlags = StoreFlags & {
  readonly json?: boolean;
  readonly patch?: boolean;
  readonly rollback?: boolean;
  readonly target?: string;
  readonly reason?: string;
  readonly from?: string;
  readonly language?: string;
};

export async function controlsListCommand(flags: ControlsListFlags): Promise<ExitCode> {
  const { state, behaviour, kind, team, limit } = flags;
  const { items } = await withSession(flags, (session) =>
    session.ask(
      { method: 'GET', path: '/v1/controls', query: { state, behaviour, kind, team, limit } },
      z.object({ items: z.array(controlSchema) }),
    ),
  );
  if (flags.json === true) for (const control of items) writeJson(control);
  else if (items.length > 0)
    line(table(['control', 'state', 'kind', 'for', 'would have caught', 'what'], items.map(rowOf)));
  note(items.length === 0 ? 'No control fits.' : plural(items.length, 'control'));
  const [first] = items;
  if (first !== undefined) next(`npx foldback controls show ${first.id}`);
  return exit.ok;
}

function rowOf(control: Control): readonly string[] {
  const { failures } = control.backTest;
  return [
    control.id,
    control.needs === undefined ? control.state : `${control.state}, needs ${control.needs}`,
    control.kind,
    control.scope.id === '' || control.scope.kind === 'owner'
      ? control.scope.kind
      : `${control.scope.kind} ${control.scope.id}`,
    failures === undefined ? 'hidden' : `${failures.caught} of ${failures.of}`,
    control.title,
  ];
}

/** With `--patch` nothing but the patch is written to standard output, with `--patch --rollback` the way back. */
export async function controlsShowCommand(id: string, flags: ControlFlags): Promise<ExitCode> {
  const control = await withSession(flags, (session) =>
    session.ask({ method: 'GET', path: pathOf(id), query: { language: flags.language } }, controlStorySchema),
  );
  if (flags.patch === true) return showPatch(control, flags);
  if (flags.json === true) writeJson(control);
  else {
    line(`${control.title} (${control.kind}, ${control.behaviour})`);
    if (control.why !== undefined) line(control.why);
    line(`State: ${control.state}${control.needs === undefined ? '' : `, needs ${control.needs}`}`);
    line(`Decides: ${control.decider.kind} ${control.decider.id}`);
    if (control.dueAt !== undefined) line(`Ends by itself: ${control.dueAt}`);
    const { relapses, habits } = control;
    if (relapses !== undefined && habits !== undefined)
      line(`Proposed for: ${plural(relapses, 'relapse')} of ${plural(habits, 'habit')}`);
    for (const text of backTestLines(control)) line(text);
    if (control.beforeAfter !== undefined) line(beforeAfterLine(control.beforeAfter));
    for (const text of effectLines(control)) line(text);
    for (const { target, path, mode } of control.files) line(`Writes: ${target} ${path} (${mode})`);
    for (const { placeholder, shown } of control.unusable)
      line(`Could not write as ${placeholder}: ${shown}. A person has to look at it.`);
    if (control.apply !== undefined) line(`To apply: ${control.apply}`);
  }
  next(`npx foldback controls show ${control.id} --patch   for the patch alone`);
  return exit.ok;
}

function backTestLines({ backTest }: Control): readonly string[] {
  const { failures, good } = backTest;
  const open =
    failures === undefined || failures.notKnown === 0 ? '' : `; not known for ${failures.notKnown}`;
  const { stopped } = good;
  const rounded = (value: number | undefined) => (value === undefined ? '?' : String(Math.round(value)));
  return [
    failures === undefined
      ? 'Would have caught: hidden, the group is small'
      : `Would have caught: ${failures.caught} of ${failures.of}${open}`,
    stopped === undefined
      ? 'Would have stopped good actions: not known'
      : `Would have stopped good actions: about ${rounded(stopped.value)} (${rounded(stopped.low)} to ${rounded(stopped.high)}) of ${rounded(good.total)}, from a sample of ${good.sampled}`,
  ];
}

const verdicts = {
  less: 'less than would have come by itself',
  more: 'more than before',
  'too-early': 'too early to tell',
} as const;

/** An effect is what an experiment found, and nothing else. */
function effectLines({ state, effect }: ControlStory): readonly string[] {
  if (effect === undefined)
    return state === 'applied' ? ['Effect: not known, no experiment was registered for it'] : [];
  const { experiment, readout } = effect;
  if (readout.hidden !== undefined) return [`Effect, by ${experiment}: not shown (${readout.hidden})`];
  return (readout.comparisons ?? []).map(
    ({ arm, sentence, verdict }) => `Effect, by ${experiment}, ${arm}: ${sentence} [${verdict}]`,
  );
}

function beforeAfterLine(change: NonNullable<ControlStory['beforeAfter']>): string {
  if (change.kind === 'not-enough-data') return `Since it is in force: not enough data (${change.reason})`;
  const { ratio, expected, before, after, verdict } = change;
  const shown = (value: number | undefined) => (value === undefined ? 'not known' : value.toFixed(2));
  return `Since it is in force: ${after.failures} after ${before.failures}, rate ratio ${shown(ratio.value)} (${shown(ratio.low)} to ${shown(ratio.high)}); by itself it would be ${shown(expected)}: ${verdicts[verdict]}`;
}

function showPatch(control: ControlStory, { rollback, target }: ControlFlags): ExitCode {
  const all = rollback === true ? control.rollback : control.files;
  const files = all.filter((file) => target === undefined || file.target === target);
  for (const { target: where, path, mode, text } of files) {
    // What stands before `diff --git` git skips.
    line(`# ${where}${mode === 'create' ? '' : `: ${mode} these lines in ${path}`}`);
    for (const one of text.replace(/\n$/u, '').split('\n')) line(one);
  }
  if (files.length > 0) return exit.ok;
  note(
    all.length > 0
      ? 'It writes nothing there.'
      : 'Nothing of it could be written: a person has to write the patch.',
  );
  return exit.failed;
}

type Decision = 'accept' | 'apply' | 'reject' | 'rollback' | 'end';

export async function controlsDecideCommand(
  decision: Decision,
  id: string,
  flags: ControlFlags,
): Promise<ExitCode> {
  const isNo = decision === 'reject' || decision === 'rollback' || decision === 'end';
  if (isNo && (flags.reason ?? '').trim() === '') throw new CliError('Say why, with --reason.');
  const body = {
    decision,
    ...(isNo ? { reason: flags.reason } : {}),
    ...(decision === 'apply' && flags.from !== undefined ? { from: flags.from } : {}),
  };
  const control = await withSession(flags, (session) =>
    session.ask({ method: 'POST', path: `${pathOf(id)}/decisions`, body }, controlSchema),
  );
  if (flags.json === true) writeJson(control);
  else
    line(
      `${control.id} is ${control.state}${control.needs === undefined ? '' : `, needs ${control.needs}`}.`,
    );
  if (control.state === 'accepted') {
    note('No message is sent about it until it is applied.');
    next(`npx foldback controls show ${control.id} --patch | git apply`);
  }
  return exit.ok;
}

function pathOf(id: string): string {
  return `/v1/controls/${encodeURIComponent(id)}`;
}
