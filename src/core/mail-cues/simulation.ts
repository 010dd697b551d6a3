import { z } from 'zod';
import { maskShapes } from '../secret-provider.ts';
import { type Cue, cueCount, cueKinds } from './cue.ts';
import { type Alignment, type Difficulty, rateDifficulty } from './difficulty.ts';
import { findCues } from './find-cues.ts';
import type { CueSigns, Mail } from './mail.ts';

const range = { start: z.int().min(0), end: z.int().min(0) };

/** A simulated mail as it is kept: words only. Sizes are those of `lib/mail`; what was stored is checked all the same. */
export const reconstructionSchema = z.object({
  from: z.object({ name: z.string(), address: z.string() }).exactOptional(),
  replyTo: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
  isCut: z.boolean(),
  attachments: z.array(z.string()),
});
export type Reconstruction = z.infer<typeof reconstructionSchema>;

export const cuesSchema = z.array(
  z.object({
    kind: z.enum(cueKinds),
    where: z.union([
      z.object({ part: z.enum(['from', 'reply-to', 'attachments']) }),
      z.object({ part: z.enum(['subject', 'text']), ...range }),
    ]),
    shown: z.string().exactOptional(),
    actual: z.string().exactOptional(),
    like: z.string().exactOptional(),
  }),
);

/** What the campaign says of itself: a program sees neither. */
export const campaignInputSchema = z.object({
  /** Cues of the scale that no program sees, counted by whoever made the campaign. */
  otherCues: z.int().min(0).max(30).exactOptional(),
  alignment: z.array(z.int()).length(5).exactOptional(),
});
export type CampaignInput = { readonly otherCues?: number; readonly alignment?: Alignment };

export type Simulation = {
  readonly reconstruction: Reconstruction;
  readonly cues: readonly Cue[];
};

/**
 * What may be kept and shown of a simulated mail: its words with secrets masked, and its cues.
 *
 * @param ownCount so many of the first known names are the organisation's own
 */
export function makeSimulation(given: Mail, signs: CueSigns, ownCount: number): Simulation {
  const mail = withoutSecrets(given);
  const { from, replyTo, subject, text, isCut, attachments } = mail;
  return {
    reconstruction: {
      ...(from === undefined ? {} : { from: { name: from.name, address: from.address } }),
      replyTo: replyTo.map(({ address }) => address),
      subject,
      text,
      isCut,
      attachments: attachments.map(({ name, type }) => (name === '' ? type : name)),
    },
    cues: findCues(mail, signs, ownCount),
  };
}

/** Masks what looks like a secret; links behind the first one no longer stand where they were, and are left out. */
function withoutSecrets(mail: Mail): Mail {
  const text = maskShapes(mail.text);
  const subject = maskShapes(mail.subject);
  if (text === mail.text) return { ...mail, subject };
  let same = 0;
  while (text[same] === mail.text[same]) same += 1;
  return { ...mail, subject, text, links: mail.links.filter(({ end }) => end <= same) };
}

/** How hard a simulated mail was, from what was found and what the campaign says of itself. */
export function difficultyOf(cues: readonly Cue[], input: CampaignInput): Difficulty {
  return rateDifficulty(cueCount(cues) + (input.otherCues ?? 0), input.alignment);
}
