import { z } from 'zod';
import { type ExitCode, exit } from '../exit.ts';
import { loopSchema, ownerSchema, placeOf, whoOf } from '../loop-shapes.ts';
import { line, next, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

const storySchema = loopSchema.extend({
  title: z.string(),
  reason: z.string(),
  owner: ownerSchema.extend({
    evidence: z.array(
      z.looseObject({
        detail: z.string(),
        weight: z.number(),
        owner: z.looseObject({
          id: z.string().optional(),
          name: z.string().optional(),
          email: z.string().optional(),
        }),
      }),
    ),
  }),
  proof: z.looseObject({ rung: z.string(), reason: z.string() }),
  messages: z.array(
    z.looseObject({
      moment: z.string(),
      state: z.string(),
      isShadow: z.boolean(),
      createdAt: z.string(),
      to: z.looseObject({ id: z.string(), name: z.string().optional() }),
      subject: z.string().optional(),
    }),
  ),
  replies: z.array(
    z.looseObject({
      at: z.string(),
      answer: z.string(),
      by: z.looseObject({ id: z.string(), name: z.string().optional() }),
    }),
  ),
  snoozes: z
    .array(
      z.looseObject({
        at: z.string(),
        until: z.string(),
        by: z.looseObject({ id: z.string(), name: z.string().optional() }),
      }),
    )
    .default([]),
  next: z.array(
    z.looseObject({ moment: z.string(), dueAt: z.string(), to: z.looseObject({ id: z.string() }) }),
  ),
  aliases: z.array(z.string()),
});
type Story = z.infer<typeof storySchema>;

export async function loopsShowCommand(
  reference: string,
  flags: StoreFlags & { readonly json?: boolean },
): Promise<ExitCode> {
  const story = await withSession(flags, (session) =>
    session.ask({ method: 'GET', path: `/v1/loops/${encodeURIComponent(reference)}` }, storySchema),
  );
  if (flags.json === true) writeJson(story);
  else showStory(story);
  next(
    story.state === 'backlog'
      ? `npx foldback loops release --id ${story.id}`
      : `npx foldback evidence export ${story.caseCode} --out evidence.json`,
  );
  return exit.ok;
}

function showStory(story: Story): void {
  line(`${story.caseCode}  ${story.title}`);
  const rows: [string, string][] = [
    ['State', `${story.state}: ${story.reason}`],
    ['Proof', story.proof.reason === '' ? story.rung : `${story.rung}: ${story.proof.reason}`],
    ['Owner', `${whoOf(story.owner)}, confidence ${story.owner.confidence.toFixed(2)}`],
    ...story.owner.evidence.map(({ weight, detail, owner }): [string, string] => [
      '',
      `${weight.toFixed(2)}  ${isSame(owner, story.owner) ? '' : `for ${owner.name ?? owner.email ?? owner.id ?? 'another'}: `}${detail}`,
    ]),
    [
      'Where',
      `${placeOf(story.where)}${story.where.commit === undefined ? '' : `  commit ${story.where.commit.slice(0, 10)}`}`,
    ],
    ...(story.secret === undefined
      ? []
      : [['What', `${story.secret.mask}, ${story.secret.validity}`] as [string, string]]),
    [
      'Seen',
      `${story.sightings === 1 ? 'once' : `${story.sightings} times`}, first ${story.firstOccurredAt}`,
    ],
    ...(story.aliases.length === 0 ? [] : [['Ticket', story.aliases.join(', ')] as [string, string]]),
    ...story.messages.map(({ createdAt, moment, state, isShadow, to, subject }): [string, string] => [
      'Said',
      `${createdAt}  ${moment} → ${to.name ?? to.id}, ${isShadow ? 'in shadow only' : state}${subject === undefined ? '' : `: ${subject}`}`,
    ]),
    ...story.replies.map(({ at, answer, by }): [string, string] => [
      'Answer',
      `${at}  ${answer}, ${by.name ?? by.id}`,
    ]),
    ...story.snoozes.map(({ at, until, by }): [string, string] => [
      'Put off',
      `${at}  until ${until}, ${by.name ?? by.id}`,
    ]),
    ...story.next.map(({ dueAt, moment, to }): [string, string] => [
      'Next',
      `${dueAt}  ${moment} → ${to.id}`,
    ]),
  ];
  let last = '';
  for (const [name, text] of rows) {
    line(`  ${(name === last ? '' : name).padEnd(7)} ${text.replace(/\s+/gu, ' ')}`);
    last = name;
  }
}

/** Evidence names an owner as its source knows them: by id, or only by address. */
function isSame(
  owner: Story['owner']['evidence'][number]['owner'],
  resolved: Pick<Story['owner'], 'id' | 'email'>,
): boolean {
  if (owner.id !== undefined) return owner.id === resolved.id;
  return owner.email !== undefined && owner.email.toLowerCase() === resolved.email?.toLowerCase();
}
