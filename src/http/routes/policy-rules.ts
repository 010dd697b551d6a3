import { z } from 'zod';
import { askableActions, askableFacts, describeRules } from '../../policy/describe-rules.ts';
import { severities } from '../../policy/read-policies.ts';
import { known } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { noQuery, type Operations, reading } from '../table/operation.ts';

const sentence = z.record(z.string(), z.string()).describe('By language (BCP 47).');
const wordSchema = z.object({ id: z.string(), text: sentence });

const ruleSchema = z.object({
  id: z.string(),
  effect: z.enum(['permit', 'forbid']),
  ruleClass: z.string(),
  severity: z.enum(severities),
  behaviour: z.string().describe('What a denial counts as; empty for what permits.'),
  owner: z.string(),
  scope: z.enum(['call', 'class']),
  isRetryable: z.boolean(),
  exception: z.string().exactOptional().describe('The longest that can be asked for.'),
  version: z.string(),
  file: z.string(),
  line: z.int(),
  text: z.string().describe('The policy in Cedar, without its annotations.'),
  reasonUser: sentence,
  reasonAdmin: sentence,
  doInstead: z.array(wordSchema),
  ask: wordSchema.exactOptional(),
});

const factSchema = z.object({ name: z.string(), kind: z.enum(['text', 'number', 'flag']) });

const rulesSchema = z.object({
  version: z.string(),
  problems: z.array(z.object({ file: z.string(), line: z.int(), reason: z.string() })),
  items: z.array(ruleSchema),
  actions: z
    .array(
      z.object({
        action: z.string(),
        subjects: z.array(z.string()),
        resources: z.array(z.string()),
        context: z.array(factSchema),
        properties: z.array(factSchema).describe('Of the action itself.'),
      }),
    )
    .describe('What can be asked.'),
  facts: z.record(z.string(), z.array(factSchema)).describe('By type of subject or resource.'),
});
export type PolicyRulesJson = z.infer<typeof rulesSchema>;

/** Every rule in force with its words, and what can be asked. */
export function policyRuleRoutes(room: Room): Pick<Operations, 'GET /v1/policy/rules'> {
  const { live } = room.given.policies;
  return {
    'GET /v1/policy/rules': reading({
      summary:
        'Lists the policies in force with every word that they can say, and what can be asked of them.',
      query: noQuery,
      answers: { 200: { description: 'All rules.', schema: rulesSchema } },
      handle: ({ c }) => {
        const set = live.current();
        const { version, problems } = live.status();
        const facts = Object.entries(askableFacts(set)).map(([type, of]) => [type, [...of]] as const);
        return c.json({
          version,
          problems: problems.map((problem) => ({ ...problem })),
          items: describeRules(set).map(({ exception, ask, doInstead, ...rule }) => ({
            ...rule,
            reasonUser: { ...rule.reasonUser },
            reasonAdmin: { ...rule.reasonAdmin },
            doInstead: doInstead.map(({ id, text }) => ({ id, text: { ...text } })),
            ...known('exception', exception),
            ...known('ask', ask === undefined ? undefined : { id: ask.id, text: { ...ask.text } }),
          })),
          actions: askableActions(set).map((one) => ({
            action: one.action,
            subjects: [...one.subjects],
            resources: [...one.resources],
            context: [...one.context],
            properties: [...one.properties],
          })),
          facts: Object.fromEntries(facts),
        });
      },
    }),
  };
}
