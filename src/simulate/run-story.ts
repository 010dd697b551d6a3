import type { Event } from '../core/event.ts';
import { decide } from '../loop/decide.ts';
import { deliver as handOver } from '../loop/deliver.ts';
import { lookAtExperiments } from '../loop/experiments/look.ts';
import { ingest } from '../loop/ingest.ts';
import { type LinkReply, repliesByLink } from '../loop/listen.ts';
import { type LoopParts, loopPrincipal } from '../loop/parts.ts';
import { plan } from '../loop/plan.ts';
import { sweep } from '../loop/sweep.ts';
import { isRejection, type MapContext, type Source } from '../ports/source.ts';
import type { LoopRow } from '../ports/store.ts';
import { type Circumstance, openHostile } from './circumstances.ts';
import { followControls } from './controls.ts';
import { liveDay, planBeginning, planCampaigns, signOfLife } from './days.ts';
import { openDraws } from './draw.ts';
import { planIdentityDeeds } from './identity-deeds.ts';
import { openLeaving } from './leaving.ts';
import type { Organisation } from './organisation.ts';
import { type Received, react } from './reactions.ts';
import { openSetups, type Setup, type Setups } from './setups.ts';
import { newTruth, type Truth } from './truth.ts';
import { type Delivery, type Happening, hour, type PlannedReply, type World } from './world.ts';

/** The loop that a story is played to, and the clock that it moves. */
export type Stage = {
  readonly parts: LoopParts;
  readonly clock: { readonly now: () => number; readonly set: (at: number) => void };
  readonly sources: readonly Source[];
  readonly mapContext: (receivedAt: number) => MapContext;
  /** Messages that a channel accepted since it was asked last. */
  readonly accepted: () => Promise<readonly string[]>;
  /** Notes in the directory that they have left. */
  readonly left?: (people: readonly string[]) => void;
};

export type StoryOptions = {
  readonly seed: number;
  /** Midnight UTC of its first day. */
  readonly start: number;
  readonly days: number;
  readonly organisation: Organisation;
  /** How much happens at once, in hours that divide a day; the loop looks around after each of them by day. */
  readonly slotHours?: number;
  /** How often experiments are looked at; each day unless given. The last day is always one on which they are. */
  readonly lookEveryDays?: number;
  /** Nothing happens but practice mails: for experiments on them in large companies. */
  readonly isMailsOnly?: boolean;
  /** What goes wrong from the middle of the story on. */
  readonly circumstances?: readonly Circumstance[];
  /** Squads whose set-up makes leaks common, and what a control does to it. */
  readonly setups?: readonly Setup[];
  /** Further happenings, which the story does not invent. */
  readonly also?: (world: World) => void;
  /** Called after each day. */
  readonly onDay?: (done: number) => void;
  /** Every delivery, as it is made. */
  readonly onDelivery?: (delivery: Delivery) => void;
};

/** The owner of a loop as it was when somebody was first spoken to, or at the end. */
export type OwnerThen = LoopRow['owner'];

export type SaidMessage = {
  readonly id: string;
  readonly to: Received['to'];
  readonly moment: string;
  readonly variant: string;
  readonly at: number;
  readonly says: readonly { readonly loop: string; readonly occasion: string }[];
};

export type Played = {
  readonly truth: Truth;
  /** Event ids of each finding, and of which loop it is where no delivery brought it. */
  readonly events: ReadonlyMap<string, readonly string[]>;
  readonly ownerThen: ReadonlyMap<string, OwnerThen>;
  readonly messages: readonly SaidMessage[];
  readonly deliveries: number;
  readonly setups: Setups;
};

/** Midnight of the day in the middle of a story, from which on things go wrong in it. */
export const middleOf = (start: number, days: number): number => start + Math.floor(days / 2) * 24 * hour;

const turnsMax = 50;
/** Replies taken in one transaction. */
const repliesMax = 200;

/** Plays the story of a company to a loop, and gives what was true and what was said. */
export async function playStory(stage: Stage, options: StoryOptions): Promise<Played> {
  const { organisation, start, days, slotHours = 2, lookEveryDays = 1, isMailsOnly = false } = options;
  const slots = new Map<number, { at: number; key: string; happening: Happening }[]>();
  const slotOf = (at: number) => Math.floor((at - start) / (slotHours * hour));
  let current = -1;
  const members = new Map(organisation.members.map((member) => [member.id, member]));
  const draws = openDraws(options.seed);
  const world: World = {
    seed: options.seed,
    draws,
    hostile: openHostile(draws, middleOf(start, days), options.circumstances ?? []),
    setups: openSetups(options.setups ?? []),
    gone: new Set(),
    organisation,
    member: (id) => members.get(id),
    start,
    days,
    truth: newTruth(),
    groups: new Map(),
    mends: new Map(),
    told: new Map(),
    plan: (at, key, happening) => {
      // What is to happen in the time that runs, happens in the next.
      const slot = Math.max(slotOf(at), current + 1);
      const list = slots.get(slot) ?? [];
      slots.set(slot, list);
      list.push({ at, key, happening });
    },
  };
  const play = openPlay(stage, world);
  const scans = new Map();
  if (!isMailsOnly) planBeginning(world, scans);
  if (!isMailsOnly) planIdentityDeeds(world, organisation.identities);
  planCampaigns(world);
  options.also?.(world);
  for (let dayNumber = 0; dayNumber < days; dayNumber += 1) {
    if (isMailsOnly) signOfLife(world, start + dayNumber * 24 * hour);
    else liveDay(world, scans, dayNumber);
    for (let part = 0; part < 24 / slotHours; part += 1) {
      current = dayNumber * (24 / slotHours) + part;
      const end = start + (current + 1) * slotHours * hour;
      // A deed may cause others of the same time, such as a mail that is read at once.
      const due = slots.get(current) ?? [];
      slots.delete(current);
      stage.clock.set(end);
      await play.happen(
        due.toSorted((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1)),
        options.onDelivery,
      );
      // At night nobody is told anything.
      const clockHour = (part + 1) * slotHours;
      if (clockHour >= 8 && clockHour <= 20) await play.settle();
    }
    const isLooked = (dayNumber + 1) % lookEveryDays === 0 || dayNumber + 1 === days;
    if (isLooked) await lookAtExperiments(stage.parts);
    if (world.setups.all.length > 0) await followControls(stage.parts, world);
    options.onDay?.(dayNumber + 1);
  }
  return play.played();
}

type Due = { readonly at: number; readonly key: string; readonly happening: Happening };

function openPlay(stage: Stage, world: World) {
  const { parts, clock } = stage;
  const sources = new Map(stage.sources.map((source) => [source.id, source]));
  const events = new Map<string, string[]>();
  const ownerThen = new Map<string, OwnerThen>();
  const messages: SaidMessage[] = [];
  const caseOfEvent = new Map<string, string>();
  let deliveries = 0;

  const note = (found: string, ids: readonly string[]) => {
    const known = events.get(found) ?? [];
    events.set(found, [...new Set([...known, ...ids])]);
    const of = world.truth.findings.get(found)?.case;
    if (of !== undefined) for (const id of ids) caseOfEvent.set(id, of);
  };

  const eventsOf = (delivery: Delivery): readonly Event[] => {
    const source = sources.get(delivery.source);
    if (source === undefined) throw new Error(`no source ${delivery.source}`);
    const context = {
      ...stage.mapContext(clock.now()),
      headers: { ...delivery.headers, 'x-github-delivery': delivery.id },
    };
    return delivery.records.flatMap(({ record, finding: found }) => {
      const mapped = source.map(record, context);
      if (isRejection(mapped)) throw new Error(`${delivery.id} was refused: ${mapped.rejected}`);
      if (found !== undefined)
        note(
          found,
          mapped
            .filter(
              ({ kind }) =>
                !kind.startsWith('control.') ||
                delivery.source !== 'github' ||
                found.startsWith('protection'),
            )
            .map(({ id }) => id),
        );
      return mapped;
    });
  };

  /** Deliveries of one source that come at about the same time are taken together, as the server does. */
  const take = async (batch: readonly Delivery[]) => {
    for (const [source, some] of Map.groupBy(batch, (one) => one.source)) {
      const fresh = new Map(some.map((one) => [one.id, one]));
      const taken = [...fresh.values()].flatMap(eventsOf);
      await ingest(parts, { source, receivedAt: clock.now(), mode: 'live', events: taken });
    }
    deliveries += batch.length;
  };

  const leave = openLeaving(stage, world, note);

  const happen = async (due: readonly Due[], onDelivery: StoryOptions['onDelivery']) => {
    const batch: Delivery[] = [];
    for (const { happening } of due) {
      if (happening.kind === 'deed') happening.run();
      if (happening.kind !== 'delivery') continue;
      batch.push(happening.delivery);
      onDelivery?.(happening.delivery);
    }
    if (batch.length > 0) await take(batch);
    const replies = due.flatMap(({ key, happening }) =>
      happening.kind === 'reply' ? linked(key, happening.reply) : [],
    );
    for (let from = 0; from < replies.length; from += repliesMax)
      await repliesByLink(parts, replies.slice(from, from + repliesMax));
    for (const { happening } of due) {
      if (happening.kind === 'leave') await leave(happening.members);
      if (happening.kind === 'hand-over') {
        const owner = world.truth.cases.get(happening.case)?.owner;
        if (owner !== undefined)
          await decide(parts, { ...loopPrincipal, id: 'duty' }, happening.loop, {
            kind: 'hand-over',
            to: owner,
          });
      }
    }
  };

  const linked = (nonce: string, { message, to, answer, loop, owner }: PlannedReply): LinkReply => ({
    tokenHash: parts.replyLink(message, to).tokenHash,
    input: {
      answer,
      nonce,
      ...(loop === undefined ? {} : { loop }),
      ...(owner === undefined ? {} : { owner }),
    },
  });

  const settle = async () => {
    for (let turn = 0; turn < turnsMax; turn += 1) {
      await sweep(parts);
      const planned = await plan(parts);
      // What a channel put off comes back without a plan.
      const { sent } = planned > 0 || turn === 0 ? await handOver(parts) : { sent: 0 };
      if (sent > 0) await listen();
      if (planned === 0) return;
    }
  };

  const listen = async () => {
    const found = await parts.store.read.messagesByIds(loopPrincipal, await stage.accepted());
    const loops = [...new Set(found.flatMap(({ wants }) => wants.map(({ loop }) => loop)))];
    const rows = new Map(
      (await parts.store.read.loopsByIds(loopPrincipal, loops)).map((row) => [row.id, row]),
    );
    for (const row of rows.values()) if (!ownerThen.has(row.id)) ownerThen.set(row.id, row.owner);
    for (const { message, wants } of found) {
      const { id, to, moment, variant = 'usual' } = message;
      const at = message.sentAt ?? clock.now();
      messages.push({
        id,
        to,
        moment,
        variant,
        at,
        says: wants.map(({ loop, occasion }) => ({ loop, occasion })),
      });
      const about = [...new Set(wants.map(({ loop }) => loop))].sort().flatMap((loop) => {
        const of = rows.get(loop)?.facts.kept.flatMap(({ event }) => caseOfEvent.get(event) ?? [])[0];
        const known = of === undefined ? undefined : world.truth.cases.get(of);
        return known === undefined ? [] : [{ loop, case: known }];
      });
      react(world, { id, to, moment, variant, at, about });
    }
  };

  return {
    happen,
    settle,
    played: (): Played => ({
      truth: world.truth,
      events,
      ownerThen,
      messages,
      deliveries,
      setups: world.setups,
    }),
  };
}
