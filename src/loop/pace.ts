import type { ClaimedMessage, StoreWrite } from '../ports/store.ts';
import type { PaceAsk } from '../ports/store-pace.ts';
import type { LoopParts } from './parts.ts';

/** Of messages that are about to go, those whose place takes no more within this time, with when they are due instead. */
export async function overPace(
  parts: LoopParts,
  tx: StoreWrite,
  claimed: readonly ClaimedMessage[],
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const waiting = new Map<string, { readonly ask: Omit<PaceAsk, 'n'>; readonly ids: string[] }>();
  for (const { message } of claimed) {
    const channel = parts.channel(message.channel);
    const recipient = channel?.pace === undefined ? undefined : parts.recipient(message.to);
    const place = recipient === undefined ? undefined : channel?.pace?.placeOf(recipient);
    if (channel?.pace === undefined || place === undefined) continue;
    const { max, withinMs } = channel.pace;
    const key = `${channel.id} ${place}`;
    const known = waiting.get(key) ?? { ask: { key, max, withinMs }, ids: [] };
    known.ids.push(message.id);
    waiting.set(key, known);
  }
  const places = [...waiting.values()];
  const granted = await tx.takePace(
    places.map(({ ask, ids }) => ({ ...ask, n: ids.length })),
    now,
  );
  return new Map(
    places.flatMap(({ ask, ids }, at) =>
      ids
        .slice(granted[at] ?? 0)
        .map((id, later) => [id, now + ask.withinMs * (1 + Math.floor(later / ask.max))] as const),
    ),
  );
}
