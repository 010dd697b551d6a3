import type { IdentityDecisionJson } from '../../api/shapes.ts';
import { OutsideText } from '../../parts/outside-text.tsx';
import { minuteText, sentence } from '../../parts/text.ts';

const decisionSays: Readonly<Record<IdentityDecisionJson['kind'], string>> = {
  named: 'Named',
  'taken-back': 'Taken back',
  'link-refused': 'Not theirs',
  'link-restored': 'Theirs after all',
};

/** What was decided by hand, by whom and why. */
export function Decisions({ rows }: { readonly rows: readonly IdentityDecisionJson[] }) {
  if (rows.length === 0) return undefined;
  return (
    <section className="card">
      <h2 className="mb-2">What operators said</h2>
      <ol className="space-y-2 text-sm">
        {rows.map(({ id, kind, to, account, reason, by, at }) => (
          <li key={id}>
            <span className="font-medium">
              {decisionSays[kind]}
              {to !== undefined && `: ${to.name ?? to.id}`}
              {account !== undefined && (
                <>
                  : <OutsideText text={account} />
                </>
              )}
            </span>
            <span className="block">
              <OutsideText text={sentence(reason)} />
            </span>
            <span className="text-soft">
              {by.name ?? by.id}, {minuteText(at)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
