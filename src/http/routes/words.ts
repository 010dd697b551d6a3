import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { moments, plainText, type RenderedMessage } from '../../core/message.ts';
import { wordCount } from '../../core/readability.ts';
import { renderMessage } from '../../core/render.ts';
import { lintMessage, runExamples } from '../../packs/check.ts';
import type { PackBehaviour } from '../../packs/pack-behaviour.ts';
import type { PreviewPart } from '../../packs/preview.ts';
import { digestOf, fullSample, sparseSample } from '../../packs/samples.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, pathPart, reading } from '../table/operation.ts';

const sampleSchema = z.object({ subject: z.string(), text: z.string(), words: z.int() });

const partSchema = z.union([
  z.object({ kind: z.enum(['title', 'text', 'step', 'small', 'source']), text: z.string() }),
  z.object({ kind: z.literal('buttons'), labels: z.array(z.string()) }),
]);

const wordsSchema = z.object({
  items: z.array(
    z.object({
      moment: z.enum(moments),
      variant: z.string(),
      language: z.string(),
      version: z.string(),
      full: sampleSchema.describe('With everything that a source may know.'),
      sparse: sampleSchema.describe('With the least.'),
      channels: z
        .array(z.object({ id: z.string(), title: z.string(), parts: z.array(partSchema) }))
        .describe('The full sample, as a reader sees it in each channel; of a mail its text part.'),
    }),
  ),
});
export type WordsJson = z.infer<typeof wordsSchema>;

const packCheckSchema = z.object({
  examples: z.array(z.object({ name: z.string(), expected: z.string(), said: z.string() })),
  problems: z.array(z.object({ file: z.string(), line: z.int(), reason: z.string() })),
});
export type PackCheckJson = z.infer<typeof packCheckSchema>;

type WordKeys = 'GET /v1/behaviours/{behaviour}/words' | 'GET /v1/behaviours/{behaviour}/check';

/** What would be said about a behaviour, with invented names, places and keys; and whether it is well made. */
export function wordRoutes(room: Room): Pick<Operations, WordKeys> {
  const { packs, previews } = room.given;
  // The packs stay as they are while the server runs, and the lint reads hundreds of forms of each message.
  const checked = new Map<string, Promise<PackCheckJson>>();
  const packOf = (id: string): PackBehaviour => {
    const pack = packs.behaviours.get(id);
    if (pack === undefined) throw new AppError('not-found', 'No behaviour has this id.');
    return pack;
  };
  const messagesOf = ({ behaviour }: PackBehaviour) =>
    packs.messages.filter(({ template }) => template.behaviour === behaviour.id);
  /** One message at a time: other requests are answered between two of them. */
  const check = async (pack: PackBehaviour): Promise<PackCheckJson> => {
    const examples = runExamples([pack]).map(({ name, expected, said }) => ({ name, expected, said }));
    const problems: PackCheckJson['problems'] = [];
    for (const message of messagesOf(pack)) {
      await setImmediate();
      for (const { file, line, reason } of lintMessage(message, packs)) problems.push({ file, line, reason });
    }
    return { examples, problems };
  };
  return {
    'GET /v1/behaviours/{behaviour}/words': reading({
      summary: 'Shows every message of a behaviour, with invented values, as each channel shows it.',
      query: noQuery,
      answers: { 200: { description: 'By moment, variant and language.', schema: wordsSchema } },
      handle: ({ c }) => {
        const pack = packOf(pathPart(c, 'behaviour'));
        const items = messagesOf(pack).flatMap(({ template }) => {
          const isDigest = template.moment === 'digest';
          const [full, sparse] = [fullSample, sparseSample].map((values) =>
            renderMessage(template, isDigest ? digestOf(values) : values, pack.behaviour),
          );
          // What cannot be rendered is found when the packs are loaded.
          if (full?.kind !== 'ok' || sparse?.kind !== 'ok') return [];
          const { moment, variant, language } = template;
          return [
            {
              moment,
              variant,
              language,
              version: full.message.version,
              full: sampleOf(full.message),
              sparse: sampleOf(sparse.message),
              channels: previews.map(({ id, title, show }) => ({
                id,
                title,
                parts: show(full.message).map((part) => partJson(part, full.message)),
              })),
            },
          ];
        });
        return c.json({ items });
      },
    }),
    'GET /v1/behaviours/{behaviour}/check': reading({
      summary: 'Runs the examples of a behaviour and lints its messages, as `foldback packs check` does.',
      query: noQuery,
      answers: {
        200: { description: 'What was said of each example, and what is wrong.', schema: packCheckSchema },
      },
      handle: async ({ c }) => {
        const pack = packOf(pathPart(c, 'behaviour'));
        const { id } = pack.behaviour;
        const known = checked.get(id) ?? check(pack);
        checked.set(id, known);
        return c.json(await known);
      },
    }),
  };
}

function sampleOf(message: RenderedMessage): z.infer<typeof sampleSchema> {
  const text = plainText(message);
  return { subject: message.subject, text, words: wordCount(text) };
}

/** A document of a channel's own is not carried into another page; its message reads the same as text. */
function partJson(part: PreviewPart, message: RenderedMessage): z.infer<typeof partSchema> {
  if (part.kind === 'page') return { kind: 'text', text: plainText(message) };
  return part.kind === 'buttons' ? { kind: 'buttons', labels: [...part.labels] } : { ...part };
}
