import { z } from 'zod';

const name = (what: string) => z.string().min(1).max(200).describe(what);

/**
 * What an agent may ask Foldback for, by tool. `title` and `description` are read by models: they say when to call, and
 * nothing of them comes from an event.
 */
export const agentTools = {
  check_action: {
    title: 'Check an action before doing it',
    description:
      'Asks whether you may do something, before you do it. The answer gives the decision, the reason, what is allowed instead and whom to ask. A denied action is not to be tried in another way.',
    isReadOnly: true,
    input: z.strictObject({
      action: name('What you are about to do: call_tool, read, push, deploy, issue_token, create_key.'),
      resource: z.strictObject({
        type: name('What it is done to: tool, secret, repository, branch, environment, account.'),
        id: name('Its name.'),
        properties: z
          .record(z.string().max(100), z.union([z.string().max(500), z.number(), z.boolean()]))
          .exactOptional()
          .describe('What policies may look at, such as irreversible: true.'),
      }),
    }),
  },
  lessons: {
    title: 'Fetch the lessons that apply to you',
    description:
      'Lists what went wrong with you lately, open or recent, and what to do otherwise. Call it before a task that reaches for secrets, production or anything that cannot be undone.',
    isReadOnly: true,
    input: z.strictObject({}),
  },
  claim: {
    title: 'Say that your step of a case is done',
    description:
      'Says that you did your part of one case. It is a claim: the fix is proven elsewhere, and the people who answer for you are asked all the same. There is no other answer for an agent.',
    isReadOnly: false,
    input: z.strictObject({
      case: name('The case, as lessons lists it.'),
      answer: z.literal('done').default('done'),
    }),
  },
  report: {
    title: 'Report a call that you made',
    description:
      'Tells of one tool call of yours, so that those who answer for you can see it. Give no contents and no secrets.',
    isReadOnly: false,
    input: z.strictObject({
      tool: name('The tool.'),
      id: name('An id of the call: the same again is the same call.').exactOptional(),
      session: name('The session that it belongs to.').exactOptional(),
      arguments: z
        .record(z.string().max(100), z.union([z.string().max(2000), z.number(), z.boolean(), z.null()]))
        .exactOptional(),
      decision: z.enum(['allowed', 'denied', 'approved', 'pending']).exactOptional(),
      version: name('Your version.').exactOptional(),
      model: name('Your model.').exactOptional(),
      promptHash: name('Hash of your prompt, as sha256:….').exactOptional(),
    }),
  },
} as const satisfies Record<string, AgentTool>;

type AgentTool = {
  readonly title: string;
  readonly description: string;
  readonly isReadOnly: boolean;
  readonly input: z.ZodType;
};

export type AgentToolName = keyof typeof agentTools;
export type AgentInput<Name extends AgentToolName> = z.infer<(typeof agentTools)[Name]['input']>;

export const agentToolNames: readonly AgentToolName[] = Object.keys(agentTools).filter(isAgentTool);

export function isAgentTool(text: string): text is AgentToolName {
  return Object.hasOwn(agentTools, text);
}

/** What every tool answers: the payload, and a detached signature over its canonical JSON (RFC 8785, RFC 8032). */
export const signedSchema = z.object({
  payload: z.record(z.string(), z.unknown()),
  signature: z.object({
    algorithm: z.literal('Ed25519'),
    keyId: z.string(),
    /** 64 bytes in base64url. */
    value: z.string(),
  }),
});
export type Signed = z.infer<typeof signedSchema>;

export type AgentAnswer =
  | { readonly kind: 'said'; readonly signed: Signed }
  /** In words of our own; the agent may try something else. */
  | { readonly kind: 'refused'; readonly reason: string };
