import { z } from 'zod';
import { caseParts } from './case-key.ts';
import { eventKinds } from './event.ts';

/** What may be asked of whoever reports a case by hand, beside what they saw, when it was, and who may answer for it. */
export const byHandFields = [
  'who',
  'identity',
  'resource',
  'campaign',
  'rule',
  'run',
  'session',
  'subject',
  'repository',
  'branch',
  'file',
  'line',
  'commit',
  'provider',
] as const;
export type ByHandField = (typeof byHandFields)[number];

const name = z.string().regex(/^[a-z][a-z0-9-]{1,63}$/u, 'use small letters, digits and hyphens');
const ask = z
  .strictObject({
    label: z.string().min(2).max(60),
    hint: z.string().min(3).max(160).exactOptional(),
    /** What one might write; the check of the packs reports a case with it. */
    example: z.string().min(1).max(100).exactOptional(),
    optional: z.boolean().default(false),
    /** Nothing else may be written then. */
    choices: z
      .array(z.strictObject({ id: name, title: z.string().min(3).max(80) }))
      .min(2)
      .exactOptional(),
  })
  .refine(({ example, choices }) => example !== undefined || choices !== undefined, {
    message: 'give an example, or the choices there are',
  });
export type ByHandAsk = z.infer<typeof ask>;

/** A form by which a person reports a behaviour: what event it becomes, and what has to be said for that. */
export const byHandForm = z.strictObject({
  id: name,
  /** What whoever reports it saw. */
  title: z.string().min(3).max(80),
  event: z.strictObject({
    kind: z.enum(eventKinds),
    action: z.string().min(1).max(64).exactOptional(),
    outcome: z.enum(['success', 'failure']).exactOptional(),
    /** What `who` is; a person unless given. */
    actor: z.enum(['person', 'workload', 'agent']).exactOptional(),
    /** Type of the identity: of `identity` where that is asked, else of `who`. */
    identity: z.string().min(1).max(64).exactOptional(),
    /** Type of `resource`. */
    resource: z.string().min(1).max(64).exactOptional(),
  }),
  asks: z.partialRecord(z.enum(byHandFields), ask),
});
export type ByHandForm = z.infer<typeof byHandForm>;

export type ByHandGiven = { readonly [Field in ByHandField]?: string | number | undefined };
export type ByHandProblem = { readonly field: ByHandField; readonly detail: string };

/** What does not fit the form, by field; nothing of what was written is quoted. */
export function byHandProblems(form: ByHandForm, given: ByHandGiven): readonly ByHandProblem[] {
  return byHandFields.flatMap((field): readonly ByHandProblem[] => {
    const asked = form.asks[field];
    const value = given[field];
    if (asked === undefined) return value === undefined ? [] : [{ field, detail: 'this is not asked here' }];
    if (value === undefined) return asked.optional ? [] : [{ field, detail: `say this: ${asked.label}` }];
    const ids = asked.choices?.map(({ id }) => id);
    return ids === undefined || ids.includes(String(value))
      ? []
      : [{ field, detail: `write one of ${ids.join(', ')}` }];
  });
}

/** The fields that say nothing unless they are parts of the case: without any of them two cases would be one. */
export function caseFieldsOf(key: string): readonly ByHandField[] {
  const fieldOf = (part: string) => byHandFields.find((field) => field === (part === 'actor' ? 'who' : part));
  return (caseParts(key) ?? []).flatMap((part) => fieldOf(part) ?? []);
}
