import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { LoopJson } from '../../api/shapes.ts';
import { ownerText, whenText, whereText } from '../../parts/text.ts';
import { useTitles } from '../../parts/titles.ts';

/** Rows of one kind that are shown at once; the rest is a link away. */
export const shownMax = 5;

export function Section(given: {
  readonly title: string;
  readonly n: number;
  readonly says: ReactNode;
  readonly children: ReactNode;
}) {
  const { title, n, says, children } = given;
  return (
    <section className="card">
      <h2 className="flex items-baseline gap-2">
        {title} <span className="text-xl tabular-nums">{n.toLocaleString()}</span>
      </h2>
      <p className="mb-3 max-w-prose text-soft">{says}</p>
      {children}
    </section>
  );
}

export function Rows({ items }: { readonly items: readonly LoopJson[] }) {
  const titleOf = useTitles();
  return (
    <ul className="divide-y divide-line">
      {items.map((loop) => (
        <li key={loop.id} className="py-2">
          <Link to="/loops/$id" params={{ id: loop.id }} className="link font-medium">
            {titleOf(loop.behaviour)}
          </Link>{' '}
          <span className="whitespace-nowrap text-soft">{loop.caseCode}</span>
          <br />
          <span className="text-sm text-soft">
            {[whereText(loop.where), ownerText(loop.owner), whenText(loop)]
              .filter((text) => text !== '')
              .join(' · ')}
          </span>
        </li>
      ))}
    </ul>
  );
}
