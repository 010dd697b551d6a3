import { useState } from 'react';
import { ChartFrame, useWidth } from './chart-frame.tsx';
import { between, shareText } from './figure-text.ts';

export type CurveStep = {
  readonly time: number;
  readonly atRisk: number;
  readonly events: number;
  readonly value: number;
  readonly lower?: number;
  readonly upper?: number;
};

const height = 220;
const edge = { left: 46, right: 10, top: 10, bottom: 34 };
const dayHours = 24;

/** A curve of steps with its band. A slider under it reads it out, by keyboard and by finger. */
export function CurveChart(given: {
  readonly title: string;
  readonly n: string;
  readonly says?: string;
  readonly curve: readonly CurveStep[];
  /** The value before the first step. */
  readonly start: 0 | 1;
  readonly valueName: string;
}) {
  const { title, n, says, curve, start, valueName } = given;
  const { box, width } = useWidth();
  const last = curve.at(-1);
  const isShort = (last?.time ?? 0) <= 72;
  const unit = isShort ? 1 : dayHours;
  const span = Math.max(1, Math.ceil((last?.time ?? 1) / unit));
  const [at, setAt] = useState(span);
  const top = start === 1 ? 1 : niceTop(Math.max(...curve.map(({ upper, value }) => upper ?? value), 0.01));
  const x = (time: number) => edge.left + (time / unit / span) * (width - edge.left - edge.right);
  const y = (value: number) =>
    height - edge.bottom - (Math.min(value, top) / top) * (height - edge.top - edge.bottom);
  const textOf = (value: number) => (top > 1.5 ? value.toFixed(2) : shareText(value));
  const point = curve.findLast(({ time }) => time <= Math.min(at, span) * unit);
  const unitName = isShort ? 'hour' : 'day';
  const read =
    point === undefined
      ? `${textOf(start)}`
      : [
          textOf(point.value),
          ...(between(point, textOf) === undefined ? [] : [`95 %: ${between(point, textOf)}`]),
          `${point.atRisk.toLocaleString()} followed`,
        ].join(' · ');
  return (
    <ChartFrame
      title={title}
      n={n}
      says={says}
      rows={curve}
      keyOf={({ time }) => String(time)}
      columns={[
        { title: isShort ? 'Hours' : 'Days', of: ({ time }) => String(Math.round((time / unit) * 10) / 10) },
        { title: valueName, of: ({ value }) => textOf(value) },
        { title: '95 %', of: (step) => between(step, textOf) ?? '–' },
        { title: 'Followed', of: ({ atRisk }) => atRisk.toLocaleString() },
        { title: 'Had it', of: ({ events }) => events.toLocaleString() },
      ]}
    >
      <div ref={box} className="chart">
        <svg width={width} height={height} role="img" aria-label={`${title}. At the end: ${read}`}>
          {[0, 0.5, 1].map((part) => (
            <g key={part}>
              <line
                className="chart-grid"
                x1={edge.left}
                x2={width - edge.right}
                y1={y(part * top)}
                y2={y(part * top)}
              />
              <text className="chart-text" x={edge.left - 6} y={y(part * top) + 4} textAnchor="end">
                {textOf(part * top)}
              </text>
            </g>
          ))}
          {[0, 0.5, 1].map((part) => (
            <text
              key={part}
              className="chart-text"
              x={x(part * span * unit)}
              y={height - edge.bottom + 16}
              textAnchor={part === 0 ? 'start' : part === 1 ? 'end' : 'middle'}
            >
              {Math.round(part * span)}
              {part === 1 ? ` ${unitName}s` : ''}
            </text>
          ))}
          <path className="chart-band" d={bandOf(curve, start, span * unit, x, y)} />
          <path className="chart-line" d={lineOf(curve, start, span * unit, x, y)} />
          <line
            className="chart-cursor"
            x1={x(Math.min(at, span) * unit)}
            x2={x(Math.min(at, span) * unit)}
            y1={edge.top}
            y2={height - edge.bottom}
          />
          <circle
            className="chart-dot"
            cx={x(Math.min(at, span) * unit)}
            cy={y(point?.value ?? start)}
            r="4"
          />
        </svg>
        <label className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm print:hidden">
          <span className="w-16 text-soft">
            {unitName === 'day' ? 'Day' : 'Hour'} {Math.min(at, span)}
          </span>
          <input
            type="range"
            className="min-w-0 grow accent-accent"
            min={0}
            max={span}
            value={Math.min(at, span)}
            aria-valuetext={`${unitName} ${Math.min(at, span)}: ${read}`}
            onChange={(event) => setAt(Number(event.target.value))}
          />
          <span data-read className="w-full tabular-nums sm:w-auto">
            {read}
          </span>
        </label>
      </div>
    </ChartFrame>
  );
}

type Scale = (value: number) => number;

function lineOf(curve: readonly CurveStep[], start: number, end: number, x: Scale, y: Scale): string {
  const steps = curve.map(({ time, value }) => `H${x(time)}V${y(value)}`).join('');
  return `M${x(0)} ${y(start)}${steps}H${x(end)}`;
}

/** Between the lower and the upper bound; a bound that is not known lies at the value. */
function bandOf(curve: readonly CurveStep[], start: number, end: number, x: Scale, y: Scale): string {
  if (!curve.some(({ lower, upper }) => lower !== undefined || upper !== undefined)) return '';
  const above = curve.map(({ time, value, upper }) => `H${x(time)}V${y(upper ?? value)}`).join('');
  const back = curve
    .toReversed()
    .map(({ time, value, lower }) => `V${y(lower ?? value)}H${x(time)}`)
    .join('');
  return `M${x(0)} ${y(start)}${above}H${x(end)}${back}V${y(start)}Z`;
}

function niceTop(value: number): number {
  const tops = [0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 1, 2, 5, 10, 20, 50, 100];
  return tops.find((top) => top >= value) ?? value;
}
