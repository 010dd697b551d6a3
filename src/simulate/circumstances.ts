import type { Draws } from './draw.ts';

/** What goes wrong in a story, from its middle on. None of it is an effect of any message, and none of it is a fix. */
export const circumstances = ['leaver-wave', 'detector-change', 'broken-delivery', 'silent-source'] as const;
export type Circumstance = (typeof circumstances)[number];

/** Sources that fall silent: those of practice mails and of keys. */
const silenced: ReadonlySet<string> = new Set(['gophish', 'cloudtrail']);

export type Hostile = {
  /** When it begins. */
  readonly from: number;
  readonly has: (circumstance: Circumstance) => boolean;
  /** Whether somebody is among those who leave at once. */
  readonly leaves: (person: string) => boolean;
  /** Whether the detector, as it is at this time, sees a click. */
  readonly sees: (click: string, at: number) => boolean;
  readonly isSilent: (source: string, at: number) => boolean;
  /** Whether the channel refuses a message for good. */
  readonly refuses: (message: string, at: number) => boolean;
};

export function openHostile(draws: Draws, from: number, given: readonly Circumstance[]): Hostile {
  const has = (circumstance: Circumstance) => given.includes(circumstance);
  return {
    from,
    has,
    leaves: (person) => has('leaver-wave') && draws.chance(0.35, 'leaver wave', person),
    sees: (click, at) => !has('detector-change') || at < from || draws.chance(0.4, 'still seen', click),
    isSilent: (source, at) => has('silent-source') && at >= from && silenced.has(source),
    refuses: (message, at) => has('broken-delivery') && at >= from && draws.chance(0.5, 'refused', message),
  };
}
