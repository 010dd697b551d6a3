import type { Channel, Recipient } from '../../src/ports/channel.ts';

/** A channel and the far side that it speaks to. */
export type ChannelHarness = {
  readonly id: string;
  open(where: 'reachable' | 'unreachable'): Promise<FarSide>;
  /** A recipient whom this channel cannot write to; undefined where it can write to anyone. */
  readonly unaddressable?: Recipient;
  /** Whom it writes to is told by an account alone: then a hostile one stands beside it. */
  readonly keepsAccounts?: true;
  /** Values that must stand in no result. */
  readonly secrets: readonly string[];
  /** A skipped test that would pass is a failure, so the list only shrinks. */
  readonly skip: readonly { readonly test: string; readonly reason: string }[];
};

export type FarSide = {
  readonly channel: Channel;
  meet(situation: Situation): void;
  /** How much of an endless answer was written before it was given up. */
  poured?(): Promise<number>;
  /** What arrived completely, in order. */
  arrived(): readonly Arrival[];
  close(): Promise<void>;
};

export type Situation =
  | 'accepts'
  | 'temporary'
  /** Asks to come back after 120 seconds. */
  | 'temporary-with-wait'
  | 'permanent'
  | 'server-error'
  | 'takes-then-silent'
  | 'takes-then-drops'
  | 'malformed'
  /** Takes the message, and answers without end. */
  | 'huge-answer';

export type Arrival = {
  /** By which the far side knows a repetition. */
  readonly key: string;
  readonly raw: string;
  /** The texts as they are shown to people, decoded, without markup. */
  readonly shown: readonly string[];
  /** Addresses that can be followed. */
  readonly links: readonly string[];
  /** Names of headers, fields and elements: what text must not be able to add to. */
  readonly structure: readonly string[];
};
