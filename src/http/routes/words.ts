import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { moments, plainText } from '../../core/message.ts';
import { wordCount } from '../../core/readability.ts';
import { renderMessage } from '../../core/render.ts';
import { digestOf, fullSample, sparseSample } from '../../packs/samples.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, pathPart, reading } from '../table/operation.ts';

const sampleSchema = z.object({ subject: z.string(), text: z.string(), words: z.int() });

const wordsSchema = z.object({
  items: z.array(
    z.object({
      moment: z.enum(moments),
      variant: z.string(),
      language: z.string(),
      version: z.string(),
      full: sampleSchema.describe('With everything that a source may know.'),
      sparse: sampleSchema.describe('With the least.'),
    }),
  ),
});
export type WordsJson = z.infer<typeof wordsSchema>;

/** What would be said about a behaviour, with invented names, places and keys. */
export function wordRoutes(room: Room): Pick<Operations, 'GET /v1/behaviours/{behaviour}/words'> {
  const { packs } = room.given;
  return {
    'GET /v1/behaviours/{behaviour}/words': reading({
      summary: 'Shows every message of a behaviour, with invented values.',
      query: noQuery,
      answers: { 200: { description: 'By moment, variant and language.', schema: wordsSchema } },
      handle: ({ c }) => {
        const pack = packs.behaviours.get(pathPart(c, 'behaviour'));
        if (pack === undefined) throw new AppError('not-found', 'No behaviour has this id.');
        const items = packs.messages
          .filter(({ template }) => template.behaviour === pack.behaviour.id)
          .flatMap(({ template }) => {
            const isDigest = template.moment === 'digest';
            const [full, sparse] = [fullSample, sparseSample].map((values) =>
              renderMessage(template, isDigest ? digestOf(values) : values, pack.behaviour),
            );
            // What cannot be rendered is found when the packs are loaded.
            if (full?.kind !== 'ok' || sparse?.kind !== 'ok') return [];
            const { moment, variant, language } = template;
            const sample = ({ subject }: { subject: string }, text: string) => ({
              subject,
              text,
              words: wordCount(text),
            });
            return [
              {
                moment,
                variant,
                language,
                version: full.message.version,
                full: sample(full.message, plainText(full.message)),
                sparse: sample(sparse.message, plainText(sparse.message)),
              },
            ];
          });
        return c.json({ items });
      },
    }),
  };
}
