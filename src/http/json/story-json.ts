import { z } from 'zod';
import type { Json } from '../../core/event.ts';
import { answers, moments } from '../../core/message.ts';
import type { Campaign } from '../../loop/campaign.ts';
import type { LoopParts } from '../../loop/parts.ts';
import { standing } from '../../loop/settle.ts';
import type { Packs } from '../../packs/load.ts';
import type { LoopStory } from '../../ports/store.ts';
import { campaignJson, campaignSchema } from './campaign-json.ts';
import {
  evidenceItemSchema,
  evidenceJson,
  loopJson,
  loopSchema,
  nameOf,
  ownerSchema,
  whereSchema,
} from './loop-json.ts';
import { messageJson, messageSchema } from './message-json.ts';
import { occurrenceSchema, occurrencesJson } from './occurrence-json.ts';
import { id32, instant, iso, known, knownInstant } from './shapes.ts';

export const frameworkItemSchema = z.object({
  framework: z.string(),
  edition: z.string(),
  id: z.string(),
  title: z.string(),
});

export const storySchema = loopSchema.extend({
  title: z.string(),
  owner: ownerSchema.extend({ evidence: z.array(evidenceItemSchema) }),
  places: z.array(whereSchema.extend({ occurredAt: instant, source: z.string() })),
  occurrences: z.array(occurrenceSchema).describe('What was done, the most trusted and earliest first.'),
  proof: z.object({
    rung: loopSchema.shape.rung,
    reason: z.string(),
    isAttested: z.boolean().describe('A person’s word, counted apart.'),
    at: instant.exactOptional(),
    holdEndsAt: instant.exactOptional(),
    disprovedAt: instant.exactOptional(),
  }),
  reason: z.string().describe('Why it is in this state, as one sentence.'),
  next: z.array(
    z.object({ moment: z.enum(moments), to: z.object({ kind: z.string(), id: z.string() }), dueAt: instant }),
  ),
  events: z.array(
    z.object({
      id: id32,
      source: z.string(),
      kind: z.string(),
      occurredAt: instant,
      receivedAt: instant,
      body: z.record(z.string(), z.unknown()),
    }),
  ),
  messages: z.array(messageSchema),
  replies: z.array(
    z.object({
      at: instant,
      answer: z.enum(answers),
      by: z.object({ kind: z.string(), id: z.string(), name: z.string().exactOptional() }),
      isWeak: z.boolean(),
      reason: z.string().exactOptional(),
      until: instant.exactOptional(),
      proposedOwner: z.string().exactOptional(),
    }),
  ),
  snoozes: z.array(
    z.object({
      at: instant,
      until: instant,
      by: z.object({ kind: z.string(), id: z.string(), name: z.string().exactOptional() }),
      operator: z.string().exactOptional().describe('Who did it in their place.'),
    }),
  ),
  decisions: z.array(z.object({ kind: z.string(), at: instant, by: z.string() })),
  aliases: z.array(z.string()),
  simulation: campaignSchema
    .exactOptional()
    .describe('The simulated mail that it is about, where its mail is known.'),
  frameworks: z.array(frameworkItemSchema),
  ledger: z.object({ entries: z.int(), head: z.string() }),
});
export type StoryJson = z.infer<typeof storySchema>;

/** A loop with everything that is known of it. */
export function storyJson(
  parts: LoopParts,
  packs: Packs,
  story: LoopStory,
  now: number,
  campaign?: Campaign,
): StoryJson {
  const row = story.loop;
  const { facts } = row;
  const pack = packs.behaviours.get(row.behaviour);
  const summary = loopJson(parts, row);
  const stands =
    pack === undefined ? undefined : standing(parts, pack.behaviour, facts, row.owner, row.repository, now);
  const proof = stands?.position.proof;
  const putOff = new Map(story.waiting.map(({ occasion, dueAt }) => [occasion, dueAt]));
  return {
    ...summary,
    title: pack?.behaviour.title ?? row.behaviour,
    owner: { ...summary.owner, evidence: [...evidenceJson(row)] },
    places: facts.kept.map(({ where, at, source }) => ({
      ...known('repository', where.repository),
      ...known('commit', where.commit),
      ...known('file', where.file),
      ...known('line', where.line),
      ...known('branch', where.branch),
      occurredAt: iso(at),
      source,
    })),
    occurrences: occurrencesJson(facts, writtenIn(parts, story)),
    proof: {
      rung: row.rung,
      reason: proof?.reason ?? '',
      isAttested: proof?.isAttested ?? false,
      ...knownInstant('at', proof === undefined || proof.at === 0 ? undefined : proof.at),
      ...knownInstant('holdEndsAt', proof?.holdEndsAt),
      ...knownInstant('disprovedAt', proof?.disprovedAt === 0 ? undefined : proof?.disprovedAt),
    },
    reason: stands?.position.reason ?? '',
    next: (stands?.wants ?? []).map(({ moment, to, dueAt, occasion }) => ({
      moment,
      to,
      dueAt: iso(Math.max(dueAt, putOff.get(occasion) ?? dueAt)),
    })),
    events: story.events.map(({ id, source, kind, occurredAt, receivedAt, body }) => ({
      id,
      source,
      kind,
      occurredAt: iso(occurredAt),
      receivedAt: iso(receivedAt),
      body: shownBody(body),
    })),
    messages: story.messages.map((message) => messageJson(parts, message)),
    replies: facts.replies.map((reply) => ({
      at: iso(reply.at),
      answer: reply.answer,
      by: { ...reply.by, ...known('name', nameOf(parts, reply.by)) },
      isWeak: reply.isWeak,
      ...known('reason', reply.reason),
      ...knownInstant('until', reply.until),
      ...known('proposedOwner', reply.proposedOwner),
    })),
    snoozes: (facts.snoozes ?? []).map(({ at, until, by, operator }) => ({
      at: iso(at),
      until: iso(until),
      by: { ...by, ...known('name', nameOf(parts, by)) },
      ...known('operator', operator),
    })),
    decisions: facts.decisions.map(({ kind, at, by }) => ({ kind, at: iso(at), by })),
    aliases: [...story.aliases],
    ...known('simulation', campaign === undefined ? undefined : campaignJson(campaign)),
    frameworks: (pack?.frameworks ?? []).map((item) => ({ ...item })),
    ledger: { entries: row.seq, head: row.head },
  };
}

/** Fingerprints are keyed hashes: they say nothing to a reader. */
function shownBody(body: Json): Record<string, Json> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return {};
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'fingerprints'));
}

/** What people wrote in their reports by hand, by event. */
function writtenIn(parts: LoopParts, { events }: LoopStory): ReadonlyMap<string, string> {
  const byHand = events.filter(({ source }) => parts.experiments.selfReporting.includes(source));
  return new Map(
    byHand.flatMap(({ id, body }): [string, string][] => {
      const title = titleIn(body);
      return title === undefined ? [] : [[id, title]];
    }),
  );
}

function titleIn(body: Json): string | undefined {
  const parsed = z.looseObject({ record: z.looseObject({ title: z.string() }) }).safeParse(body);
  return parsed.success ? parsed.data.record.title : undefined;
}
