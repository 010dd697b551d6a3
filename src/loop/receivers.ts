import type { Json } from '../core/event.ts';
import type { Channel } from '../ports/channel.ts';
import type { Principal } from '../ports/principal.ts';
import type { StoreWrite } from '../ports/store.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';

/**
 * Receivers that said they want nothing any more (410): they are called no more until an operator switches them on
 * again, or until their settings change, which makes them another receiver.
 */
export async function goneSince(parts: LoopParts, receiver: string): Promise<number | undefined> {
  const kept = await parts.store.read.setting(loopPrincipal, nameOf(receiver));
  if (typeof kept !== 'object' || kept === null || !('goneAt' in kept)) return undefined;
  return typeof kept.goneAt === 'number' ? kept.goneAt : undefined;
}

/** Whether a channel's messages are not sent now. */
export async function isGone(parts: LoopParts, channel: Channel | undefined): Promise<boolean> {
  const receiver = channel?.receivers?.messages;
  return receiver !== undefined && (await goneSince(parts, receiver)) !== undefined;
}

export async function noteGone(tx: StoreWrite, receiver: string | undefined, at: number): Promise<void> {
  if (receiver !== undefined) await tx.saveSetting(nameOf(receiver), { goneAt: at });
}

/** Calls the receivers of a channel again. False: none of them was gone. */
export async function resumeReceivers(
  parts: LoopParts,
  principal: Principal,
  channel: Channel,
): Promise<boolean> {
  const receivers = receiversOf(channel);
  const gone = await Promise.all(receivers.map((receiver) => goneSince(parts, receiver)));
  const resumed: Json = { resumedAt: parts.clock.now(), by: principal.id };
  await parts.store.transaction(async (tx) => {
    for (const [at, receiver] of receivers.entries())
      if (gone[at] !== undefined) await tx.saveSetting(nameOf(receiver), resumed);
  });
  if (!gone.some((at) => at !== undefined)) return false;
  parts.wake();
  return true;
}

export function receiversOf({ receivers }: Channel): readonly string[] {
  if (receivers === undefined) return [];
  const { messages, changes = messages } = receivers;
  return [...new Set([messages, changes])];
}

function nameOf(receiver: string): string {
  return `receiver ${receiver}`;
}
