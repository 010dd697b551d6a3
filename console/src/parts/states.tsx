import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { Problem } from '../api/ask.ts';
import type { LoopJson } from '../api/shapes.ts';
import { plain, type Tone, toneOf } from './text.ts';

/** Shown while data comes, or with the API's own sentence when it does not. */
export function Waiting({ query }: { readonly query: Pick<UseQueryResult, 'error' | 'refetch'> }) {
  const { error } = query;
  if (error === null)
    return (
      <p role="status" className="text-soft">
        Loading …
      </p>
    );
  // The sign-in screen is on its way.
  if (error instanceof Problem && error.status === 401) return <p className="text-soft">Sign in first.</p>;
  return (
    <div role="alert" className="card border-note-line bg-note text-note-ink">
      <p className="mb-3">
        {error instanceof Problem ? error.message : 'The server does not answer. Is it running?'}
      </p>
      <button type="button" className="button" onClick={() => void query.refetch()}>
        Try again
      </button>
    </div>
  );
}

/** What an empty place teaches: what will stand here, and how it gets here. */
export function Empty({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="rounded-xl border border-dashed border-edge p-5">
      <h2 className="mb-1">{title}</h2>
      <div className="max-w-prose space-y-2 text-soft">{children}</div>
    </div>
  );
}

/** The title of a screen; it takes the focus, so that a screen reader says where one came. */
export function Title({ text, children }: { readonly text: string; readonly children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${text} · Foldback`;
    heading.current?.focus({ preventScroll: true });
  }, [text]);
  return (
    <div className="mb-5">
      <h1 ref={heading} tabIndex={-1}>
        {text}
      </h1>
      {children !== undefined && <div className="mt-1 max-w-prose text-soft">{children}</div>}
    </div>
  );
}

const toneClasses: Readonly<Record<Tone, string>> = {
  wait: 'border-note-line bg-note text-note-ink',
  work: 'border-edge',
  good: 'border-tint-line bg-tint text-accent',
  quiet: 'border-line text-soft',
};

export function Tag({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return <span className={`tag ${toneClasses[tone]}`}>{children}</span>;
}

export function StateTag({ state }: { readonly state: LoopJson['state'] }) {
  return <Tag tone={toneOf(state)}>{plain(state)}</Tag>;
}
