import { z } from 'zod';
import { byHandForm } from './by-hand.ts';
import { caseParts } from './case-key.ts';
import { joinNames } from './event.ts';
import { answers, moments } from './message.ts';

/**
 * One entry of the taxonomy as it stands in `packs/behaviours/<id>.yaml`. Content, not code: a change here needs no
 * programmer. Durations are written as `30d`, `48h`, `10m`, or working time as `2wd` (working days).
 */
const duration = z.string().regex(/^\d{1,4}(m|h|d|wd)$/u, 'write a duration as 10m, 48h, 30d or 2wd');
const slug = z.string().regex(/^[a-z][a-z0-9-]{1,63}$/u, 'use small letters, digits and hyphens');

const selectionValue: z.ZodType<unknown> = z.unknown();
export const detectionBlock = z
  .record(z.string(), selectionValue)
  .refine((block) => 'condition' in block || 'rules' in block, {
    message: 'a detection needs a condition, or the rules that it names',
  });

const eventKey = z.string().refine((text) => caseParts(text) !== undefined, {
  message: 'join with + some of: actor, identity, resource, repository, or a name under which events join',
});

/**
 * The approved path to a deed, in order. What was observed under the same run, commit, ticket or subject is replayed,
 * and the first step that was skipped, came too late or was done by the wrong actor is named.
 */
const pathSchema = z.strictObject({
  /** The deed itself. */
  end: detectionBlock,
  /** What joins the steps of one undertaking. */
  join: z.array(z.enum(joinNames)).min(1),
  /** How long before the deed a step may lie. */
  within: duration.default('30d'),
  /** How long the words wait for a step that was made in time and is told late. */
  grace: duration.default('10m'),
  steps: z
    .array(
      z.strictObject({
        id: slug,
        detection: detectionBlock,
        /** It may be left out; then it only says who took part. */
        optional: z.boolean().default(false),
        /** Whoever did that step may not do this one. */
        actorNot: slug.optional(),
      }),
    )
    .min(1),
});
export type ExpectedPath = z.infer<typeof pathSchema>;

/** What is usual for an identity, by its own history: a first is unusual once the history is long enough. */
const baselineSchema = z.strictObject({
  /** Which events make the history, and are held against it. */
  of: detectionBlock,
  /** What is looked at, and how much a first of it weighs. */
  weights: z.partialRecord(z.enum(['resource', 'network', 'hour']), z.number().min(0).max(10)),
  /** A sum of weights from which on it is unusual. */
  unusualAt: z.number().min(0.1),
  /** An identity whose history is shorter is not judged. */
  learning: duration.default('30d'),
});
export type Baseline = z.infer<typeof baselineSchema>;

export const behaviourSchema = z.strictObject({
  id: slug,
  version: z.int().min(1),
  title: z.string().min(3).max(80),
  summary: z.string().min(10).max(400),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  /** Sigma detections over the normalised event (`event.…`) or the masked vendor record. */
  detection: z.strictObject({
    failed: detectionBlock,
    opportunity: detectionBlock.optional(),
    fixed: detectionBlock.optional(),
    /** What is hoped for, and thanked for. */
    wanted: detectionBlock.optional(),
  }),
  /** Further sights of the world, by the name under which `proof` lists them. */
  signals: z.record(slug, detectionBlock).optional(),
  path: pathSchema.optional(),
  baseline: baselineSchema.optional(),
  keys: z.strictObject({
    /** What makes one loop. `fingerprint` joins by fingerprints; otherwise event fields joined by `+`. */
    case: z.union([z.literal('fingerprint'), eventKey]),
    /** What joins a sign of the fix with the case; the case's own key unless given. */
    fix: eventKey.optional(),
    /** Whose habit it is: `person` (else workload, else team). */
    habit: z.enum(['person', 'workload', 'team']),
  }),
  /** Which sights of the world reach which rung. */
  proof: z.strictObject({
    observed: z.array(slug).min(1),
    verified: z.array(slug).min(1),
    unprovableAfter: duration,
  }),
  hold: z.strictObject({
    window: duration,
    sourceAliveShareMin: z.number().min(0).max(1).default(0.9),
    opportunitiesMin: z.int().min(0).default(0),
  }),
  relapse: z.strictObject({
    window: duration,
    systemFixAt: z.int().min(2).default(2),
    /** Relapses of a team, a program or of everyone from which on a control is proposed. */
    controlAt: z.int().min(2).default(3),
  }),
  /** What silence leads to, in order; each step counts from the one before. */
  ladder: z
    .array(
      z.strictObject({
        moment: z.enum(['reminder', 'escalation']),
        after: duration,
        to: z.enum(['owner', 'manager', 'team', 'duty']),
      }),
    )
    .min(1),
  answers: z.array(z.enum(answers)).min(1),
  acceptRiskMax: duration.default('90d'),
  mapping: z.array(z.strictObject({ framework: z.string(), edition: z.string(), id: z.string() })).min(1),
  learnMore: z.strictObject({ label: z.string(), url: z.url({ protocol: /^https$/u }) }),
  /** The forms by which a person reports it; without any it comes from sources alone. */
  byHand: z.array(byHandForm).min(1).exactOptional(),
  reviewedBy: z.string().min(1),
  reviewedOn: z.iso.date(),
  examples: z
    .array(
      z.strictObject({
        name: z.string().min(3),
        event: z.record(z.string(), z.unknown()),
        expect: z.enum(['failed', 'opportunity', 'fixed', 'step', 'end', 'nothing']),
      }),
    )
    .min(2),
});
export type Behaviour = z.infer<typeof behaviourSchema>;

/** Front matter of `packs/messages/<behaviour>/<moment>.<language>.md`. */
export const messageFrontMatter = z.strictObject({
  moment: z.enum(moments),
  language: z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/u),
  variant: slug.default('usual'),
  version: z.int().min(1),
  subject: z.string().min(5).max(140),
  /** Whether the behaviour's `learnMore` link stands below the message. */
  learnMore: z.boolean().default(false),
  reviewedBy: z.string().min(1),
  reviewedOn: z.iso.date(),
});
export type MessageFrontMatter = z.infer<typeof messageFrontMatter>;
