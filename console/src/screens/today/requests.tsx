import type { LoopJson } from '../../api/shapes.ts';
import { Deed } from '../../parts/deed.tsx';
import { dayText, minuteText, ownerText } from '../../parts/text.ts';
import { LoopsThat } from './cases.tsx';
import { CaseLine } from './section.tsx';

/** Somebody wants to live with it until a date: that takes a second person, who is not the one who asks. */
export function AskedRisks({ n }: { readonly n: number }) {
  return (
    <LoopsThat
      are={{ needs: 'risk' }}
      n={n}
      title="Risks to decide"
      line={(loop) => <AskedRisk loop={loop} />}
    >
      Whoever answers for these asks to live with them until a date. A second person agrees, or has the case
      go on.
    </LoopsThat>
  );
}

function AskedRisk({ loop }: { readonly loop: LoopJson }) {
  const until = loop.request?.until;
  const isLate = until !== undefined && Date.parse(until) <= Date.now();
  const path = `/v1/loops/${loop.id}/replies`;
  return (
    <>
      <CaseLine loop={loop} />
      <Asked loop={loop} />
      <span className="mt-2 flex flex-wrap gap-2">
        {until !== undefined && !isLate && (
          <Deed
            scope="loops:write"
            text={`Accept until ${dayText(until)}`}
            path={path}
            json={{ decision: 'accept-risk', until }}
            says="You are the second person: nobody is reminded until that day, on which it comes back. Not yours to decide if it is your own case."
          />
        )}
        <Deed
          scope="loops:write"
          text="Refuse"
          path={path}
          json={{ decision: 'hand-back' }}
          takesReason
          says="The case goes on where it was, and its owner is reminded. Your reason stands in its story."
        />
      </span>
      {isLate && (
        <span className="mt-1 block text-sm text-soft">
          That day has passed: refuse, or agree to another one where the case stands.
        </span>
      )}
    </>
  );
}

/** Who does not know how to go on waits for a word. */
export function AskedHelp({ n }: { readonly n: number }) {
  return (
    <LoopsThat are={{ needs: 'help' }} n={n} title="Help wanted" line={(loop) => <Helped loop={loop} />}>
      They would fix it and do not know how. Speak to them; the duty role was told.
    </LoopsThat>
  );
}

function Helped({ loop }: { readonly loop: LoopJson }) {
  return (
    <>
      <CaseLine loop={loop} />
      <Asked loop={loop} />
      <span className="mt-2 flex">
        <Deed
          scope="loops:write"
          text="They were helped"
          path={`/v1/loops/${loop.id}/replies`}
          json={{ decision: 'hand-back' }}
          takesReason
          says="The case goes on where it was, and its owner is reminded as usual. Say what was done."
        />
      </span>
    </>
  );
}

function Asked({ loop }: { readonly loop: LoopJson }) {
  const { request } = loop;
  if (request === undefined) return undefined;
  const who = request.by.name ?? (request.by.kind === 'duty' ? 'The duty role' : ownerText(loop.owner));
  return (
    <span className="block text-sm break-words">
      {who}, on {minuteText(request.at)}
      {request.until !== undefined && `: until ${dayText(request.until)}`}
      {request.reason !== undefined && <span className="block">“{request.reason}”</span>}
    </span>
  );
}
