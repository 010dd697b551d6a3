import type { PolicyClient } from './client.ts';
import type { PolicyDecision, PolicyQuestion } from './shapes.ts';

/** What a request is about to do; undefined: nothing that a policy speaks of, and it goes on. */
export type ToQuestion<Request> = (
  request: Request,
) => PolicyQuestion | undefined | Promise<PolicyQuestion | undefined>;

/** As far as the middleware of Express and of everything shaped like it (Connect, `node:http`) is used. */
type Answer = {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(text: string): unknown;
};

/** Middleware for Express: `app.post('/deploy', expressGuard(client, toQuestion), deploy)`. */
export function expressGuard<Request>(client: PolicyClient, toQuestion: ToQuestion<Request>) {
  return (request: Request, response: Answer, next: (fault?: unknown) => void): void => {
    judged(client, toQuestion, request).then((denied) => {
      if (denied === undefined) return next();
      response.statusCode = denied.status;
      for (const [name, value] of Object.entries(denied.headers)) response.setHeader(name, value);
      response.end(denied.body);
    }, next);
  };
}

/** Middleware for Hono: `app.post('/deploy', honoGuard(client, (c: Context) => …), deploy)`. */
export function honoGuard<Context>(client: PolicyClient, toQuestion: ToQuestion<Context>) {
  return async (c: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    const denied = await judged(client, toQuestion, c);
    if (denied !== undefined)
      return new Response(denied.body, { status: denied.status, headers: denied.headers });
    await next();
    return undefined;
  };
}

type ReplyLike = {
  code(status: number): unknown;
  headers(values: Record<string, string>): unknown;
  send(body: string): unknown;
};

/** A hook for Fastify: `app.post('/deploy', { preHandler: fastifyGuard(client, toQuestion) }, deploy)`. */
export function fastifyGuard<Request>(client: PolicyClient, toQuestion: ToQuestion<Request>) {
  return async (request: Request, reply: ReplyLike): Promise<unknown> => {
    const denied = await judged(client, toQuestion, request);
    if (denied === undefined) return undefined;
    reply.code(denied.status);
    reply.headers(denied.headers);
    return reply.send(denied.body);
  };
}

type Denied = {
  readonly status: 403 | 503;
  readonly headers: Record<string, string>;
  readonly body: string;
};

async function judged<Request>(
  client: PolicyClient,
  toQuestion: ToQuestion<Request>,
  request: Request,
): Promise<Denied | undefined> {
  const question = await toQuestion(request);
  if (question === undefined) return undefined;
  const decision = await client.attempt(question);
  return decision.allowed ? undefined : denial(decision);
}

/** RFC 9457, with what helps the one who was denied. */
function denial(decision: PolicyDecision): Denied {
  const { isUnavailable, reason, instead, ask, ruleClass, retryable, scope, lesson, requestId } = decision;
  const status = isUnavailable ? 503 : 403;
  const title = isUnavailable ? 'No decision could be had' : 'Not allowed';
  const more = { instead, ask, ruleClass, retryable, scope, lesson, requestId };
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(isUnavailable ? { 'retry-after': '5' } : {}),
    },
    body: JSON.stringify({ type: 'about:blank', title, status, detail: reason, ...more }),
  };
}
