import type { MiddlewareHandler } from 'hono';
import { spanKind, traced } from '../../lib/trace.ts';

/** Upper ends of the groups of durations, in seconds; a page takes milliseconds, an import minutes. */
export const durationBounds = [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60] as const;

/** Answers of one route since the start of this process. `buckets` holds how many took at most each bound. */
export type RouteDurations = {
  readonly route: string;
  readonly n: number;
  readonly seconds: number;
  readonly buckets: readonly number[];
};

/** Counts answers by route and status since the start of this process. Routes are few and named; paths are not. */
export type RequestCounts = {
  readonly middleware: MiddlewareHandler;
  read(): readonly { readonly route: string; readonly status: string; readonly n: number }[];
  durations(): readonly RouteDurations[];
};

/** @param routeOf the route's key for a method and the path that Hono matched; undefined for what is no route */
export function createRequestCounts(
  routeOf: (method: string, path: string) => string | undefined,
): RequestCounts {
  const counts = new Map<string, { readonly route: string; readonly status: string; n: number }>();
  const times = new Map<string, { n: number; seconds: number; readonly buckets: number[] }>();
  const took = (route: string, seconds: number): void => {
    const time = times.get(route) ?? { n: 0, seconds: 0, buckets: durationBounds.map(() => 0) };
    times.set(route, time);
    time.n += 1;
    time.seconds += seconds;
    for (const [at, bound] of durationBounds.entries())
      if (seconds <= bound) time.buckets[at] = (time.buckets[at] ?? 0) + 1;
  };
  return {
    middleware: (c, next) =>
      traced(
        'http request',
        {},
        async (span) => {
          const started = performance.now();
          await next();
          const route = routeOf(c.req.method === 'HEAD' ? 'GET' : c.req.method, c.req.routePath) ?? 'none';
          const status = String(c.res.status);
          span.updateName(route);
          span.setAttributes({ 'http.route': route, 'http.response.status_code': c.res.status });
          took(route, (performance.now() - started) / 1_000);
          const key = `${route} ${status}`;
          const counted = counts.get(key);
          if (counted === undefined) counts.set(key, { route, status, n: 1 });
          else counted.n += 1;
        },
        spanKind.SERVER,
      ),
    read: () => [...counts.values()].map((counted) => ({ ...counted })),
    durations: () =>
      [...times].map(([route, { n, seconds, buckets }]) => ({ route, n, seconds, buckets: [...buckets] })),
  };
}
