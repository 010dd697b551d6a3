import type { ControlStoryJson } from '../../api/shapes.ts';
import { controlTones, needSays } from '../../parts/control-parts.tsx';
import { Deed } from '../../parts/deed.tsx';
import { Tag } from '../../parts/states.tsx';
import { plain } from '../../parts/text.ts';

/** What it waits for, and the presses that decide it. */
export function Decide({ control }: { readonly control: ControlStoryJson }) {
  const { state, needs, isBlocking, id, files } = control;
  const path = `/v1/controls/${id}/decisions`;
  const scope = 'controls:write';
  const isOpen = state === 'proposed' || state === 'accepted';
  return (
    <section className="card">
      <h2 className="mb-2 flex flex-wrap justify-between gap-2">
        Decision <Tag tone={controlTones[state]}>{plain(state)}</Tag>
      </h2>
      <p className="mb-3 text-soft">
        {needs === undefined ? `It is ${plain(state).toLowerCase()}.` : needSays[needs]}{' '}
        {isBlocking && state === 'proposed' && 'What blocks something is accepted by two people.'}
        {files.length === 0 && ' Nothing of it can be written: it cannot be accepted.'}
      </p>
      <div className="flex flex-wrap gap-2">
        {state === 'proposed' && files.length > 0 && (
          <Deed
            scope={scope}
            text="Accept"
            path={path}
            json={{ decision: 'accept' }}
            says="From the acceptance on, no message is sent about cases of its scope until it is applied, but where the danger may not be over."
            isFirst
          />
        )}
        {state === 'accepted' && (
          <Deed
            scope={scope}
            text="It is in force"
            path={path}
            json={{ decision: 'apply' }}
            says="Say so when you have put the patch in force. Foldback applies nothing by itself; its effect is counted from now."
            isFirst
          />
        )}
        {isOpen && (
          <Deed
            scope={scope}
            text="Reject"
            path={path}
            json={{ decision: 'reject' }}
            says="The same is not proposed again for 90 days."
            takesReason
          />
        )}
        {state === 'applied' && (
          <>
            <Deed scope={scope} text="Roll back" path={path} json={{ decision: 'rollback' }} takesReason />
            <Deed scope={scope} text="End" path={path} json={{ decision: 'end' }} takesReason />
          </>
        )}
      </div>
    </section>
  );
}
