import type { Organisation } from './organisation.ts';

/** Sends one request to the doors of the demonstration, as its operator unless a token is given. */
export type Ask = (given: {
  readonly method?: 'POST' | 'DELETE';
  readonly path: string;
  readonly json?: unknown;
  readonly token?: string;
}) => Promise<unknown>;

const evaluation = '/access/v1/evaluation';
const subject = {
  deploy: { type: 'workload', id: 'shop-deploy' },
  agent: { type: 'agent', id: 'build-agent' },
} as const;
const resource = {
  production: { type: 'environment', id: 'production' },
  secret: { type: 'secret', id: 'payments-signing-key' },
  tool: { type: 'tool', id: 'publish-release' },
} as const;

/** As many as `denied-by-policy` takes for a sign that the path needs work. */
const denialsOfPath = 3;

/**
 * What happens on the day itself, through the doors that programs and operators use: decisions at run time, an exception
 * that waits for a second person, a switch, and sign-ins that were refused.
 */
export async function playScene(ask: Ask, organisation: Organisation): Promise<void> {
  const [first] = organisation.members;
  const made = await ask({
    path: '/v1/tokens',
    json: {
      name: 'Deployment pipeline',
      scopes: ['policy:enforce', 'policy:evaluate'],
      subjectTypes: ['workload', 'agent'],
      days: 30,
    },
  });
  const token = isToken(made) ? made.token : '';
  const attempt = (json: object) => ask({ path: evaluation, token, json });
  const context = { foldback: { attempt: true } };
  const production = {
    subject: subject.deploy,
    action: { name: 'issue_token' },
    resource: resource.production,
  };
  // So often that not the pipeline is told any more, but whoever owns the path.
  for (let time = 0; time < denialsOfPath; time += 1) await attempt({ ...production, context });
  await attempt({ ...production, context: { ...context, approved: true } });
  await attempt({ subject: subject.agent, action: { name: 'read' }, resource: resource.secret, context });
  const irreversible = { ...resource.tool, properties: { irreversible: true } };
  await attempt({ subject: subject.agent, action: { name: 'call_tool' }, resource: irreversible, context });
  await ask({
    path: '/v1/policy/exceptions',
    token,
    json: {
      rule: 'agent-irreversible-call',
      subject: subject.agent,
      action: 'call_tool',
      resource: resource.tool,
      reason: 'The release notes go out tonight, and nobody is at a desk then.',
      minutes: 240,
    },
  });
  await ask({
    path: '/v1/rollout',
    json: {
      behaviour: 'orphaned-identity',
      stage: 'canary',
      share: 0.5,
      reason: `${first?.name ?? 'The owner of these words'} wants to see the answers first.`,
    },
  });
  // Refused, and on record.
  await ask({ path: '/v1/session', json: { token: 'a token of last year' } });
  await ask({ path: '/v1/audit', token });
}

function isToken(value: unknown): value is { readonly token: string } {
  return typeof value === 'object' && value !== null && 'token' in value && typeof value.token === 'string';
}
