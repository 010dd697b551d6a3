import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { behavioursQuery } from '../api/queries.ts';
import { Tag, Title, Waiting } from '../parts/states.tsx';
import { plain } from '../parts/text.ts';

/** The taxonomy: what this installation looks for. */
export function Behaviours() {
  const behaviours = useQuery(behavioursQuery);
  return (
    <>
      <Title text="Behaviours">
        What failing looks like, what fixes it, and what is said. They are files of the packs: change them
        there.
      </Title>
      {behaviours.data === undefined ? (
        <Waiting query={behaviours} />
      ) : (
        <ul className="grid gap-3 md:grid-cols-2">
          {behaviours.data.items.map((item) => (
            <li key={item.id} className="card">
              <h2 className="mb-1">
                <Link to="/behaviours/$id" params={{ id: item.id }} className="link">
                  {item.title}
                </Link>
              </h2>
              <p className="mb-2">{item.summary}</p>
              <p className="flex flex-wrap gap-1.5">
                <Tag tone={item.severity === 'critical' || item.severity === 'high' ? 'wait' : 'quiet'}>
                  {plain(item.severity)}
                </Tag>
                {item.frameworks.slice(0, 3).map((mapped) => (
                  <Tag key={`${mapped.framework} ${mapped.id}`} tone="quiet">
                    {mapped.framework} {mapped.id}
                  </Tag>
                ))}
              </p>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
