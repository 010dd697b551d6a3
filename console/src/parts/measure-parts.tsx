import type { MeasuresJson } from '../api/shapes.ts';
import { Empty } from './states.tsx';
import { minuteText } from './text.ts';

/** Why nothing is shown, to whoever wonders. */
export function Hidden({ who = 'This group' }: { readonly who?: string }) {
  return (
    <Empty title={`${who} is too small to be shown`}>
      <p>
        Figures of fewer than five people would say something about each of them, and so would a group from
        which a small one follows by subtraction. Nobody sees these figures, whatever their rights.
      </p>
    </Empty>
  );
}

/** What the figures count up to. */
export function Watermark(given: Pick<MeasuresJson, 'asOf' | 'watermark'>) {
  const { loops, receiptAt, checkpoint } = given.watermark;
  return (
    <p className="text-sm text-soft">
      {[
        `As of ${minuteText(given.asOf)}`,
        `${loops.toLocaleString()} cases looked at`,
        ...(receiptAt === undefined ? [] : [`latest delivery ${minuteText(receiptAt)}`]),
        ...(checkpoint === undefined ? [] : [`ledger checkpoint ${checkpoint}`]),
      ].join(' · ')}
    </p>
  );
}
