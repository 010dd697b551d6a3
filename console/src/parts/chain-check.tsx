import { useQuery } from '@tanstack/react-query';
import { chainCheckQuery } from '../api/run-queries.ts';
import type { ChainCheckJson } from '../api/shapes.ts';
import { Tag, Waiting } from './states.tsx';
import { minuteText, plain } from './text.ts';

/** Asks the server to read a whole chain, and says what it found. */
export function ChainCheck({ path, text }: { readonly path: string; readonly text: string }) {
  const check = useQuery(chainCheckQuery(path));
  const isAsked = check.fetchStatus === 'fetching';
  return (
    <div className="mt-3" aria-live="polite">
      <button type="button" className="button" disabled={isAsked} onClick={() => void check.refetch()}>
        {isAsked ? 'Reading it …' : text}
      </button>
      {check.isError && !isAsked && (
        <div className="mt-3">
          <Waiting query={check} />
        </div>
      )}
      {check.data !== undefined && !isAsked && !check.isError && <Found check={check.data} />}
    </div>
  );
}

function Found({ check }: { readonly check: ChainCheckJson }) {
  const { isWhole, entries, head, checkpoint, findings, found } = check;
  return (
    <div className="mt-3 text-sm">
      <p className="flex flex-wrap items-baseline gap-2">
        {isWhole ? <Tag tone="good">Whole</Tag> : <Tag tone="wait">Not whole</Tag>}
        <span>
          {entries.toLocaleString()} {entries === 1 ? 'entry was' : 'entries were'} read
          {head !== undefined && `, up to number ${head.seq.toLocaleString()}`}.
        </span>
      </p>
      <p className="mt-1 text-soft">
        {checkpoint === undefined
          ? 'No checkpoint has signed it yet: the database alone vouches for it.'
          : `Checkpoint ${checkpoint.n.toLocaleString()} of ${minuteText(checkpoint.at)} signed it up to entry ${checkpoint.seq.toLocaleString()}${
              head !== undefined && head.seq > checkpoint.seq
                ? '; for what came later the database alone vouches.'
                : '.'
            }`}
      </p>
      {found > 0 && (
        <>
          <ul className="mt-2 space-y-1" role="alert">
            {findings.map(({ kind, where, detail }) => (
              <li key={`${kind} ${where} ${detail}`}>
                <strong className="font-medium">{plain(kind)}</strong>, {where}: {detail}
              </li>
            ))}
          </ul>
          {found > findings.length && (
            <p className="mt-1 text-soft">And {(found - findings.length).toLocaleString()} more.</p>
          )}
        </>
      )}
    </div>
  );
}
