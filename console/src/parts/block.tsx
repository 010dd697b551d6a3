import type { ReactNode } from 'react';

/** A card of a screen about one thing, under its title. */
export function Block({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="card">
      <h2 className="mb-2">{title}</h2>
      {children}
    </section>
  );
}
