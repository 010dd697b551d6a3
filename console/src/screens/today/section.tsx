import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { LoopJson } from '../../api/shapes.ts';
import { aboutText, ownerText, whenText, whereText } from '../../parts/text.ts';
import { useTitles } from '../../parts/titles.ts';

/** Rows of one kind that are shown at once; the rest is a press away. */
export const shownMax = 5;

export function Section(given: {
  readonly title: string;
  /** A text where it is not known exactly. */
  readonly n: number | string;
  readonly says: ReactNode;
  readonly children: ReactNode;
}) {
  const { title, n, says, children } = given;
  return (
    <section className="card" aria-label={title}>
      <h2 className="flex items-baseline gap-2">
        {title} <span className="text-xl tabular-nums">{n.toLocaleString()}</span>
      </h2>
      <p className="mb-3 max-w-prose text-soft">{says}</p>
      {children}
    </section>
  );
}

/** The first few of a kind. All of them stand behind `all`, a link, or unfold here where no screen lists them. */
export function ShortList<T extends { readonly id: string }>(given: {
  readonly title: string;
  /** How many there are, where that is more than `items`. */
  readonly n?: number | string;
  readonly says: ReactNode;
  readonly items: readonly T[];
  readonly line: (item: T) => ReactNode;
  readonly all?: (text: string) => ReactNode;
  /** What is said below the list. */
  readonly children?: ReactNode;
}) {
  const { title, items, says, line, all, children } = given;
  const { n = items.length } = given;
  const [isOpen, setIsOpen] = useState(false);
  const hasMore = typeof n === 'string' || n > shownMax;
  const text = `Show all ${n.toLocaleString()}`;
  if (items.length === 0) return undefined;
  return (
    <Section title={title} n={n} says={says}>
      <ul className="divide-y divide-line">
        {items.slice(0, isOpen ? undefined : shownMax).map((item) => (
          <li key={item.id} className="py-2">
            {line(item)}
          </li>
        ))}
      </ul>
      {hasMore && all !== undefined && <p className="mt-2">{all(text)}</p>}
      {hasMore && all === undefined && !isOpen && (
        <button type="button" className="link mt-2" onClick={() => setIsOpen(true)}>
          {text}
        </button>
      )}
      {children}
    </Section>
  );
}

/** A case in such a list. */
export function CaseLine({ loop }: { readonly loop: LoopJson }) {
  const titleOf = useTitles();
  return (
    <>
      <Link to="/loops/$id" params={{ id: loop.id }} className="link font-medium">
        {titleOf(loop.behaviour)}
      </Link>{' '}
      <span className="whitespace-nowrap text-soft">{loop.caseCode}</span>
      <br />
      <span className="text-sm break-words text-soft">
        {[whereText(loop.where), aboutText(loop), ownerText(loop.owner), whenText(loop)]
          .filter((text) => text !== '')
          .join(' · ')}
      </span>
    </>
  );
}
