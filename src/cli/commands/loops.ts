import { z } from 'zod';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, plural, table, writeJson } from '../output.ts';
import { type StoreFlags, withSession } from '../session.ts';

export type ListFlags = StoreFlags & {
  readonly state?: string;
  readonly behaviour?: string;
  readonly team?: string;
  readonly owner?: string;
  readonly repository?: string;
  readonly limit: string;
  readonly after?: string;
  readonly json?: boolean;
};

const ownerSchema = z.looseObject({
  kind: z.string(),
  id: z.string().optional(),
  name: z.string().optional(),
  email: z.string().optional(),
  confidence: z.number(),
});
const whereSchema = z.looseObject({
  repository: z.string().optional(),
  commit: z.string().optional(),
  file: z.string().optional(),
  line: z.number().optional(),
});
const loopSchema = z.looseObject({
  id: z.string(),
  caseCode: z.string(),
  behaviour: z.string(),
  state: z.string(),
  rung: z.string(),
  owner: ownerSchema,
  team: z.string().optional(),
  where: whereSchema,
  secret: z.looseObject({ mask: z.string(), validity: z.string() }).optional(),
  sightings: z.number(),
  firstOccurredAt: z.string(),
});
type Loop = z.infer<typeof loopSchema>;

const pageSchema = z.object({ items: z.array(loopSchema), next: z.string().optional() });

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
  next: z.array(
    z.looseObject({ moment: z.string(), dueAt: z.string(), to: z.looseObject({ id: z.string() }) }),
  ),
  aliases: z.array(z.string()),
});
type Story = z.infer<typeof storySchema>;

export async function loopsListCommand(flags: ListFlags): Promise<ExitCode> {
  const { state, behaviour, team, owner, repository, limit, after } = flags;
  const page = await withSession(flags, (session) =>
    session.ask(
      {
        method: 'GET',
        path: '/v1/loops',
        query: { state, behaviour, team, owner, repository, limit, after },
      },
      pageSchema,
    ),
  );
  if (flags.json === true) {
    for (const loop of page.items) writeJson(loop);
  } else if (page.items.length > 0) {
    line(table(['case', 'state', 'owner', 'where', 'what'], page.items.map(rowOf)));
  }
  note(page.items.length === 0 ? 'No loop fits.' : plural(page.items.length, 'loop'));
  const [first] = page.items;
  if (page.next !== undefined) next(`foldback loops list --after ${page.next}   for the next page`);
  else if (first !== undefined) next(`foldback loops show ${first.caseCode}`);
  else next('foldback import <file>');
  return exit.ok;
}

function rowOf(loop: Loop): readonly string[] {
  return [
    loop.caseCode,
    loop.rung === 'none' || loop.rung === loop.state ? loop.state : `${loop.state}, ${loop.rung}`,
    whoOf(loop.owner),
    placeOf(loop.where),
    loop.secret?.mask ?? loop.behaviour,
  ];
}

function whoOf(owner: Loop['owner']): string {
  if (owner.kind === 'unknown') return 'unknown';
  return owner.name ?? owner.email ?? owner.id ?? owner.kind;
}

/** Evidence names an owner as its source knows them: by id, or only by address. */
function isSame(
  owner: Story['owner']['evidence'][number]['owner'],
  resolved: Pick<Story['owner'], 'id' | 'email'>,
): boolean {
  if (owner.id !== undefined) return owner.id === resolved.id;
  return owner.email !== undefined && owner.email.toLowerCase() === resolved.email?.toLowerCase();
}

function placeOf(where: Loop['where']): string {
  const file =
    where.file === undefined ? '' : `${where.file}${where.line === undefined ? '' : `:${where.line}`}`;
  return [where.repository ?? '', file].filter((part) => part !== '').join(' ') || 'not said';
}

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
      ? `foldback loops release --id ${story.id}`
      : `foldback evidence export ${story.caseCode} --out evidence.json`,
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

export type NewFlags = StoreFlags & {
  readonly title: string;
  readonly repository?: string;
  readonly file?: string;
  readonly line?: string;
  readonly commit?: string;
  readonly provider?: string;
  readonly occurredAt?: string;
  readonly owner?: string;
  readonly ticket?: string;
  readonly json?: boolean;
};

export async function loopsNewCommand(flags: NewFlags): Promise<ExitCode> {
  const { title, repository, file, commit, provider, occurredAt, owner, ticket } = flags;
  const at = flags.line === undefined ? undefined : Number(flags.line);
  const body = { title, repository, file, line: at, commit, provider, occurredAt, owner, ticket };
  const story = await withSession(flags, (session) =>
    session.ask(
      { method: 'POST', path: '/v1/loops', body },
      z.looseObject({ id: z.string(), caseCode: z.string().optional() }),
    ),
  );
  const name = story.caseCode ?? story.id;
  if (flags.json === true) writeJson(story);
  else line(name);
  next(`foldback loops show ${name}`);
  return exit.ok;
}

export type ReleaseFlags = StoreFlags & {
  readonly behaviour?: string;
  readonly team?: string;
  readonly id?: readonly string[];
  readonly json?: boolean;
};

/** Lets history be spoken of. Loops may be named by their code. */
export async function loopsReleaseCommand(flags: ReleaseFlags): Promise<ExitCode> {
  const { behaviour, team, id } = flags;
  if (behaviour === undefined && team === undefined && id === undefined)
    throw new CliError(
      'Name what to release: --behaviour, --team or --id. Everything at once is never released.',
    );
  const { released } = await withSession(flags, async (session) => {
    const ids: string[] = [];
    for (const reference of id ?? []) {
      if (/^[0-9a-f]{32}$/u.test(reference)) ids.push(reference);
      else {
        const path = `/v1/loops/${encodeURIComponent(reference)}`;
        ids.push((await session.ask({ method: 'GET', path }, loopSchema)).id);
      }
    }
    const body = { behaviour, team, ...(id === undefined ? {} : { ids }) };
    return session.ask(
      { method: 'POST', path: '/v1/loops/release', body },
      z.object({ released: z.number() }),
    );
  });
  if (flags.json === true) writeJson({ released });
  else line(`${plural(released, 'loop')} released.`);
  note('What is said now keeps to the attention budget: one digest an owner and day.');
  next('foldback loops list --state open');
  return exit.ok;
}
