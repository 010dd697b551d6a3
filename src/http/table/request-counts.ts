import type { MiddlewareHandler } from 'hono';

/** Counts answers by route and status since the start of this process. Routes are few and named; paths are not. */
export type RequestCounts = {
  readonly middleware: MiddlewareHandler;
  read(): readonly { readonly route: string; readonly status: string; readonly n: number }[];
};

/** @param routeOf the route's key for a method and the path that Hono matched; undefined for what is no route */
export function createRequestCounts(
  routeOf: (method: string, path: string) => string | undefined,
): RequestCounts {
  const counts = new Map<string, { readonly route: string; readonly status: string; n: number }>();
  return {
    middleware: async (c, next) => {
      await next();
      const route = routeOf(c.req.method === 'HEAD' ? 'GET' : c.req.method, c.req.routePath) ?? 'none';
      const status = String(c.res.status);
      const key = `${route} ${status}`;
      const counted = counts.get(key);
      if (counted === undefined) counts.set(key, { route, status, n: 1 });
      else counted.n += 1;
    },
    read: () => [...counts.values()].map((counted) => ({ ...counted })),
  };
}
