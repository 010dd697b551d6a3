import { z } from 'zod';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, plural, table, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

const evidenceSchema = z.looseObject({
  code: z.string(),
  subject: z.string(),
  x: z.number(),
  n: z.number(),
  lower: z.number().optional(),
  upper: z.number().optional(),
  against: z.number().optional(),
});
const reviewSchema = z.looseObject({
  id: z.string(),
  behaviour: z.string(),
  kind: z.string(),
  subject: z.string(),
  state: z.string(),
  cause: z.string().optional(),
  evidence: z.array(evidenceSchema),
  words: z.array(z.looseObject({ word: z.string(), people: z.number() })),
  files: z.array(z.string()),
  gap: z.string().optional(),
});
type Review = z.infer<typeof reviewSchema>;

export type PacksReviewFlags = StoreFlags & {
  readonly json?: boolean;
  readonly patch?: boolean;
  readonly accept?: boolean;
  readonly reject?: boolean;
  readonly reason?: string;
  readonly state: string;
};

export async function packsReviewCommand(id: string | undefined, flags: PacksReviewFlags): Promise<ExitCode> {
  const { accept, reject, patch } = flags;
  if (id === undefined) {
    if (accept === true || reject === true || patch === true)
      throw new CliError('Name the proposal: foldback packs review ID.');
    return look(flags);
  }
  if (accept === true && reject === true) throw new CliError('Accept or reject, not both.');
  return accept === true || reject === true ? decide(id, flags) : show(id, flags);
}

async function look(flags: PacksReviewFlags): Promise<ExitCode> {
  const { proposed, items } = await withSession(flags, async (session) => {
    const looked = await session.ask(
      { method: 'POST', path: '/v1/reviews' },
      z.looseObject({ proposed: z.number() }),
    );
    const query = { state: flags.state };
    const listed = await session.ask(
      { method: 'GET', path: '/v1/reviews', query },
      z.looseObject({ items: z.array(reviewSchema) }),
    );
    return { ...looked, items: listed.items };
  });
  if (flags.json === true) for (const review of items) writeJson(review);
  else if (items.length > 0) line(table(['proposal', 'what', 'behaviour', 'why'], items.map(rowOf)));
  note(items.length === 0 ? 'Nothing is proposed.' : `${plural(items.length, 'proposal')}, ${proposed} new.`);
  const [first] = items;
  if (first !== undefined) next(`npx foldback packs review ${first.id} --patch   for its diff`);
  return exit.ok;
}

function rowOf(review: Review): readonly string[] {
  const { id, kind, subject, behaviour, evidence } = review;
  const why = evidence.map((one) => evidenceText(one)).join('; ');
  return [id, subject === '' ? kind : `${kind} ${subject}`, behaviour, why];
}

const digits = (value: number) => String(Number(value.toPrecision(3)));

function evidenceText({ code, subject, x, n, lower, upper, against }: Review['evidence'][number]): string {
  const range = lower === undefined || upper === undefined ? '' : ` (${digits(lower)} to ${digits(upper)})`;
  const other = against === undefined ? '' : `, against ${digits(against)}`;
  return `${code}${subject === '' ? '' : ` ${subject}`} ${digits(x)} of ${digits(n)}${range}${other}`;
}

async function show(id: string, flags: PacksReviewFlags): Promise<ExitCode> {
  const schema = reviewSchema.extend({ patch: z.string().optional() });
  const review = await withSession(flags, (session) =>
    session.ask({ method: 'GET', path: pathOf(id) }, schema),
  );
  if (flags.patch === true) {
    for (const one of review.patch?.replace(/\n$/u, '').split('\n') ?? []) line(one);
    if (review.patch !== undefined) return exit.ok;
    note(`Nothing of it could be written (${review.gap ?? ''}): a person has to write the change.`);
    return exit.failed;
  }
  if (flags.json === true) {
    writeJson(review);
    return exit.ok;
  }
  line(`${review.kind} ${review.subject} (${review.behaviour}): ${review.state}`);
  for (const one of review.evidence) line(`Because: ${evidenceText(one)}`);
  if (review.cause !== undefined) line(`What is missing may be: ${review.cause}`);
  for (const { word, people } of review.words) line(`Said in answers: ${word} (by ${people} people)`);
  for (const file of review.files) line(`Touches: ${file}`);
  if (review.gap !== undefined) line(`No diff (${review.gap}): a person has to write the change.`);
  next(`npx foldback packs review ${review.id} --patch   for the diff alone`);
  return exit.ok;
}

async function decide(id: string, flags: PacksReviewFlags): Promise<ExitCode> {
  if ((flags.reason ?? '').trim() === '') throw new CliError('Say why, with --reason.');
  const body = { decision: flags.accept === true ? 'accept' : 'reject', reason: flags.reason };
  const review = await withSession(flags, (session) =>
    session.ask({ method: 'POST', path: `${pathOf(id)}/decisions`, body }, reviewSchema),
  );
  if (flags.json === true) writeJson(review);
  else line(`${review.id} is ${review.state}.`);
  if (review.state === 'accepted') next(`npx foldback packs review ${review.id} --patch | git apply`);
  return exit.ok;
}

function pathOf(id: string): string {
  return `/v1/reviews/${encodeURIComponent(id)}`;
}
