import { type LoopParts, loopPrincipal } from './parts.ts';

const nameOf = (channel: string): string => `test of ${channel}`;

/** Notes that a test went through a channel: who sets it up sees what was never tried. */
export function noteTested(parts: LoopParts, channel: string): Promise<void> {
  return parts.store.transaction((tx) => tx.saveSetting(nameOf(channel), { at: parts.clock.now() }));
}

/** When a test went through it last. */
export async function testedAt(parts: LoopParts, channel: string): Promise<number | undefined> {
  const kept = await parts.store.read.setting(loopPrincipal, nameOf(channel));
  const at = typeof kept === 'object' && kept !== null && 'at' in kept ? kept.at : undefined;
  return typeof at === 'number' ? at : undefined;
}
