/** Numbers as a reader takes them in: two digits that count, and never more exact than they are known. */
const two = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });

export const shareText = (share: number): string =>
  share !== 0 && Math.abs(share) < 0.01 ? `${two.format(share * 100)} %` : `${Math.round(share * 100)} %`;

export const numberText = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString() : two.format(value);

/** Hours, as hours for two days and as days from then on. */
export const hoursText = (hours: number): string =>
  hours < 1
    ? 'under an hour'
    : hours < 48
      ? `${numberText(hours)} ${hours === 1 ? 'hour' : 'hours'}`
      : `${numberText(hours / 24)} days`;

export const perThousand = (rate: number): string => `${numberText(rate * 1000)} per 1,000`;

/** Beside it, where the unit was said already. */
export const inThousand = (rate: number): string => numberText(rate * 1000);

type Bounds = { readonly lower?: number | undefined; readonly upper?: number | undefined };

/** The interval beside a value; a bound that is not known is said to be open. */
export function between({ lower, upper }: Bounds, text: (value: number) => string): string | undefined {
  if (lower === undefined && upper === undefined) return undefined;
  if (upper === undefined) return `at least ${text(lower ?? 0)}`;
  if (lower === undefined) return `at most ${text(upper)}`;
  return `${text(lower)} to ${text(upper)}`;
}

const reasons: Readonly<Record<string, string>> = {
  uncounted: 'No chances to fail are logged for these cases.',
  'few-opportunities': 'Too few chances to fail are logged.',
  'units-differ': 'Teams differ by more than chance: one number for all would mislead.',
  'few-units': 'Too few people, programs or teams.',
  'not-followed-so-long': 'Nobody was followed for so long yet.',
  'no-failures': 'There are no failures to compare.',
};

export const reasonText = (reason: string | undefined): string =>
  reasons[reason ?? ''] ?? 'Not enough data yet.';
