import { z } from 'zod';
import { readDocument } from '../../core/experiments/canonical.ts';
import { variantOf } from '../../core/experiments/document.ts';
import { peopleMin } from '../../core/measures/describe/small-groups.ts';
import { moments } from '../../core/message.ts';
import { changedText } from '../../core/words/changed-text.ts';
import type { Wording } from '../../packs/wording.ts';
import {
  type ExperimentRow,
  experimentStates,
  type LoadedWording,
  type WordingRow,
  type WordsSent,
} from '../../ports/store.ts';
import { instant, iso, knownInstant } from './shapes.ts';

const day = z.iso.date();

const sentSchema = z
  .union([
    z.object({
      kind: z.literal('counted'),
      messages: z.int(),
      from: day,
      to: day,
    }),
    z.object({ kind: z.literal('few') }),
  ])
  .describe(`Messages that are kept; \`few\` where fewer than ${peopleMin} recipients had one, or nobody.`);

export const wordVersionSchema = z.object({
  hash: z.string().exactOptional().describe('Of the words; without one they were not kept.'),
  moment: z.enum(moments),
  variant: z.string(),
  language: z.string(),
  version: z.int(),
  isCurrent: z.boolean().describe('Whether this server says it.'),
  loadedAt: instant.exactOptional().describe('When a server first came up with these words.'),
  replacedAt: instant.exactOptional().describe('When one first came up with others in their place.'),
  sent: sentSchema.exactOptional().describe('Of all teams, for those who may read measures of all teams.'),
  written: sentSchema.exactOptional().describe('The same of shadow, where nothing left.'),
  experiments: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      state: z.enum(experimentStates),
      arm: z.string(),
      startedAt: instant,
      endedAt: instant.exactOptional(),
    }),
  ),
});
type WordVersionJson = z.infer<typeof wordVersionSchema>;

export const wordVersionsSchema = z.object({
  items: z.array(wordVersionSchema),
  isCut: z.boolean().describe('Whether there are more than are listed.'),
});
export type WordVersionsJson = z.infer<typeof wordVersionsSchema>;

const changeSchema = z.object({
  name: z.string().describe('Of the part, or of the phrase, in brackets.'),
  kind: z.enum(['same', 'changed', 'taken', 'added']),
  text: z
    .array(z.object({ kind: z.enum(['same', 'taken', 'added']), text: z.string() }))
    .describe('Plain text, with the placeholders of the pack.'),
});
export const wordsOfVersionSchema = z.object({
  hash: z.string(),
  moment: z.enum(moments),
  variant: z.string(),
  language: z.string(),
  version: z.int(),
  against: z.object({ hash: z.string(), variant: z.string(), version: z.int() }).exactOptional(),
  parts: z.array(changeSchema).describe('Without `against` every part is `same`.'),
});
export type WordsOfVersionJson = z.infer<typeof wordsOfVersionSchema>;

type Listed = Omit<WordVersionJson, 'experiments'>;

type ListAsk = {
  readonly kept: readonly LoadedWording[];
  readonly current: readonly Wording[];
  readonly sent: readonly WordsSent[];
  readonly mayCount: boolean;
  readonly behaviour: string;
};

/** What was kept, what this server says although no row of it is kept yet, and what was said before words were kept. */
export function listVersions({ kept, current, sent, mayCount, behaviour }: ListAsk): readonly Listed[] {
  const now = new Set(current.map(({ hash: one }) => one));
  const rows = [...current.filter(({ hash: one }) => !kept.some((row) => row.hash === one)), ...kept].map(
    (row): Listed => {
      const at = 'firstLoadedAt' in row ? row : undefined;
      const isCurrent = now.has(row.hash);
      const others =
        at === undefined || isCurrent
          ? []
          : kept
              .filter((one) => one.hash !== row.hash && slotOf(one) === slotOf(row))
              .flatMap(({ firstLoadedAt, lastLoadedAt }) => [firstLoadedAt, lastLoadedAt])
              .filter((loaded) => loaded > at.lastLoadedAt);
      const { moment, variant, language, version } = row;
      return {
        hash: row.hash,
        moment,
        variant,
        language,
        version,
        isCurrent,
        ...knownInstant('loadedAt', at?.firstLoadedAt),
        ...knownInstant('replacedAt', others.length === 0 ? undefined : Math.min(...others)),
      };
    },
  );
  const versions = new Set(rows.map(versionOf));
  const unkept = new Map<string, Listed>();
  for (const { moment, words, language } of sent) {
    const [, version = '', variant = ''] = /@(\d{1,9})\/(.+)$/u.exec(words) ?? [];
    if (version === '' || words !== `${behaviour}@${version}/${variant}`) continue;
    const item = { moment, variant, language, version: Number(version), isCurrent: false };
    if (!versions.has(versionOf(item))) unkept.set(versionOf(item), item);
  }
  const order = (item: Listed) => moments.indexOf(item.moment);
  return [...rows, ...unkept.values()]
    .map((item) => (mayCount ? { ...item, ...countedOf(item, behaviour, sent) } : item))
    .sort(
      (a, b) =>
        order(a) - order(b) ||
        Number(a.variant !== 'usual') - Number(b.variant !== 'usual') ||
        (a.variant < b.variant ? -1 : a.variant > b.variant ? 1 : 0) ||
        (a.language < b.language ? -1 : a.language > b.language ? 1 : 0) ||
        Number(b.isCurrent) - Number(a.isCurrent) ||
        b.version - a.version ||
        ((a.loadedAt ?? '') < (b.loadedAt ?? '') ? 1 : -1),
    );
}

const slotOf = ({ moment, variant, language }: Pick<Listed, 'moment' | 'variant' | 'language'>): string =>
  `${moment} ${variant} ${language}`;
const versionOf = (item: Pick<Listed, 'moment' | 'variant' | 'language' | 'version'>): string =>
  `${slotOf(item)} ${item.version}`;

/** By the number of the version, which is what a message notes: words that changed without a new one are counted together. */
function countedOf(
  item: Listed,
  behaviour: string,
  sent: readonly WordsSent[],
): Pick<Listed, 'sent' | 'written'> {
  const words = `${behaviour}@${item.version}/${item.variant}`;
  const of = (isShadow: boolean) => {
    const found = sent.find(
      (one) =>
        one.moment === item.moment &&
        one.words === words &&
        one.language === item.language &&
        one.isShadow === isShadow,
    );
    // Nobody and few look the same: a figure that appears with the first message would be one person's.
    if (found === undefined || found.recipients < peopleMin) return { kind: 'few' as const };
    return {
      kind: 'counted' as const,
      messages: found.messages,
      from: iso(found.firstAt).slice(0, 10),
      to: iso(found.lastAt).slice(0, 10),
    };
  };
  return { sent: of(false), written: of(true) };
}

/** Experiments in whose time these words were said, with the arm that said them. */
export function ranWith(item: Listed, rows: readonly ExperimentRow[]): WordVersionJson['experiments'] {
  const since = Math.min(
    ...[item.loadedAt, item.sent?.kind === 'counted' ? item.sent.from : undefined].flatMap((at) =>
      at === undefined ? [] : [Date.parse(at)],
    ),
  );
  const until = item.replacedAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(item.replacedAt);
  return rows.flatMap((row) => {
    const document = readDocument(row.document);
    const arm = document?.arms.find((one) => variantOf(one) === item.variant);
    const { startedAt, endedAt } = row;
    if (document === undefined || arm === undefined || startedAt === undefined) return [];
    if (row.moment !== item.moment || startedAt >= until) return [];
    if (endedAt !== undefined && Number.isFinite(since) && endedAt < since) return [];
    return [
      {
        id: row.id,
        title: document.title,
        state: row.state,
        arm: arm.id,
        startedAt: iso(startedAt),
        ...knownInstant('endedAt', endedAt),
      },
    ];
  });
}

/** Parts in the order of the later one, and then those that it has no more. */
export function changedParts(earlier: WordingRow, later: WordingRow): WordsOfVersionJson['parts'] {
  const names = [...new Set([...later.parts, ...earlier.parts].map(({ name }) => name))];
  const textIn = (row: WordingRow, name: string) => row.parts.find((part) => part.name === name)?.text;
  return names.map((name) => {
    const before = textIn(earlier, name);
    const after = textIn(later, name);
    const text = changedText(before ?? '', after ?? '').map((stretch) => ({ ...stretch }));
    const kind =
      before === undefined ? 'added' : after === undefined ? 'taken' : before === after ? 'same' : 'changed';
    return { name, kind, text };
  });
}
