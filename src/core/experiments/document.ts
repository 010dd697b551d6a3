import { z } from 'zod';
import { moments } from '../message.ts';

/** Ids of experiments, arms and variants. */
export const experimentName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,63}$/u, 'use small letters, digits and hyphens, at least two');
const name = experimentName;
const sentence = z.string().trim().min(10).max(500);
const who = z.string().trim().min(1).max(200);

/** Whether a unit did what is counted, once each. Anything that was opened, clicked or read is no outcome. */
export const outcomes = ['recurred', 'unfixed-7d', 'not-held-90d'] as const;
export type Outcome = (typeof outcomes)[number];

/** What must not suffer, first of each unit, and which way harms. */
export const guardrails = {
  wrong: 'more',
  'need-help': 'more',
  'not-mine': 'more',
  reports: 'less',
} as const satisfies Record<string, 'more' | 'less'>;
export type GuardrailName = keyof typeof guardrails;

const armSchema = z.strictObject({
  id: name,
  /** Part of all units. */
  share: z.number().min(0.05).max(0.95),
  /** The words: `usual`, or a variant of the packs. */
  message: name.optional(),
  /** Business as usual: what happened, the safety step and the link stay; what teaches is left out. */
  holdOut: z.literal(true).optional(),
  // Named so that they are refused with a sentence.
  delay: z.unknown().optional(),
  to: z.unknown().optional(),
});

/**
 * What is registered before anybody is assigned, and never changed after. Texts such as the outcome are judged by
 * `check-document.ts`, which says why.
 */
export const experimentSchema = z.strictObject({
  id: name,
  title: z.string().trim().min(5).max(120),
  hypothesis: sentence,
  behaviour: name,
  moment: z.enum(moments),
  /** Whom chance assigns: the person who is told, or the team or repository where others see it too. */
  unit: z.enum(['person', 'team', 'repository']),
  /** The first one is the usual one, with which each other is compared. */
  arms: z.array(armSchema).min(2).max(5),
  outcome: z.string().min(1).max(40),
  window: z.string().regex(/^\d{1,3}d$/u, 'write a window in days, such as 90d'),
  /** The smallest effect that would matter, as a ratio of risks under 1. */
  smallestEffect: z.number().min(0.05).max(0.99),
  /** First recurrences at which it ends, whatever they say. */
  recurrencesMax: z.int().min(20).max(1_000_000),
  /** When it ends. Nobody is assigned whose window would be cut. */
  endsOn: z.iso.date(),
  guardrails: z
    .array(z.enum(['wrong', 'need-help', 'not-mine', 'reports']))
    .max(4)
    .default([]),
  /** The control whose effect it measures: its page says this verdict, and calls nothing else an effect. */
  control: z
    .string()
    .regex(/^[0-9a-f]{32}$/u, 'write the id of a control')
    .optional(),
  registeredBy: who,
  /** Who approves a hold-out: another person. */
  approvedBy: who.optional(),
});
export type ExperimentDocument = z.infer<typeof experimentSchema>;
export type ExperimentArm = ExperimentDocument['arms'][number];

/** Under this name a message row says that its words were cut to business as usual. */
export const holdOutVariant = 'hold-out';

/** The words of an arm, as a message row names them. */
export function variantOf(arm: ExperimentArm): string {
  return arm.holdOut === true ? holdOutVariant : (arm.message ?? 'usual');
}

/** Which words are chosen by what happened: no experiment may take their place. */
export const situations: ReadonlySet<string> = new Set(['system', 'mail', 'reported', holdOutVariant]);

export function windowDays(document: Pick<ExperimentDocument, 'window'>): number {
  return Number(document.window.slice(0, -1));
}
