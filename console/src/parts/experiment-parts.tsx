import type { ExperimentJson, ReadoutJson } from '../api/shapes.ts';
import { numberText } from '../charts/figure-text.ts';
import { plain, type Tone } from './text.ts';

export const stateTones: Readonly<Record<ExperimentJson['state'], Tone>> = {
  registered: 'wait',
  running: 'good',
  stopped: 'quiet',
  ended: 'quiet',
};

const hiddenSays: Readonly<Record<Extract<ReadoutJson, { readonly hidden: string }>['hidden'], string>> = {
  'other-teams': 'It concerns other teams, too: figures are for those who see all of them.',
  'small-group': 'An arm has fewer than five people: nothing is shown, so that nobody can be made out.',
  'nobody-yet': 'Nobody is assigned yet.',
  'no-key': 'The key that assigned is not here, so nobody is followed.',
};

export type Comparison = Extract<ReadoutJson, { readonly units: number }>['comparisons'][number];

export const comparisonsOf = ({ readout }: ExperimentJson): readonly Comparison[] =>
  readout !== undefined && 'comparisons' in readout ? readout.comparisons : [];

/** The verdicts that stand, each once. */
export const verdictOf = (item: ExperimentJson): readonly Comparison['verdict'][] => [
  ...new Set(comparisonsOf(item).map(({ verdict }) => verdict)),
];

/** What chance says so far, in a sentence for each arm, with the numbers under it. */
export function Verdicts(given: { readonly item: ExperimentJson; readonly isWhole?: boolean }) {
  const { item, isWhole = false } = given;
  const { readout, sight } = item;
  if (readout === undefined)
    return (
      <p>
        Not started.{' '}
        {sight.warning ??
          `With all first recurrences that can come together here, a ratio of risks of ${numberText(sight.detectable)} could be seen.`}
      </p>
    );
  if ('hidden' in readout) return <p>{hiddenSays[readout.hidden]}</p>;
  return (
    <ul className="space-y-2">
      {readout.comparisons.map((comparison) => (
        <li key={comparison.arm}>
          <p className="font-medium">
            <span className="font-normal text-soft">{comparison.arm}</span> {comparison.sentence}
          </p>
          <p className="text-sm text-soft tabular-nums">{numbersOf(comparison)}</p>
          {isWhole && <Details comparison={comparison} />}
        </li>
      ))}
    </ul>
  );
}

export function numbersOf(comparison: Comparison): string {
  const { n, evidence, threshold, riskRatio, detectable, p } = comparison;
  return [
    `n ${n.toLocaleString()}`,
    ...(evidence === null ? [] : [`E ${evidenceText(evidence)} of ${numberText(threshold)}`]),
    ...(p === null || evidence !== null ? [] : [`p ${p.toFixed(3)}`]),
    ...(riskRatio === null ? [] : [`ratio of risks ${ratioText(riskRatio)}`]),
    ...(detectable === null ? [] : [`smallest effect that could be seen ${numberText(detectable)}`]),
  ].join(' · ');
}

/** Evidence multiplies: past a thousand its size says nothing more. */
const evidenceText = (evidence: number): string => (evidence > 1000 ? 'over 1,000' : numberText(evidence));

function Details({ comparison }: { readonly comparison: Comparison }) {
  const { details, standsAmongAll, verdict, harmedGuardrails } = comparison;
  const notes = [
    ...details,
    ...(verdict === 'works' && !standsAmongAll
      ? ['It does not stand when every experiment that runs is counted.']
      : []),
    ...harmedGuardrails.map((name) => `${plain(name)} suffers.`),
  ];
  if (notes.length === 0) return undefined;
  return (
    <ul className="mt-1 mb-3 max-w-prose list-disc space-y-1 ps-5 text-sm text-soft">
      {[...new Set(notes)].map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

export function ratioText({ value, lower, upper }: NonNullable<Comparison['riskRatio']>): string {
  const range =
    upper === null ? `at least ${numberText(lower)}` : `${numberText(lower)} to ${numberText(upper)}`;
  return value === null ? range : `${numberText(value)} (95 %: ${range})`;
}
