import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metric } from './metrics-text.ts';

/** Started with the first look, so that a command that never answers a request does not count. */
let delay: ReturnType<typeof monitorEventLoopDelay> | undefined;

/** How this process is, under the names that Prometheus clients agree on. The loop's delay is that since the last look. */
export function processMetrics(): readonly Metric[] {
  const { user, system } = process.cpuUsage();
  const late = delay === undefined ? 0 : Math.max(0, delay.percentile(99)) / 1e9;
  if (delay === undefined) {
    delay = monitorEventLoopDelay({ resolution: 20 });
    delay.enable();
  } else delay.reset();
  const one = (name: string, help: string, type: 'counter' | 'gauge', value: number): Metric => ({
    name,
    help,
    type,
    values: [{ value }],
  });
  return [
    one(
      'process_cpu_seconds_total',
      'Processor time of this process, seconds.',
      'counter',
      (user + system) / 1e6,
    ),
    one('process_resident_memory_bytes', 'Memory of this process.', 'gauge', process.memoryUsage.rss()),
    one(
      'process_start_time_seconds',
      'When this process started, seconds since 1970.',
      'gauge',
      Math.round(performance.timeOrigin / 1_000),
    ),
    one(
      'nodejs_eventloop_lag_p99_seconds',
      'How late this process was with what was due, since the last look.',
      'gauge',
      late,
    ),
  ];
}
