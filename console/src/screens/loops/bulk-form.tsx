import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { LoopJson } from '../../api/shapes.ts';
import { Choose, Labelled } from '../../parts/fields.tsx';
import { OneByOne } from '../../parts/one-by-one.tsx';
import { whereText } from '../../parts/text.ts';
import { useTitles } from '../../parts/titles.ts';
import type { BulkAction } from './bulk-actions.ts';

/** What an action asks before it is done to those that are chosen. */
export function BulkForm(given: {
  readonly action: BulkAction;
  readonly picked: readonly LoopJson[];
  readonly onDone: () => void;
}) {
  const { action, picked, onDone } = given;
  const client = useQueryClient();
  const titleOf = useTitles();
  return (
    <OneByOne
      picked={picked}
      text={action.label}
      fields={
        <>
          {action.fields.includes('to') && <Recipient />}
          {action.fields.includes('reason') && (
            <Labelled label="Why" hint="It stands in the ledger. The owner may ask.">
              <input className="field" name="reason" required minLength={3} maxLength={500} />
            </Labelled>
          )}
        </>
      }
      name={(loop) => (
        <span className="min-w-0">
          {loop.caseCode}{' '}
          <span className="text-soft">{whereText(loop.where) || titleOf(loop.behaviour)}</span>
        </span>
      )}
      run={action.run}
      onDone={() => {
        onDone();
        void client.invalidateQueries();
      }}
    />
  );
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
