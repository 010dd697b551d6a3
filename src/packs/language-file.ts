import { z } from 'zod';

const words = z.array(z.string().trim().min(1).max(80));

/** `packs/languages/<language>.yaml`: what the lint knows of a language. A language without this file is not offered. */
export const languageSchema = z.strictObject({
  language: z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/u, 'write a language as en or pt-BR'),
  name: z.string().min(2),
  direction: z.enum(['ltr', 'rtl']),
  /** Which formula judges how hard a text is; `none` where no formula is known. */
  readability: z.enum(['flesch-kincaid', 'szigriszt-pazos', 'none']),
  /** Words and phrases that blame. Matched as whole words, without case. */
  blame: words.min(5),
  /** Phrases that hold such a word and do not blame. */
  blameAllowed: words,
  passive: z.strictObject({ auxiliaries: words, participles: words, endings: words, notPassive: words }),
  /** First words of a sentence that tell somebody to do something. */
  imperatives: words.min(5),
  /** Short forms in capitals that readers know. */
  acronyms: words,
});
export type LanguageRules = z.infer<typeof languageSchema>;
