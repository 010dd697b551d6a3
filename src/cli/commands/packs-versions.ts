import { z } from 'zod';
import { CliError, type ExitCode, exit } from '../exit.ts';
import { line, next, note, plural, table, writeJson } from '../output.ts';
import { type Session, type StoreFlags, withSession } from '../session.ts';

const sentSchema = z.union([
  z.looseObject({
    kind: z.literal('counted'),
    messages: z.number(),
    from: z.string(),
    to: z.string(),
  }),
  z.looseObject({ kind: z.literal('few') }),
]);
const versionSchema = z.looseObject({
  hash: z.string().optional(),
  moment: z.string(),
  variant: z.string(),
  language: z.string(),
  version: z.number(),
  isCurrent: z.boolean(),
  loadedAt: z.string().optional(),
  replacedAt: z.string().optional(),
  sent: sentSchema.optional(),
  experiments: z.array(z.looseObject({ id: z.string(), arm: z.string() })),
});
type Version = z.infer<typeof versionSchema>;
const listSchema = z.looseObject({ items: z.array(versionSchema), isCut: z.boolean() });
const wordsSchema = z.looseObject({
  moment: z.string(),
  variant: z.string(),
  language: z.string(),
  version: z.number(),
  against: z.looseObject({ variant: z.string(), version: z.number() }).optional(),
  parts: z.array(
    z.looseObject({
      name: z.string(),
      kind: z.enum(['same', 'changed', 'taken', 'added']),
      text: z.array(z.looseObject({ kind: z.enum(['same', 'taken', 'added']), text: z.string() })),
    }),
  ),
});

export type PacksVersionsFlags = StoreFlags & {
  readonly json?: boolean;
  readonly moment?: string;
  readonly language?: string;
  readonly against?: string;
};

/** As many characters of a hash as are shown, and enough to name it. */
const hashShown = 12;
const hashCharsMin = 6;

/** Lists the versions of the words of a behaviour; with a hash, its words, or what changed in them. */
export async function packsVersionsCommand(
  behaviour: string,
  hash: string | undefined,
  flags: PacksVersionsFlags,
): Promise<ExitCode> {
  if (hash === undefined) {
    if (flags.against !== undefined)
      throw new CliError('Name both versions: foldback packs versions BEHAVIOUR HASH --against HASH.');
    return list(behaviour, flags);
  }
  const words = await withSession(flags, async (session) => {
    const { items } = await listed(session, behaviour);
    const named = wholeHash(items, hash);
    const query = flags.against === undefined ? {} : { against: wholeHash(items, flags.against) };
    return session.ask({ method: 'GET', path: `${pathOf(behaviour)}/${named}`, query }, wordsSchema);
  });
  if (flags.json === true) writeJson(words);
  else {
    const { moment, variant, language, version, against } = words;
    const since = against === undefined ? '' : `, since version ${against.version} of ${against.variant}`;
    line(`${moment} ${variant} ${language}, version ${version}${since}`);
    for (const part of words.parts) if (against === undefined || part.kind !== 'same') showPart(part);
    if (against !== undefined && words.parts.every(({ kind }) => kind === 'same')) line('Nothing changed.');
  }
  return exit.ok;
}

async function list(behaviour: string, flags: PacksVersionsFlags): Promise<ExitCode> {
  const { items, isCut } = await withSession(flags, (session) => listed(session, behaviour));
  const shown = items.filter(
    ({ moment, language }) =>
      (flags.moment ?? moment) === moment && (flags.language ?? language) === language,
  );
  if (flags.json === true) for (const item of shown) writeJson(item);
  else if (shown.length > 0)
    line(
      table(
        ['hash', 'moment', 'variant', 'language', 'version', 'since', 'until', 'messages', 'experiments'],
        shown.map(rowOf),
      ),
    );
  note(`${plural(shown.length, 'version')}${isCut ? ', and older ones that are not listed' : ''}.`);
  const [first] = shown;
  if (first?.hash !== undefined)
    next(`npx foldback packs versions ${behaviour} ${first.hash.slice(0, hashShown)}   for its words`);
  return exit.ok;
}

function rowOf(item: Version): readonly string[] {
  const { sent } = item;
  const day = (at: string | undefined) => at?.slice(0, 10) ?? '–';
  return [
    item.hash?.slice(0, hashShown) ?? 'not kept',
    item.moment,
    item.variant,
    item.language,
    String(item.version),
    day(item.loadedAt),
    item.isCurrent ? 'now' : day(item.replacedAt),
    sent === undefined ? '–' : sent.kind === 'few' ? 'fewer than 5 people' : String(sent.messages),
    item.experiments.map(({ id, arm }) => `${id} (${arm})`).join(', '),
  ];
}

/** What went stands in [-brackets-], what came in {+others+}, as word diffs of git have it. */
function showPart({ name, kind, text }: z.infer<typeof wordsSchema>['parts'][number]): void {
  const marks = { same: ['', ''], taken: ['[-', '-]'], added: ['{+', '+}'] } as const;
  const said = text.map((stretch) => {
    const [before, after] = kind === 'same' ? marks.same : marks[stretch.kind];
    return `${before}${stretch.text}${after}`;
  });
  line(`  ${name}: ${said.join('')}`);
}

function listed(session: Session, behaviour: string): Promise<z.infer<typeof listSchema>> {
  return session.ask({ method: 'GET', path: pathOf(behaviour) }, listSchema);
}

function wholeHash(items: readonly Version[], given: string): string {
  const found = [...new Set(items.flatMap(({ hash }) => (hash?.startsWith(given) === true ? [hash] : [])))];
  const [only] = found;
  if (only !== undefined && found.length === 1 && given.length >= hashCharsMin) return only;
  throw new CliError(
    found.length > 1 || given.length < hashCharsMin
      ? `${given}: write more of the hash.`
      : `No version of this behaviour has the hash ${given}.`,
  );
}

function pathOf(behaviour: string): string {
  return `/v1/behaviours/${encodeURIComponent(behaviour)}/versions`;
}
