import { z } from 'zod';
import { cueKinds } from '../core/mail-cues/cue.ts';
import { ratings } from '../core/mail-cues/difficulty.ts';
import { type CuePhrases, type KnownName, phraseKinds } from '../core/mail-cues/mail.ts';
import type { PackFolder } from './pack-folder.ts';
import type { PackProblem } from './problem.ts';

const reviewed = { reviewedBy: z.string().min(1), reviewedOn: z.iso.date() };
const domain = z
  .string()
  .regex(/^(?:[\p{Ll}\p{N}-]{1,63}\.)+\p{Ll}{2,24}$/u, 'write a domain such as acme.example');
const phrase = z.string().trim().min(2).max(80);
const phrases = z.array(phrase).max(500);
const sentence = z.string().trim().min(1).max(200);
const word = z.string().trim().min(1).max(60);

/** `packs/cues/known.yaml`: signs that need no language. */
export const knownNamesSchema = z.strictObject({
  ...reviewed,
  known: z
    .array(z.strictObject({ name: z.string().min(3).max(60), domains: z.array(domain).min(1).max(30) }))
    .max(500),
  mailProviders: z.array(domain).max(500),
  shorteners: z.array(domain).max(500),
  attachments: z.array(z.string().regex(/^[a-z0-9]{1,8}$/u)).max(200),
});

const slots = ['shown', 'actual', 'like'];
const explanation = sentence.superRefine((text, context) => {
  for (const [, slot = ''] of text.matchAll(/\{([^{}]*)\}/gu)) {
    if (slots.includes(slot)) continue;
    context.addIssue({
      code: 'custom',
      message: `{${slot}} is no slot here; offered: {shown}, {actual}, {like}`,
    });
  }
});

const shape = <Key extends string, Value extends z.ZodType>(keys: readonly Key[], value: Value) =>
  z.record(z.enum(keys), value);

/** `packs/cues/<language>.yaml`: by which words a mail is told to be a phish, and how that is explained. */
export const cueWordsSchema = z.strictObject({
  language: z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/u, 'write a language as en or pt-BR'),
  ...reviewed,
  placeholders: z.strictObject({ firstName: word, lastName: word, position: word, email: word, other: word }),
  phrases: shape(phraseKinds, phrases),
  closings: phrases,
  doubled: phrases,
  explanations: shape(cueKinds, explanation),
  page: z.strictObject({
    heading: sentence,
    intro: sentence,
    none: sentence,
    from: sentence,
    replyTo: sentence,
    subject: sentence,
    attachments: sentence,
    cut: sentence,
    difficulty: shape(
      ratings.filter((rating) => rating !== 'not-rated'),
      sentence,
    ),
  }),
});
export type CueWords = z.infer<typeof cueWordsSchema>;

/** What the packs know of mails that try to trick their readers. */
export type CuePack = {
  readonly known: readonly KnownName[];
  readonly mailProviders: ReadonlySet<string>;
  readonly shorteners: ReadonlySet<string>;
  readonly attachmentEndings: ReadonlySet<string>;
  /** Of all languages together. */
  readonly phrases: CuePhrases;
  readonly words: ReadonlyMap<string, CueWords>;
  /** As read, for the lint. */
  readonly files: readonly CueFile[];
};

type CueFile = {
  readonly file: string;
  readonly words: CueWords;
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

/** Reads all files below `cues/`. A folder of packs without them knows no cues. */
export function readCueFiles(folder: PackFolder, problems: PackProblem[]): CuePack {
  const words = new Map<string, CueWords>();
  const files: CueFile[] = [];
  let known: z.infer<typeof knownNamesSchema> | undefined;
  for (const { file, groups } of folder.matching(/^cues\/([^/]+)\.yaml$/u)) {
    const [name = ''] = groups;
    if (name === 'known') {
      known = folder.yaml(file, knownNamesSchema)?.value;
      continue;
    }
    const read = folder.yaml(file, cueWordsSchema);
    if (read === undefined) continue;
    if (read.value.language !== name)
      problems.push({
        file,
        line: read.lineOf(['language']),
        reason: '"language" and the name of the file differ',
      });
    words.set(name, read.value);
    files.push({ file, words: read.value, lineOf: read.lineOf });
  }
  const all = [...words.values()];
  const joined = (list: (one: CueWords) => readonly string[]) => [...new Set(all.flatMap(list))];
  return {
    known: known?.known ?? [],
    mailProviders: new Set(known?.mailProviders),
    shorteners: new Set(known?.shorteners),
    attachmentEndings: new Set(known?.attachments),
    phrases: {
      'sensitive-request': joined((one) => one.phrases['sensitive-request']),
      urgency: joined((one) => one.phrases.urgency),
      threat: joined((one) => one.phrases.threat),
      'limited-time': joined((one) => one.phrases['limited-time']),
      greeting: joined((one) => one.phrases.greeting),
      'too-good': joined((one) => one.phrases['too-good']),
      authority: joined((one) => one.phrases.authority),
      'business-process': joined((one) => one.phrases['business-process']),
      closings: joined((one) => one.closings),
      doubled: joined((one) => one.doubled),
    },
    words,
    files,
  };
}
