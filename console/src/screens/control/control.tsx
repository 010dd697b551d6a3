import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { controlQuery } from '../../api/control-queries.ts';
import { Title, Waiting } from '../../parts/states.tsx';
import { Decide } from './decide.tsx';
import { BackTest, BeforeAfter, Effect } from './effect.tsx';
import { Facts } from './facts.tsx';
import { Patch } from './patch.tsx';

/** One control: what it would change, how it would have done, what it did, and who decided. */
export function Control() {
  const { id } = useParams({ from: '/frame/controls/$id' });
  const query = useQuery(controlQuery(id));
  const control = query.data;
  return (
    <>
      <p className="mb-2 text-sm">
        <Link to="/controls" search={{}} className="link">
          Controls
        </Link>
      </p>
      {control === undefined ? (
        <>
          <Title text="Control" />
          <Waiting query={query} />
        </>
      ) : (
        <>
          <Title text={control.title}>{control.why}</Title>
          <div className="grid items-start gap-4 xl:grid-cols-[1fr_22rem]">
            <div className="min-w-0 space-y-4">
              <Decide control={control} />
              <Patch control={control} />
              <BackTest backTest={control.backTest} />
              {control.beforeAfter !== undefined && <BeforeAfter change={control.beforeAfter} />}
              {control.effect !== undefined && <Effect effect={control.effect} />}
            </div>
            <Facts control={control} />
          </div>
        </>
      )}
    </>
  );
}
