import { z } from 'zod';
import { countrySchema } from '../../../core/country.ts';
import { leavesSchema } from '../../../core/leave.ts';

/** One person or team as it stands in the file. Unknown keys are refused: a mistyped key would be silence. */
const id = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,99}$/u,
    'an id has letters, digits and . _ @ + - only, at most 100',
  );
const name = z.string().trim().min(1).max(200);
const email = z
  .string()
  .trim()
  .max(254)
  .transform((text) => text.toLowerCase())
  .pipe(z.email({ pattern: z.regexes.unicodeEmail, error: 'this is no e-mail address' }));
const someEmails = z.union([email.transform((one) => [one]), z.array(email).max(50)]);
const account = z.union([
  z
    .string()
    .trim()
    .min(1)
    .max(300)
    .transform((one) => [one]),
  z.array(z.string().trim().min(1).max(300)).max(50),
]);

export const accountSystems = ['github', 'gitlab', 'slack', 'okta', 'entra', 'aws'] as const;
const accounts = z.strictObject({
  github: account.optional(),
  gitlab: account.optional(),
  slack: account.optional(),
  okta: account.optional(),
  entra: account.optional(),
  aws: account.optional(),
});

const answersKeptMax = 1_000;
const isTimeZone = remembered((text) => new Intl.DateTimeFormat('en', { timeZone: text }));
const isLanguage = remembered((text) => Intl.getCanonicalLocales(text));

export const personEntry = z.strictObject({
  id,
  name,
  team: id.optional(),
  manager: id.optional(),
  emails: someEmails.default([]),
  accounts: accounts.default({}),
  status: z.enum(['active', 'left'], { error: 'status is active or left' }).default('active'),
  timeZone: z.string().refine(isTimeZone, 'this is no IANA time zone, such as Europe/Lisbon').optional(),
  language: z.string().refine(isLanguage, 'this is no BCP 47 language tag, such as pt or pt-BR').optional(),
  country: countrySchema.optional(),
  away: leavesSchema.default([]),
  duty: z.boolean().default(false),
});
export type PersonEntry = z.infer<typeof personEntry>;

export const teamEntry = z.strictObject({
  id,
  name: name.optional(),
  email: email.optional(),
  handles: z
    .array(
      z
        .string()
        .trim()
        .regex(/^@?[^\s@]{1,200}$/u, 'write a handle as @organisation/team'),
    )
    .max(50)
    .default([]),
});
export type TeamEntry = z.infer<typeof teamEntry>;

/** A company has a few zones and languages, and Intl takes its time. */
function remembered(check: (text: string) => unknown): (text: string) => boolean {
  const answers = new Map<string, boolean>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = accepts(() => check(text));
    if (answers.size < answersKeptMax) answers.set(text, answer);
    return answer;
  };
}

function accepts(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    // A RangeError is how Intl says no.
    return false;
  }
}
