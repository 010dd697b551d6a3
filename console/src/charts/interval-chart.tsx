import { ChartFrame, useWidth } from './chart-frame.tsx';
import { between } from './figure-text.ts';

export type IntervalRow = {
  readonly id: string;
  readonly label: string;
  readonly n: number;
  readonly value?: number | undefined;
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
  /** Why there is no value. */
  readonly missing?: string | undefined;
};

const rowHeight = 44;
const edge = 8;

/** Values with their intervals on one scale, a row each; `mark` is where nothing differs. */
export function IntervalChart(given: {
  readonly title: string;
  readonly n: string;
  readonly says?: string;
  readonly rows: readonly IntervalRow[];
  readonly textOf: (value: number) => string;
  /** Of the interval, where the unit need not be said again. */
  readonly boundText?: (value: number) => string;
  readonly valueName: string;
  readonly mark?: number;
  readonly max?: number;
}) {
  const { title, n, says, rows, textOf, boundText = textOf, valueName, mark, max } = given;
  const { box, width } = useWidth();
  const known = rows.flatMap(({ value, upper }) => [value ?? 0, upper ?? 0]);
  const top = Math.min(max ?? Number.POSITIVE_INFINITY, Math.max(...known, mark ?? 0) * 1.05) || 1;
  const x = (value: number) => edge + (Math.min(Math.max(value, 0), top) / top) * (width - 2 * edge);
  const said = (row: IntervalRow) =>
    row.value === undefined
      ? (row.missing ?? 'Not enough data yet.')
      : [textOf(row.value), between(row, boundText)].filter((text) => text !== undefined).join(' · 95 %: ');
  return (
    <ChartFrame
      title={title}
      n={n}
      says={says}
      rows={rows}
      keyOf={({ id }) => id}
      columns={[
        { title: '', of: ({ label }) => label },
        {
          title: valueName,
          of: ({ value, missing }) => (value === undefined ? (missing ?? '–') : textOf(value)),
        },
        { title: '95 %', of: (row) => between(row, boundText) ?? '–' },
        { title: 'n', of: (row) => row.n.toLocaleString() },
      ]}
    >
      <div ref={box} className="chart">
        <ul>
          {rows.map((row) => (
            <li key={row.id} className="py-1">
              <span className="flex flex-wrap justify-between gap-x-4 text-sm">
                <span className="font-medium">{row.label}</span>
                <span className="text-soft tabular-nums">
                  {said(row)} · n {row.n.toLocaleString()}
                </span>
              </span>
              {row.value !== undefined && (
                <svg width={width} height={rowHeight / 2} aria-hidden="true">
                  <line
                    className="chart-grid"
                    x1={edge}
                    x2={width - edge}
                    y1={rowHeight / 4}
                    y2={rowHeight / 4}
                  />
                  {mark !== undefined && (
                    <line className="chart-cursor" x1={x(mark)} x2={x(mark)} y1={2} y2={rowHeight / 2 - 2} />
                  )}
                  <line
                    className="chart-whisker"
                    x1={x(row.lower ?? 0)}
                    x2={x(row.upper ?? top)}
                    y1={rowHeight / 4}
                    y2={rowHeight / 4}
                  />
                  {(row.upper === undefined || row.upper > top) && (
                    <path
                      className="chart-whisker"
                      d={`m${width - edge - 6} ${rowHeight / 4 - 5} 6 5 -6 5`}
                    />
                  )}
                  {row.value <= top && (
                    <circle className="chart-dot" cx={x(row.value)} cy={rowHeight / 4} r="5" />
                  )}
                </svg>
              )}
            </li>
          ))}
        </ul>
      </div>
    </ChartFrame>
  );
}
