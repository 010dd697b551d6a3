import type { PolicyContent } from '../core/policy/content.ts';
import { type CedarCall, type CedarSchema, type CedarValue, cedar } from './cedar.ts';
import { checkRules } from './check-rules.ts';
import type { Decision } from './decision.ts';
import { type Answers, answersOf } from './explain.ts';
import { type Opportunities, opportunitiesOf } from './opportunities.ts';
import { projected, Unreadable } from './project.ts';
import { type PolicyProblem, type PolicyRule, readPolicies, severities } from './read-policies.ts';
import { type PolicyRequest, pastCap } from './request.ts';
import { ownContext, type SchemaShape, shapeOf } from './schema-shape.ts';

/** An exception in force: until when (epoch milliseconds) this request is let past which rule. */
export type PolicyException = { readonly rule: string; readonly until: number };

/** Policies, compiled once. Stateless apart from that: the same request gives the same decision. */
export type PolicySet = {
  /** 16 hex: another one means other policies or other words. */
  readonly version: string;
  readonly rules: readonly PolicyRule[];
  readonly shape: SchemaShape;
  readonly answers: Answers;
  /**
   * Decides one request. Never throws, and lets nothing through that it cannot judge.
   *
   * @param exceptions those in force for this very request; what a caller claims in its context is not heard
   */
  decide(request: PolicyRequest, exceptions?: readonly PolicyException[]): Decision;
  /** Behaviours of the rules that may forbid such a request: what letting it through is a chance for. */
  readonly opportunities: Opportunities;
  /** The call of Cedar behind a decision; undefined when no policy can apply. For measurements. */
  call(request: PolicyRequest): CedarCall | undefined;
  /** Gives back what the set holds inside the engine. */
  close(): void;
};

export type OpenedPolicies =
  | { readonly kind: 'ok'; readonly set: PolicySet; readonly warnings: readonly PolicyProblem[] }
  | { readonly kind: 'error'; readonly problems: readonly PolicyProblem[] };

/** Names under which the engine holds sets. It never forgets one, so those that are given back are used again. */
const freeNames: string[] = [];
let names = 0;

function freeName(): string {
  const given = freeNames.pop();
  if (given !== undefined) return given;
  names += 1;
  return `foldback-${names}`;
}

/**
 * Reads, checks against the schema and compiles. Either everything is sound or all problems come at once, and nothing
 * is in force of it.
 *
 * @param version of the content, see `contentVersion`
 */
export function openPolicies(content: PolicyContent, version: string): OpenedPolicies {
  const problems: PolicyProblem[] = [];
  const schema = readSchema(content, problems);
  const rules = content.policies.flatMap(({ file, text }) => readPolicies(file, text, problems));
  if (schema === undefined || problems.length > 0) return { kind: 'error', problems };
  const { file } = schema;
  const shape = shapeOf(schema.json, (reason) => problems.push({ file, line: 0, reason }));
  const whole = withOwnContext(schema.json);
  const warnings = checkRules(rules, whole, content.words, problems);
  if (problems.length > 0) return { kind: 'error', problems };

  const name = freeName();
  const staticPolicies = Object.fromEntries(rules.map(({ id, policy }) => [id, policy]));
  const compiled = cedar().preparsePolicySet(name, { staticPolicies });
  if (compiled.type === 'failure') {
    freeNames.push(name);
    const reason = compiled.errors[0]?.message ?? 'the policies do not compile';
    return { kind: 'error', problems: [{ file, line: 0, reason }] };
  }
  const parts = {
    version,
    rules,
    shape,
    answers: answersOf(rules, content.words),
    opportunities: opportunitiesOf(rules, shape),
  };
  return { kind: 'ok', warnings, set: setOf(name, parts) };
}

function readSchema(
  content: PolicyContent,
  problems: PolicyProblem[],
): { readonly file: string; readonly json: CedarSchema } | undefined {
  const { schema } = content;
  // Packs without policies are packs: then nothing is permitted.
  if (schema === undefined && content.policies.length === 0)
    return { file: 'policies', json: { '': { entityTypes: {}, actions: {} } } };
  if (schema === undefined) {
    problems.push({ file: 'policies/schema.cedarschema', line: 0, reason: 'this file is missing' });
    return undefined;
  }
  const read = cedar().schemaToJsonWithResolvedTypes(schema.text);
  if (read.type === 'success') return { file: schema.file, json: read.json };
  for (const { message, sourceLocations } of read.errors) {
    const start = sourceLocations?.[0]?.start;
    const line = start === undefined ? 0 : schema.text.slice(0, start).split('\n').length;
    problems.push({ file: schema.file, line, reason: message });
  }
  return undefined;
}

/** The schema with Foldback's own part in every context, for the validation. */
function withOwnContext(schema: CedarSchema): CedarSchema {
  const namespace = schema[''];
  if (namespace === undefined) return schema;
  const own = {
    type: 'Record',
    attributes: { exceptions: { type: 'Set', element: { type: 'String' } } },
    required: false,
  } as const;
  const common = namespace.commonTypes ?? {};
  const actions = Object.entries(namespace.actions).map(([name, action]) => {
    if (action.appliesTo === undefined) return [name, action] as const;
    const { context = { type: 'Record', attributes: {} } as const } = action.appliesTo;
    const record = 'attributes' in context ? context : common[context.type];
    if (record === undefined || !('attributes' in record)) return [name, action] as const;
    const widened = { type: 'Record', attributes: { ...record.attributes, [ownContext]: own } } as const;
    return [name, { ...action, appliesTo: { ...action.appliesTo, context: widened } }] as const;
  });
  return { ...schema, '': { ...namespace, actions: Object.fromEntries(actions) } };
}

type SetParts = Pick<PolicySet, 'version' | 'rules' | 'shape' | 'answers' | 'opportunities'>;

function setOf(name: string, parts: SetParts): PolicySet {
  const { rules, shape, answers } = parts;
  const { general } = answers;
  const rank = new Map(rules.map(({ id, severity }, at) => [id, severities.indexOf(severity) * 1e6 - at]));
  const callOf = (request: PolicyRequest, own?: readonly string[]): CedarCall | undefined => {
    const { subject, action, resource } = request;
    const known = shape.actions.get(action.name);
    if (known === undefined || !known.subjects.has(subject.type) || !known.resources.has(resource.type))
      return undefined;
    // The properties of the action stand in the context: an action of Cedar has none from a request.
    const given =
      action.properties === undefined ? request.context : { ...request.context, action: action.properties };
    const context = projected(given, known.context, '/context');
    if (own !== undefined && own.length > 0) context[ownContext] = { exceptions: [...own] };
    const principal = { type: subject.type, id: subject.id };
    const target = { type: resource.type, id: resource.id };
    const entities: CedarCall['entities'] = [];
    const attribute = (uid: typeof principal, entity: PolicyRequest['subject'], place: string) => {
      const of = shape.entities.get(entity.type);
      const attrs: Record<string, CedarValue> =
        of === undefined ? {} : projected(entity.properties, of, `/${place}/properties`);
      for (const _ in attrs) {
        entities.push({ uid, attrs, parents: [] });
        return;
      }
    };
    attribute(principal, subject, 'subject');
    // One entity cannot be described twice: a subject that acts on itself is described as the subject.
    if (target.type !== principal.type || target.id !== principal.id) attribute(target, resource, 'resource');
    return {
      principal,
      action: { type: 'Action', id: action.name },
      resource: target,
      context,
      entities,
      preparsedPolicySetId: name,
      validateRequest: false,
    };
  };
  const decide: PolicySet['decide'] = (request, exceptions) => {
    const past = pastCap(request);
    if (past !== undefined) return { ...general.unreadable, detail: past };
    let answer: ReturnType<ReturnType<typeof cedar>['statefulIsAuthorized']>;
    try {
      const call = callOf(
        request,
        exceptions?.map(({ rule }) => rule),
      );
      if (call === undefined) return general['nothing-permits'];
      answer = cedar().statefulIsAuthorized(call);
    } catch (fault) {
      if (fault instanceof Unreadable) return { ...general.unreadable, detail: fault.place };
      return { ...general.failed, detail: fault instanceof Error ? fault.message : 'the engine failed' };
    }
    if (answer.type === 'failure')
      return { ...general.unreadable, detail: answer.errors[0]?.message ?? 'the engine refused it' };
    const { decision, diagnostics } = answer.response;
    const [erred] = diagnostics.errors;
    if (erred !== undefined) {
      const rulesErred = diagnostics.errors.map(({ policyId }) => policyId);
      return { ...general.failed, rules: rulesErred, detail: `${erred.policyId}: ${erred.error.message}` };
    }
    if (decision === 'allow') {
      const until = exceptions === undefined ? [] : exceptions.map((one) => one.until);
      const permitted = { ...general.permitted, rules: diagnostics.reason };
      return until.length === 0 ? permitted : { ...permitted, expires: Math.min(...until) };
    }
    const reasons = diagnostics.reason.toSorted((a, b) => (rank.get(b) ?? 0) - (rank.get(a) ?? 0));
    const said = reasons[0] === undefined ? undefined : answers.rule.get(reasons[0]);
    if (said === undefined) return general['nothing-permits'];
    return reasons.length === 1 ? said : { ...said, rules: reasons };
  };
  return {
    ...parts,
    decide,
    call: (request) => callOf(request),
    close: () => {
      cedar().preparsePolicySet(name, { staticPolicies: {} });
      freeNames.push(name);
    },
  };
}
