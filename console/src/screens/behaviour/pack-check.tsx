import { useQuery } from '@tanstack/react-query';
import { packCheckQuery } from '../../api/queries.ts';
import { Tag, Waiting } from '../../parts/states.tsx';
import { plain } from '../../parts/text.ts';

/** The examples in the pack, run through its detections, and what the lint says of the messages. */
export function PackCheck({ id }: { readonly id: string }) {
  const check = useQuery(packCheckQuery(id));
  if (check.data === undefined)
    return (
      <section className="card">
        <h2 className="mb-2">Examples and lint</h2>
        <Waiting query={check} />
      </section>
    );
  const { examples, problems } = check.data;
  const right = examples.filter(({ expected, said }) => expected === said).length;
  return (
    <section className="card min-w-0">
      <h2>Examples and lint</h2>
      <p className="mb-3 text-sm text-soft">
        {right} of {examples.length} examples are judged as the pack says; the lint finds{' '}
        {problems.length === 0 ? 'nothing' : problems.length}.
      </p>
      <details className="border-t border-line py-2">
        <summary className="cursor-pointer py-1 font-medium">Examples</summary>
        <ul className="mt-1 space-y-1">
          {examples.map(({ name, expected, said }) => (
            <li key={name} className="flex flex-wrap items-baseline justify-between gap-x-3">
              <span>{name}</span>
              {expected === said ? (
                <Tag tone="quiet">{plain(said)}</Tag>
              ) : (
                <span>
                  should be {plain(expected)}, is <strong>{plain(said)}</strong>
                </span>
              )}
            </li>
          ))}
        </ul>
      </details>
      {problems.length > 0 && (
        <ul className="mt-2 space-y-1 border-t border-line pt-2 text-sm">
          {problems.map(({ file, line, reason }) => (
            <li key={`${file}:${line}: ${reason}`} className="wrap-anywhere">
              <code>
                {file}:{line}
              </code>{' '}
              {reason}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
