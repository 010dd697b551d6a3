export type MailFact = {
  /** The message that began the exchange. */
  readonly message: string;
  /** UTC, `YYYY-MM-DD`: one answer a day, or two machines would write to each other for ever. */
  readonly day: string;
  readonly at: number;
  readonly by: { readonly kind: 'person' | 'team' | 'duty'; readonly id: string };
};

/** Older ones were answered long ago. */
const keptMailsMax = 10;

export function keepLatestMails(mails: readonly MailFact[]): readonly MailFact[] {
  const nameOf = ({ message, day }: MailFact) => `${message} ${day}`;
  const sorted = mails.toSorted(
    (a, b) => a.at - b.at || (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0),
  );
  return sorted
    .filter((mail, index) => !sorted.slice(0, index).some((one) => isSameExchange(one, mail)))
    .slice(-keptMailsMax);
}

export function isSameExchange(a: MailFact, b: MailFact): boolean {
  return a.message === b.message && a.day === b.day;
}
