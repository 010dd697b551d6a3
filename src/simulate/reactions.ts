import type { Member } from './organisation.ts';
import type { TrueCase } from './truth.ts';
import { day, hour, isWorkday, type World } from './world.ts';

/** A message as it reached somebody, with the true cases that it speaks of. */
export type Received = {
  readonly id: string;
  readonly to: { readonly kind: 'person' | 'team' | 'duty'; readonly id: string };
  readonly moment: string;
  /** Under which name its words stand in the packs. */
  readonly variant: string;
  readonly at: number;
  readonly about: readonly { readonly loop: string; readonly case: TrueCase }[];
};

/** Moments that ask for something; the others only tell. */
const asking = new Set(['asked', 'told', 'reminder', 'escalation', 'relapse', 'digest', 'handed-over']);

/** What whoever got a message does: mends it, answers, answers wrongly, passes it on, or nothing. */
export function react(world: World, message: Received): void {
  if (!asking.has(message.moment)) return;
  for (const { loop, case: about } of message.about) {
    if (about.mendedAt !== undefined || !about.isMistake) continue;
    const { to } = message;
    const reaction = { world, message, loop, about };
    if (to.kind === 'duty') passOn(reaction);
    else if (to.kind === 'team') asTeam(reaction);
    else if (to.id === about.owner.id) asOwner(reaction);
    else asOther(reaction);
  }
}

type Reaction = {
  readonly world: World;
  readonly message: Received;
  readonly loop: string;
  readonly about: TrueCase;
};

/** Some hours later, and never on a weekend. */
function later(world: World, from: number, hoursMax: number, word: string): number {
  let at = from + world.draws.whole(1, hoursMax, 'later', word) * hour;
  while (!isWorkday(at)) at += day;
  return at;
}

function asOwner(reaction: Reaction): void {
  const { world, message, about } = reaction;
  const word = `${message.id} ${about.id}`;
  if (world.gone.has(about.owner.id)) return;
  const told = `${about.behaviour} ${about.owner.id}`;
  if (!world.told.has(told)) world.told.set(told, message.variant);
  const mood = world.draws.unit('mood', word);
  const at = later(world, message.at, 30, word);
  if (mood < 0.62) {
    mendLater(reaction, at);
    if (world.draws.chance(0.75, 'says so', word)) answer(reaction, 'done', at + hour);
  } else if (mood < 0.72) {
    // Says so in good faith; the key still works.
    answer(reaction, 'done', at);
  } else if (mood < 0.76) answer(reaction, 'need-help', at);
}

function asOther({ world, message, loop, about }: Reaction): void {
  const word = `${message.id} ${about.id}`;
  const owner = about.owner.kind === 'person' ? world.member(about.owner.id) : undefined;
  if (!world.draws.chance(0.8, 'denies', word)) return;
  const isManager = owner?.manager === message.to.id;
  const at = later(world, message.at, 20, word);
  // A lead who hears of it has it done.
  if (isManager && world.draws.chance(0.7, 'lead', word)) mendLater({ world, message, loop, about }, at);
  else answer({ world, message, loop, about }, 'not-mine', at, owner);
}

function asTeam(reaction: Reaction): void {
  const { world, message, about } = reaction;
  const word = `${message.id} ${about.id}`;
  const owner = about.owner.kind === 'person' ? world.member(about.owner.id) : undefined;
  const isTheirs = about.owner.id === message.to.id || owner?.team === message.to.id;
  const at = later(world, message.at, 40, word);
  if (isTheirs && world.draws.chance(0.6, 'takes', word)) {
    mendLater(reaction, at);
    answer(reaction, 'done', at + hour);
  } else if (!isTheirs && world.draws.chance(0.6, 'denies', word)) answer(reaction, 'not-mine', at, owner);
}

function passOn({ world, message, loop, about }: Reaction): void {
  const word = `${message.id} ${about.id}`;
  if (!world.draws.chance(0.7, 'passes on', word)) return;
  const at = later(world, message.at, 24, word);
  world.plan(at, `passes on ${word}`, { kind: 'hand-over', loop, case: about.id });
}

function mendLater({ world, about }: Reaction, at: number): void {
  world.plan(at, `mends ${about.id}`, { kind: 'deed', run: () => world.mends.get(about.id)?.(at) });
}

function answer(
  { world, message, loop }: Reaction,
  said: 'done' | 'need-help' | 'not-mine',
  at: number,
  owner?: Member,
): void {
  world.plan(at, `${said} ${message.id} ${loop}`, {
    kind: 'reply',
    reply: {
      message: message.id,
      to: message.to.id,
      answer: said,
      loop,
      ...(said === 'not-mine' && owner !== undefined ? { owner: owner.email } : {}),
    },
  });
}
