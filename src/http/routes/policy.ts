import type { Context } from 'hono';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { pastCap } from '../../policy/request.ts';
import { requireContentType } from '../hardening/guards.ts';
import { readJsonBody } from '../hardening/json-body.ts';
import { requestFault } from '../hardening/problem-response.ts';
import { type DecisionJson, decisionJson, decisionSchema } from '../json/decision-json.ts';
import { evaluationBody, evaluationsBody, questionOf } from '../policy/evaluation.ts';
import type { Room } from '../room.ts';
import { jsonBodyBytesMax, type Operations, open, type ScopedOperation } from '../table/operation.ts';

type PolicyKeys =
  | 'POST /access/v1/evaluation'
  | 'POST /access/v1/evaluations'
  | 'POST /access/v1/search/{kind}'
  | 'GET /.well-known/authzen-configuration';

const answers = {
  200: { description: 'The decision. A denial is an answer, not an error.', schema: decisionSchema },
};

/** Runtime decisions: AuthZEN Authorization API 1.0. */
export function policyRoutes(room: Room): Pick<Operations, PolicyKeys> {
  const { policies } = room.given;
  const evaluation: ScopedOperation = {
    kind: 'scoped',
    summary: 'Decides whether a subject may do something (AuthZEN 1.0).',
    body: evaluationBody,
    answers,
    run: async (c, caller) => {
      const request = fitting(evaluationBody, await bodyOf(c));
      refusePastCap(request);
      const { decision, ...more } = await policies.enforce(caller, request, c.req.header('X-Request-ID'));
      return c.json(decisionJson(decision, more));
    },
  };
  const evaluations: ScopedOperation = {
    kind: 'scoped',
    summary: 'Decides several at once (AuthZEN 1.0). They are questions: none of them counts as an attempt.',
    body: evaluationsBody,
    answers: {
      200: {
        description: 'The decisions in order; fewer when the semantic ends early.',
        schema: z.union([z.object({ evaluations: z.array(decisionSchema) }), decisionSchema]),
      },
    },
    run: async (c, caller) => {
      const body = fitting(evaluationsBody, await bodyOf(c));
      const items = body.evaluations ?? [];
      if (items.length === 0) {
        const request = fitting(evaluationBody, body);
        refusePastCap(request);
        return c.json(decisionJson(policies.ask(caller, request)));
      }
      const semantic = body.options?.evaluations_semantic ?? 'execute_all';
      const said: DecisionJson[] = [];
      for (const item of items) {
        const question = questionOf(body, item);
        const one =
          question.kind === 'asked'
            ? decisionJson(policies.ask(caller, question.request))
            : bad(question.reason);
        said.push(one);
        if (semantic === 'deny_on_first_deny' && !one.decision) break;
        if (semantic === 'permit_on_first_permit' && one.decision) break;
      }
      return c.json({ evaluations: said });
    },
  };
  return {
    'POST /access/v1/evaluation': evaluation,
    'POST /access/v1/evaluations': evaluations,
    'POST /access/v1/search/{kind}': {
      kind: 'scoped',
      summary: 'Search is not offered (AuthZEN 1.0, section 8, is optional).',
      answers: {},
      run: () => {
        throw new AppError(
          'not-found',
          'Search is not offered here: ask about one subject, action and resource.',
        );
      },
    },
    'GET /.well-known/authzen-configuration': open({
      summary: 'Where decisions are asked for (AuthZEN 1.0, section 9). Search is not offered.',
      answers: { 200: { description: 'The addresses.', schema: z.record(z.string(), z.unknown()) } },
      handle: (c) => {
        const base = room.baseUrl(c);
        return c.json({
          policy_decision_point: base,
          access_evaluation_endpoint: `${base}/access/v1/evaluation`,
          access_evaluations_endpoint: `${base}/access/v1/evaluations`,
        });
      },
    }),
  };
}

/** An item of several that is no question is denied by itself; the others are answered. */
function bad(message: string): DecisionJson {
  return { decision: false, context: { outcome: 'unreadable', error: { status: 400, message } } };
}

/**
 * The JSON body. AuthZEN (section 10.1.2) knows 400 for whatever is wrong with it, also for its content type. Errors:
 * `bad-request`, `too-large`.
 */
async function bodyOf(c: Context): Promise<unknown> {
  try {
    requireContentType(c, ['application/json']);
    return await readJsonBody(c, jsonBodyBytesMax);
  } catch (fault) {
    if (!(fault instanceof AppError) || fault.code === 'too-large') throw fault;
    throw new AppError('bad-request', fault.detail, { cause: fault });
  }
}

function fitting<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw requestFault(parsed.error);
}

function refusePastCap(request: Parameters<typeof pastCap>[0]): void {
  const past = pastCap(request);
  if (past !== undefined) throw new AppError('bad-request', past);
}
