import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { controlsQuery } from '../api/control-queries.ts';
import type { ControlJson } from '../api/shapes.ts';
import { controlStateNames, controlTones, needSays, scopeText } from '../parts/control-parts.tsx';
import { Empty, Tag, Title, Waiting } from '../parts/states.tsx';
import { dayText, plain } from '../parts/text.ts';
import { useTitles } from '../parts/titles.ts';

/** What is proposed where a mistake keeps coming back. The filter is the address. */
export function Controls() {
  const search = useSearch({ from: '/frame/controls' });
  const navigate = useNavigate();
  const controls = useQuery(controlsQuery(search));
  return (
    <>
      <Title text="Controls">
        Where telling people did not keep a mistake away, the set-up is changed instead of somebody.
      </Title>
      <search className="mb-4 block max-w-xs">
        <label>
          <span className="mb-1 block text-sm text-soft">State</span>
          <select
            className="field"
            value={search.state ?? ''}
            onChange={(event) => {
              const state = controlStateNames.find((name) => name === event.target.value);
              const { state: _, ...rest } = search;
              void navigate({ to: '/controls', search: state === undefined ? rest : { ...rest, state } });
            }}
          >
            <option value="">All states</option>
            {controlStateNames.map((state) => (
              <option key={state} value={state}>
                {plain(state)}
              </option>
            ))}
          </select>
        </label>
      </search>
      {controls.data === undefined ? (
        <Waiting query={controls} />
      ) : controls.data.items.length === 0 ? (
        <Empty title={search.state === undefined ? 'No control is proposed' : 'No control stands so'}>
          <p>
            When cases of a behaviour relapse three times in a program, a team or everywhere, a rule, a step
            of the build or a narrowing of rights is proposed here, with the patch, its way back, and how it
            would have done on what was recorded. Nothing is put in force by itself.
          </p>
        </Empty>
      ) : (
        <ul className="space-y-3">
          {controls.data.items.map((control) => (
            <Item key={control.id} control={control} />
          ))}
        </ul>
      )}
    </>
  );
}

function Item({ control }: { readonly control: ControlJson }) {
  const { failures } = control.backTest;
  const titleOf = useTitles();
  return (
    <li className="card">
      <div className="mb-1 flex flex-wrap items-start justify-between gap-2">
        <h2>
          <Link to="/controls/$id" params={{ id: control.id }} className="link">
            {control.title}
          </Link>
        </h2>
        <Tag tone={controlTones[control.state]}>{plain(control.state)}</Tag>
      </div>
      <p className="text-sm text-soft">
        {[
          titleOf(control.behaviour),
          plain(control.kind),
          `for ${scopeText(control.scope)}`,
          ...(control.relapses === undefined ? [] : [`${control.relapses.toLocaleString()} relapses`]),
          ...(failures === undefined
            ? []
            : [`would have caught ${failures.caught.toLocaleString()} of ${failures.of.toLocaleString()}`]),
        ].join(' · ')}
      </p>
      {control.needs !== undefined && (
        <p className="mt-1">
          {needSays[control.needs]}
          {control.dueAt !== undefined && ` Open until ${dayText(control.dueAt)}.`}
        </p>
      )}
    </li>
  );
}
