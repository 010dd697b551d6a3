import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { countsQuery } from '../../api/queries.ts';
import { Title, Waiting } from '../../parts/states.tsx';
import { Backlog, LoopsThat } from './cases.tsx';
import { FirstSteps } from './first-steps.tsx';
import { Messages } from './messages.tsx';
import { Orphans } from './orphans.tsx';
import { AskedHelp, AskedRisks } from './requests.tsx';
import { AskedExceptions, Paused, Proposals, SilentSources } from './waiting.tsx';

/** What needs a person, the most urgent first; what needs nobody is not shown. */
export function Today() {
  const counts = useQuery(countsQuery);
  const wasEmpty = useRef(false);
  if (counts.data === undefined)
    return (
      <>
        <Title text="Today" />
        <Waiting query={counts} />
      </>
    );
  const { items } = counts.data;
  const total = items.reduce((sum, { n }) => sum + n, 0);
  // What became of the first report is read to its end, also when it has filled the screen meanwhile.
  if (total === 0) wasEmpty.current = true;
  const inState = (state: string) =>
    items.filter((item) => item.state === state).reduce((sum, { n }) => sum + n, 0);
  const needing = (need: string) => counts.data.needs.find((item) => item.need === need)?.n ?? 0;
  return (
    <>
      <Title text="Today">What needs a person. Everything else takes its course.</Title>
      <div className="space-y-4">
        <Paused />
        {wasEmpty.current && <FirstSteps isEmpty={total === 0} />}
        {total > 0 && (
          <>
            <LoopsThat are={{ needs: 'danger' }} n={needing('danger')} title="Urgent, and not answered">
              It can still do harm, and nobody has said that they see to it. Call them.
            </LoopsThat>
            <LoopsThat are={{ state: 'incident' }} n={inState('incident')} title="Not them">
              The recipient says that it was somebody else. Act on these first.
            </LoopsThat>
            <LoopsThat are={{ state: 'disputed' }} n={inState('disputed')} title="Disputed">
              The recipient says that it is wrong. Dismiss it, or say why it stands.
            </LoopsThat>
            <AskedRisks n={needing('risk')} />
            <AskedHelp n={needing('help')} />
            <AskedExceptions />
            <Messages />
            <LoopsThat are={{ needs: 'owner' }} n={needing('owner')} title="Unknown owners">
              Nothing says whose they are: the duty role was asked, and its answer names the owner.
            </LoopsThat>
            <Orphans />
            <LoopsThat are={{ state: 'triage' }} n={inState('triage')} title="To be judged">
              The report is not trusted, or nobody to speak to is known. Dismiss what is no failure.
            </LoopsThat>
            <LoopsThat are={{ state: 'escalated' }} n={inState('escalated')} title="Without an answer">
              The ladder ran out of silence, and the next in line was told. Ask in person, or change the
              setup.
            </LoopsThat>
            <Backlog counts={items} />
            <Proposals />
          </>
        )}
        <SilentSources />
        {total > 0 && (
          <p className="text-soft">
            <Link to="/loops" search={{}} className="link">
              {total === 1 ? 'The one loop there is' : `All ${total.toLocaleString()} loops`}
            </Link>
          </p>
        )}
      </div>
    </>
  );
}
