import { useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** From one page of a list to the others. Pages are known by what they come after: going back is what the browser does. */
export function PageLinks(given: {
  readonly after: string | undefined;
  readonly next: string | undefined;
  /** The link to the page after that row; to the first one without it. */
  readonly link: (text: string, after?: string) => ReactNode;
}) {
  const { after, next, link } = given;
  const router = useRouter();
  if (after === undefined && next === undefined) return undefined;
  return (
    <nav aria-label="Pages" className="mt-4 flex flex-wrap gap-3">
      {after !== undefined && (
        <>
          <button type="button" className="button" onClick={() => router.history.back()}>
            Back
          </button>
          {link('First page')}
        </>
      )}
      {next !== undefined && link('Next page', next)}
    </nav>
  );
}
