import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { controlsQuery } from '../../api/control-queries.ts';
import { exceptionsQuery } from '../../api/policy-queries.ts';
import { meQuery, sourcesQuery } from '../../api/queries.ts';
import { reviewsQuery } from '../../api/review-queries.ts';
import { pauseQuery } from '../../api/run-queries.ts';
import { needSays, scopeText } from '../../parts/control-parts.tsx';
import { Deed } from '../../parts/deed.tsx';
import { may } from '../../parts/may.ts';
import { ExceptionLine } from '../../parts/policy-exceptions.tsx';
import { reviewTitle } from '../../parts/review-text.ts';
import { Tag } from '../../parts/states.tsx';
import { dayText, minuteText, utcDayText } from '../../parts/text.ts';
import { useTitles } from '../../parts/titles.ts';
import { ShortList } from './section.tsx';

/** Everything stands still while this is on, so it stands above all. */
export function Paused() {
  const pause = useQuery(pauseQuery);
  if (pause.data?.on !== true) return undefined;
  return (
    <section className="card border-note-line bg-note text-note-ink">
      <h2 className="mb-1">All messages are paused</h2>
      <p className="mb-3">
        {pause.data.at !== undefined && `Since ${minuteText(pause.data.at)}. `}What falls due meanwhile waits.
      </p>
      <Deed
        scope="delivery:write"
        text="Resume"
        path="/v1/pause"
        json={{ on: false }}
        says="What waits goes out from now on, within the budget of each recipient."
      />
    </section>
  );
}

export function AskedExceptions() {
  const me = useQuery(meQuery);
  const isJudge = may(me.data, 'policy:approve') && me.data?.teams === 'all';
  const exceptions = useQuery({ ...exceptionsQuery, enabled: isJudge });
  const asked = (exceptions.data?.items ?? []).filter(({ state }) => state === 'asked');
  if (asked.length === 0) return undefined;
  return (
    <ShortList
      title="Exceptions asked for"
      says="Somebody wants to be let past a rule for a while. A second person decides."
      items={asked}
      line={(one) => <ExceptionLine exception={one} />}
      all={(text) => (
        <Link to="/policies" className="link">
          {text}
        </Link>
      )}
    />
  );
}

/** Controls and words that are proposed: each is decided where its reasons stand. */
export function Proposals() {
  const me = useQuery(meQuery);
  const titleOf = useTitles();
  const [proposed, accepted] = [
    useQuery({ ...controlsQuery({ state: 'proposed' }), enabled: may(me.data, 'controls:write') }),
    useQuery({ ...controlsQuery({ state: 'accepted' }), enabled: may(me.data, 'controls:write') }),
  ];
  const reviews = useQuery({
    ...reviewsQuery({ state: 'proposed' }),
    enabled: may(me.data, 'behaviours:write'),
  });
  const controls = [...(accepted.data?.items ?? []), ...(proposed.data?.items ?? [])];
  const words = reviews.data?.items ?? [];
  return (
    <>
      <ShortList
        title="Controls to decide"
        says="The same came back often enough that the setup should change. Nothing is put in force by itself."
        items={controls}
        line={(control) => (
          <>
            <Link to="/controls/$id" params={{ id: control.id }} className="link font-medium">
              {control.title}
            </Link>{' '}
            <span className="text-sm text-soft">
              for {scopeText(control.scope)}
              {control.dueAt !== undefined && `, open until ${dayText(control.dueAt)}`}
            </span>
            {control.needs !== undefined && <span className="block text-sm">{needSays[control.needs]}</span>}
          </>
        )}
        all={(text) => (
          <Link to="/controls" search={{}} className="link">
            {text}
          </Link>
        )}
      />
      <ShortList
        title="Words to look at"
        says="Words that do not work, and kinds that are none. Each comes with a diff that you take, or do not."
        items={words}
        line={(review) => (
          <>
            <Link to="/reviews/$id" params={{ id: review.id }} className="link font-medium">
              {reviewTitle(review)}
            </Link>{' '}
            <span className="text-sm text-soft">{titleOf(review.behaviour)}</span>
          </>
        )}
        all={(text) => (
          <Link to="/reviews" search={{ state: 'proposed' }} className="link">
            {text}
          </Link>
        )}
      />
    </>
  );
}

export function SilentSources() {
  const me = useQuery(meQuery);
  const sources = useQuery({ ...sourcesQuery, enabled: may(me.data, 'system:read') });
  const silent = (sources.data?.items ?? []).filter((source) => source.isSilent);
  if (silent.length === 0) return undefined;
  return (
    <ShortList
      title="Silent sources"
      says="They spoke before and do not now. While a source is silent nothing of it counts as fixed."
      items={silent}
      line={(source) => (
        <span className="flex flex-wrap items-center justify-between gap-2">
          <Link to="/sources" className="link">
            {source.title}
          </Link>
          <Tag tone="wait">
            {source.lastDay === undefined ? 'never heard' : `last heard ${utcDayText(source.lastDay)}`}
          </Tag>
        </span>
      )}
      all={(text) => (
        <Link to="/sources" className="link">
          {text}
        </Link>
      )}
    />
  );
}
