import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import type { NamedJson } from '../../api/shapes.ts';
import { Choose, Labelled } from '../../parts/fields.tsx';

/** Whom one names, and why. */
export function NameOwnerFields() {
  const [kind, setKind] = useState('person');
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        <Choose
          label="Who answers for it"
          name="kind"
          value={kind}
          choices={[
            ['person', 'A person'],
            ['team', 'A team'],
          ]}
          onSet={setKind}
        />
        <Labelled
          label={kind === 'person' ? 'Id, name or address in the directory' : 'Id or handle of the team'}
        >
          <input className="field" name="to" required maxLength={300} autoComplete="off" />
        </Labelled>
      </div>
      <Labelled label="Why" hint="It stands with the identity. Whoever is named may ask.">
        <input className="field" name="reason" required minLength={3} maxLength={500} autoComplete="off" />
      </Labelled>
    </>
  );
}

/** Says whose it is. Errors: Problem, with the API's sentence. */
export function nameOwner(id: string, typed: Readonly<Record<string, string>>): Promise<NamedJson> {
  const { kind, to, reason } = typed;
  return ask<NamedJson>(`/v1/identities/${id}/owner`, {
    json: { decision: 'name', to: { kind, id: to }, reason },
  });
}

export function handedOverText(n: number): string {
  return n === 0 ? 'Named' : `Named, ${n.toLocaleString()} open ${n === 1 ? 'loop' : 'loops'} handed over`;
}
