import { z } from 'zod';

const slug = z.string().regex(/^[a-z][a-z0-9-]{1,63}$/u, 'use small letters, digits and hyphens');
const sentence = z.string().trim().min(3).max(240);

/** `packs/policies/words.<language>.yaml`: everything that a decision says. No text of a request stands in it. */
export const policyWordsSchema = z.strictObject({
  language: z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/u, 'write a language as en or pt-BR'),
  reviewedBy: z.string().min(1),
  reviewedOn: z.iso.date(),
  /** By `@message` of a policy: why it says no, for whoever tried and for whoever runs the policies. */
  messages: z.record(slug, z.strictObject({ user: sentence, admin: sentence })),
  /** By a name in `@instead`: what is allowed instead. */
  instead: z.record(slug, sentence),
  /** By `@ask`: whom to ask. */
  ask: z.record(slug, sentence),
  general: z.strictObject({
    /** Nothing permits it: another thing than a rule that forbids it. */
    nothingPermits: z.strictObject({ user: sentence, admin: sentence, instead: sentence, ask: sentence }),
    /** A policy could not be evaluated, so that nothing is let through. */
    failed: z.strictObject({ user: sentence, admin: sentence, instead: sentence, ask: sentence }),
    /** The request says something in another form than the policies read it. */
    unreadable: z.strictObject({ user: sentence, admin: sentence, instead: sentence, ask: sentence }),
    again: z.strictObject({
      /** The same denial once more, and nothing is different. */
      same: sentence,
      /** The rule or its words were changed since. */
      changed: sentence,
      /** What is open instead, or whom to ask, was changed since. */
      newWay: sentence,
      /** The same class of rule, reached in another way. */
      otherForm: sentence,
      /** It happened so often that the path is what needs work. */
      path: sentence,
      /** An exception that ended since. */
      exceptionOver: sentence,
    }),
  }),
});
export type PolicyWords = z.infer<typeof policyWordsSchema>;

const properties = z.record(z.string(), z.unknown()).optional();

/** `packs/policies/<name>.tests.yaml`: what the policies must answer. */
export const policyTestsSchema = z.strictObject({
  tests: z
    .array(
      z.strictObject({
        name: z.string().min(3).max(120),
        request: z.strictObject({
          subject: z.strictObject({ type: z.string(), id: z.string(), properties }),
          action: z.strictObject({ name: z.string(), properties }),
          resource: z.strictObject({ type: z.string(), id: z.string(), properties }),
          context: properties,
        }),
        expect: z.enum(['permitted', 'forbidden', 'nothing-permits', 'unreadable']),
        /** The rule that must have decided. */
        rule: slug.optional(),
      }),
    )
    .min(1),
});
export type PolicyTest = z.infer<typeof policyTestsSchema>['tests'][number];

/** The files of `packs/policies`, read but not compiled. Paths are relative to the packs, with `/`. */
export type PolicyContent = {
  readonly schema?: { readonly file: string; readonly text: string };
  /** Files of policies in Cedar, in the order of their names. */
  readonly policies: readonly { readonly file: string; readonly text: string }[];
  readonly words: readonly { readonly file: string; readonly words: PolicyWords }[];
  readonly tests: readonly { readonly file: string; readonly tests: readonly PolicyTest[] }[];
};

export const noPolicies: PolicyContent = { policies: [], words: [], tests: [] };
