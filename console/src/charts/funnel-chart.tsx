import { ChartFrame, useWidth } from './chart-frame.tsx';
import { between, shareText } from './figure-text.ts';

export type FunnelStep = {
  readonly id: string;
  readonly label: string;
  readonly x: number;
  readonly n: number;
  readonly value?: number | undefined;
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
};

const barHeight = 18;

/** How far cases came, each step as a part of all of them. */
export function FunnelChart(given: {
  readonly title: string;
  readonly n: string;
  readonly says?: string;
  readonly steps: readonly FunnelStep[];
}) {
  const { title, n, says, steps } = given;
  const { box, width } = useWidth();
  const said = (step: FunnelStep) =>
    step.value === undefined ? 'not enough data' : `${step.x.toLocaleString()} · ${shareText(step.value)}`;
  return (
    <ChartFrame
      title={title}
      n={n}
      says={says}
      rows={steps}
      keyOf={({ id }) => id}
      columns={[
        { title: 'Step', of: ({ label }) => label },
        { title: 'Cases', of: ({ x }) => x.toLocaleString() },
        { title: 'Share', of: ({ value }) => (value === undefined ? '–' : shareText(value)) },
        { title: '95 %', of: (step) => between(step, shareText) ?? '–' },
      ]}
    >
      <div ref={box} className="chart">
        <ol>
          {steps.map((step) => (
            <li key={step.id} className="py-1">
              <span className="flex justify-between gap-4 text-sm">
                <span className="font-medium">{step.label}</span>
                <span className="text-soft tabular-nums">{said(step)}</span>
              </span>
              <svg width={width} height={barHeight} aria-hidden="true">
                <rect
                  className="chart-track"
                  x={0.5}
                  y={2.5}
                  width={width - 1}
                  height={barHeight - 5}
                  rx="3"
                />
                {step.value !== undefined && (
                  <rect
                    className="chart-bar"
                    x={0.5}
                    y={2.5}
                    width={Math.max(0, step.value * (width - 1))}
                    height={barHeight - 5}
                    rx="3"
                  />
                )}
              </svg>
            </li>
          ))}
        </ol>
      </div>
    </ChartFrame>
  );
}
