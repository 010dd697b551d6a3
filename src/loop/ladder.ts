import type { Addressee } from '../core/loop/position.ts';
import type { MessageRow, StoreWrite, WantRow } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';

/** The channels of a recipient, in the order in which they are tried: their own, their team's, the installation's. */
export function rungsOf(parts: Pick<LoopParts, 'delivery' | 'people'>, to: Addressee): readonly string[] {
  const { channel, ladder } = parts.delivery;
  if (ladder === undefined) return [channel];
  const team =
    to.kind === 'team' ? to.id : to.kind === 'person' ? parts.people.person(to.id)?.team : undefined;
  const own = to.kind === 'person' ? of(ladder.people, to.id) : undefined;
  return own ?? of(ladder.teams, team) ?? [...new Set([channel, ...ladder.after])];
}

function of(
  ladders: Readonly<Record<string, readonly string[]>>,
  id: string | undefined,
): readonly string[] | undefined {
  return id !== undefined && Object.hasOwn(ladders, id) ? ladders[id] : undefined;
}

/**
 * Where a message goes that certainly did not arrive: the next channel in which its recipient can be written to. It stays
 * the same message, with its key, its words and its link, so that nobody is told twice. Never for an uncertain one.
 */
export function nextRung(parts: LoopParts, { to, channel, isShadow }: MessageRow): string | undefined {
  if (isShadow) return undefined;
  const rungs = rungsOf(parts, to);
  const at = rungs.indexOf(channel);
  return at < 0 ? undefined : rungs.slice(at + 1).find((id) => isReachable(parts, to, id));
}

function isReachable(parts: LoopParts, to: Addressee, id: string): boolean {
  const recipient = parts.recipient(to);
  return recipient !== undefined && parts.channel(id)?.address(recipient) !== undefined;
}

/**
 * The first channel for new words: one in which the recipient can be written to, and in which nothing about these cases
 * was lost or is uncertain. Other words than the uncertain ones are no repetition: this is how those are followed up.
 */
export function firstRung(parts: LoopParts, wants: readonly WantRow[], passed: PassedOver): string {
  const [first] = wants;
  if (first === undefined) return parts.delivery.channel;
  const rungs = rungsOf(parts, first.to);
  const reachable = rungs.filter((id) => isReachable(parts, first.to, id));
  const untroubled = reachable.find((id) => !wants.some((want) => passed(want, id)));
  return untroubled ?? reachable[0] ?? rungs[0] ?? parts.delivery.channel;
}

export type PassedOver = (want: WantRow, channel: string) => boolean;

/** What was lost or is uncertain of the cases that words are due for. Asked only where there is another channel. */
export async function passedOver(
  parts: LoopParts,
  tx: StoreWrite,
  due: readonly WantRow[],
): Promise<PassedOver> {
  const loops = due.filter(({ to }) => rungsOf(parts, to).length > 1).map(({ loop }) => loop);
  if (loops.length === 0) return () => false;
  const troubled = await tx.troubledChannels([...new Set(loops)]);
  const keys = new Set(
    troubled.map(({ loop, to, channel }) => JSON.stringify([loop, to.kind, to.id, channel])),
  );
  return ({ loop, to }, channel) => keys.has(JSON.stringify([loop, to.kind, to.id, channel]));
}
