import { Dialog } from '@base-ui/react/dialog';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { LoopJson } from '../../api/shapes.ts';
import { Choose, Labelled, typedIn } from '../../parts/fields.tsx';
import { Tag } from '../../parts/states.tsx';
import { whereText } from '../../parts/text.ts';
import { useTitles } from '../../parts/titles.ts';
import type { BulkAction } from './bulk-actions.ts';

type Line = { readonly isDone: boolean; readonly text: string };

/** Asks, does one after another, and says of each what became of it: what failed keeps nothing else from being done. */
export function BulkForm(given: {
  readonly action: BulkAction;
  readonly picked: readonly LoopJson[];
  readonly onDone: () => void;
}) {
  const { action, onDone } = given;
  // The list behind may change while this runs; what was confirmed does not.
  const [picked] = useState(given.picked);
  const [lines, setLines] = useState<ReadonlyMap<string, Line> | undefined>();
  const client = useQueryClient();
  const titleOf = useTitles();
  const isRunning = lines !== undefined && lines.size < picked.length;
  const run = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = typedIn(event.currentTarget);
    let said: ReadonlyMap<string, Line> = new Map();
    setLines(said);
    for (const loop of picked) {
      const line = await action.run(loop, typed).then(
        (text): Line => ({ isDone: true, text }),
        (fault: unknown): Line => ({
          isDone: false,
          text: fault instanceof Error ? fault.message : 'It did not work.',
        }),
      );
      said = new Map([...said, [loop.id, line]]);
      setLines(said);
    }
    onDone();
    await client.invalidateQueries();
  };
  const failed = [...(lines?.values() ?? [])].filter(({ isDone }) => !isDone).length;
  return (
    <>
      {lines === undefined ? (
        <form onSubmit={(event) => void run(event)} className="space-y-3">
          {action.fields.includes('to') && <Recipient />}
          {action.fields.includes('reason') && (
            <Labelled label="Why" hint="It stands in the ledger. The owner may ask.">
              <input className="field" name="reason" required minLength={3} maxLength={500} />
            </Labelled>
          )}
          <div className="flex flex-wrap justify-end gap-2">
            <Dialog.Close className="button">Cancel</Dialog.Close>
            <button type="submit" className="button button-first">
              {action.label}: {picked.length.toLocaleString()}
            </button>
          </div>
        </form>
      ) : (
        <>
          <p role="status" className="mb-2">
            {isRunning
              ? `${lines.size.toLocaleString()} of ${picked.length.toLocaleString()} …`
              : failed === 0
                ? 'All done.'
                : `${failed.toLocaleString()} of ${picked.length.toLocaleString()} did not work.`}
          </p>
          <ul className="mb-3 divide-y divide-line">
            {picked.map((loop) => (
              <li key={loop.id} className="flex flex-wrap items-baseline justify-between gap-x-3 py-1.5">
                <span className="min-w-0 text-sm">
                  {loop.caseCode}{' '}
                  <span className="text-soft">{whereText(loop.where) || titleOf(loop.behaviour)}</span>
                </span>
                <Outcome line={lines.get(loop.id)} />
              </li>
            ))}
          </ul>
          <div className="flex justify-end">
            <Dialog.Close className="button" disabled={isRunning}>
              Close
            </Dialog.Close>
          </div>
        </>
      )}
    </>
  );
}

function Outcome({ line }: { readonly line: Line | undefined }) {
  if (line === undefined) return <span className="text-sm text-soft">waits</span>;
  if (line.isDone) return <Tag tone="good">{line.text}</Tag>;
  return <span className="text-sm text-note-ink">{line.text}</span>;
}

function Recipient() {
  const [kind, setKind] = useState('person');
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Choose
        label="Whom"
        name="kind"
        value={kind}
        choices={[
          ['person', 'A person'],
          ['team', 'A team'],
          ['duty', 'The duty role'],
        ]}
        onSet={setKind}
      />
      {kind !== 'duty' && (
        <Labelled label="Its id in the directory">
          <input className="field" name="to" required maxLength={300} />
        </Labelled>
      )}
    </div>
  );
}
