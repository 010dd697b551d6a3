import type { Baseline } from '../behaviour.ts';
import { durationMs } from '../duration.ts';
import type { Event } from '../event.ts';

export type Looked = 'resource' | 'network' | 'hour';

/** What an identity did before, by what is looked at. Epoch milliseconds. */
export type UsualSeen = { readonly what: Looked; readonly value: string; readonly firstAt: number };

/** What is new for an identity, with what was usual, so that it can be said in words. */
export type Unusual = {
  /** The one that weighs most. */
  readonly what: Looked;
  readonly value: string;
  /** What was usual instead: the latest few, oldest first. */
  readonly known: readonly string[];
  /** Since when its history is known. */
  readonly since: number;
};

/** What is looked at of an event, as far as it has it. */
export function lookedAt(event: Event): readonly { readonly what: Looked; readonly value: string }[] {
  const { resource, network } = event;
  const found: { what: Looked; value: string }[] = [];
  if (resource !== undefined) found.push({ what: 'resource', value: resource.id });
  const place = network?.address === undefined ? undefined : networkOf(network.address);
  if (place !== undefined) found.push({ what: 'network', value: place });
  const hour = Math.floor(new Date(event.occurredAt).getUTCHours() / 4) * 4;
  found.push({ what: 'hour', value: `${hour}–${hour + 4} UTC` });
  return found;
}

/** Addresses of workloads change within a network: the first half of an address stands for it. */
function networkOf(address: string): string | undefined {
  const four = /^(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}$/u.exec(address);
  if (four !== null) return `${four[1]}.${four[2]}.0.0/16`;
  if (/^[0-9a-f:]+$/iu.test(address) && address.includes(':')) {
    const [first = '', second = ''] = address.toLowerCase().split(':');
    return `${first}:${second}::/32`;
  }
  // A cloud names its own services here instead of an address.
  return address === '' ? undefined : address.toLowerCase();
}

const knownMax = 3;

/**
 * Holds an event against its identity's own history: a first of what is looked at is new, and enough of new is
 * unusual. Undefined while the history is shorter than the learning period.
 */
export function judgeBaseline(
  baseline: Pick<Baseline, 'weights' | 'unusualAt' | 'learning'>,
  event: Event,
  seen: readonly UsualSeen[],
): Unusual | undefined {
  const at = event.occurredAt;
  const earlier = seen.filter(({ firstAt }) => firstAt < at);
  if (earlier.length === 0) return undefined;
  const since = Math.min(...earlier.map(({ firstAt }) => firstAt));
  if (since > at - durationMs(baseline.learning)) return undefined;
  const news = lookedAt(event)
    .map((one) => ({ ...one, weight: baseline.weights[one.what] ?? 0 }))
    .filter(({ what, value, weight }) => {
      const usual = earlier.filter((mark) => mark.what === what);
      // Without a history of this kind nothing is new in it: the source may only have begun to say it.
      return weight > 0 && usual.length > 0 && !usual.some((mark) => mark.value === value);
    })
    .toSorted((a, b) => b.weight - a.weight);
  const [most] = news;
  const sum = news.reduce((total, { weight }) => total + weight, 0);
  if (most === undefined || sum < baseline.unusualAt) return undefined;
  const known = earlier
    .filter(({ what }) => what === most.what)
    .toSorted((a, b) => a.firstAt - b.firstAt || (a.value < b.value ? -1 : 1))
    .slice(-knownMax)
    .map(({ value }) => value);
  return { what: most.what, value: most.value, known, since };
}
