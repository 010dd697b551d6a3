import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { LoopJson } from '../../api/shapes.ts';
import { StateTag } from '../../parts/states.tsx';
import { aboutText, ownerText, percent, whenText, whereText } from '../../parts/text.ts';
import { useTitles } from '../../parts/titles.ts';

type Pick = (ids: readonly string[], isPicked: boolean) => void;

/** A page of loops; with `onPick` each may be chosen. */
export function LoopList(given: {
  readonly items: readonly LoopJson[];
  readonly picked: ReadonlySet<string>;
  readonly onPick?: Pick;
}) {
  const { items, picked, onPick } = given;
  const list = useRef<HTMLUListElement>(null);
  const titleOf = useTitles();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (
        event.target instanceof HTMLElement &&
        event.target.closest('input:not([type=checkbox]),select,textarea,[role=dialog]')
      )
        return;
      const links = [...(list.current?.querySelectorAll<HTMLElement>('a[data-row]') ?? [])];
      const at = links.findIndex((link) => link.closest('li')?.matches(':focus-within'));
      if (event.key === 'x') links[at]?.closest('li')?.querySelector('input')?.click();
      const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
      if (step !== 0) links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <ul ref={list} className="overflow-hidden rounded-xl border border-line bg-card" aria-label="Loops">
      {items.map((loop) => (
        <li key={loop.id} className="flex border-t border-line first:border-t-0">
          {onPick !== undefined && (
            <label className="flex items-start ps-4 pt-4">
              <span className="sr-only">Choose {loop.caseCode}</span>
              <input
                type="checkbox"
                className="size-6 shrink-0 accent-[var(--accent)]"
                checked={picked.has(loop.id)}
                onChange={(event) => onPick([loop.id], event.target.checked)}
              />
            </label>
          )}
          <Link
            to="/loops/$id"
            params={{ id: loop.id }}
            data-row
            className="grid min-w-0 flex-1 gap-x-4 gap-y-1 px-4 py-3 -outline-offset-4 hover:bg-tint sm:grid-cols-[1fr_max-content]"
          >
            <span className="min-w-0">
              <span className="font-medium">{titleOf(loop.behaviour)}</span>{' '}
              <span className="text-soft">{loop.caseCode}</span>
              {loop.relapseNumber > 0 && <span className="text-soft"> · again, {loop.relapseNumber}×</span>}
              <span className="block text-sm break-words text-soft">
                {[whereText(loop.where), loop.secret?.mask, aboutText(loop)]
                  .filter((text) => text !== undefined && text !== '')
                  .join(' · ')}
              </span>
            </span>
            <span className="text-sm sm:text-end">
              <StateTag state={loop.state} />
              <span className="mt-1 block text-soft">
                {ownerText(loop.owner)}
                {loop.owner.kind !== 'unknown' && `, ${percent(loop.owner.confidence)}`} · {whenText(loop)}
              </span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
