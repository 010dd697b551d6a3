import { compact, type Dict, dictOf, isDict, listOf, textOf } from '../../../../lib/guards.ts';
import { instantOf } from '../../../../lib/instant.ts';
import { type Edit, editOfProtection, editOfRuleset, ruleName } from '../loosened.ts';
import { type Delivery, idOf, type ReadDelivery, type Told } from './delivery.ts';

/** `branch_protection_rule`: an edit takes a control away only where it loosens something. */
export const protectionOfBranch: ReadDelivery = ({ payload, action }) => {
  const rule = dictOf(payload.rule);
  const name = textOf(rule?.name);
  if (rule === undefined || name === undefined) return undefined;
  const isPattern = /[*?[]/u.test(name);
  const time = textOf(rule.updated_at) ?? textOf(rule.created_at);
  return [
    {
      ...stands(action, name, editOfProtection(rule, dictOf(payload.changes) ?? {}), true),
      // Deleting a rule leaves its times as they were.
      id: [idOf(rule.id), name, time],
      occurredAt: action === 'deleted' ? undefined : instantOf(time),
      resource: { type: 'branch', id: name },
      where: compact({ branch: isPattern ? undefined : name }),
    },
  ];
};

/** `repository_ruleset`: one that is not enforced protects nothing, whatever happens to it. */
export const ruleset: ReadDelivery = ({ payload, action }) => {
  const own = dictOf(payload.repository_ruleset);
  const name = textOf(own?.name) ?? idOf(own?.id);
  if (own === undefined || name === undefined) return undefined;
  const edit = editOfRuleset(own, dictOf(payload.changes) ?? {});
  const isEnforced = own.enforcement === 'active';
  const isSwitched = [...edit.loosened, ...edit.tightened].includes('enforcement');
  const time = textOf(own.updated_at) ?? textOf(own.created_at);
  return [
    {
      ...stands(action, name, edit, isEnforced || isSwitched),
      id: [idOf(own.id), name, time],
      occurredAt: action === 'deleted' ? undefined : instantOf(time),
      resource: { type: 'ruleset', id: name },
    },
  ];
};

/** `branch_protection_configuration`: all protection of a repository's branches, switched at once. */
export const protectionOfAll: ReadDelivery = ({ action, repository, context }) => {
  if (action !== 'enabled' && action !== 'disabled') return undefined;
  return [
    {
      kind: action === 'disabled' ? 'control.disabled' : 'control.restored',
      id: [repository, context.headers?.['x-github-delivery']],
      resource: repositoryOf(repository),
      joins: { rule: 'branch protection' },
    },
  ];
};

/** `security_and_analysis`: features that were switched; one event each, as each is a control of its own. */
export const securityFeatures: ReadDelivery = ({ payload, repository, context }) => {
  const before = dictOf(dictOf(dictOf(payload.changes)?.from)?.security_and_analysis);
  const after = dictOf(dictOf(payload.repository)?.security_and_analysis);
  if (before === undefined || after === undefined) return undefined;
  const found = Object.keys(before)
    .sort()
    .slice(0, featuresMax)
    .flatMap((feature): readonly Told[] => {
      const [was, is] = [statusOf(before[feature]), statusOf(after[feature])];
      if (was === undefined || is === undefined || was === is) return [];
      return [
        {
          kind: is === 'disabled' ? 'control.disabled' : 'control.restored',
          id: [repository, feature, is, context.headers?.['x-github-delivery']],
          resource: repositoryOf(repository),
          joins: { rule: feature },
        },
      ];
    });
  return found.length === 0 ? undefined : found;
};

/** Features that a repository may have; hostile payloads list more. */
const featuresMax = 20;

/** Alone or beside others: push protection bypassed, a request for it, its answer. The request is the approved path. */
export const bypassRequest: ReadDelivery = ({ payload, repository }) => {
  const request = dictOf(payload.exemption_request);
  if (request === undefined) return undefined;
  const rule =
    request.request_type === 'secret_scanning' ? 'push protection' : (rulesetOf(request) ?? 'push ruleset');
  const time = textOf(dictOf(payload.exemption_response)?.created_at) ?? textOf(request.created_at);
  return [
    {
      kind: 'activity.recorded',
      id: [idOf(request.id), textOf(request.status), time],
      occurredAt: instantOf(time),
      resource: repositoryOf(repository),
      joins: { rule },
    },
  ];
};

function rulesetOf(request: Dict): string | undefined {
  const [first] = listOf(dictOf(request.exemption_request_data)?.data).filter(isDict);
  return textOf(first?.ruleset_name);
}

/**
 * What an action does to a protection. An edit is about the settings that it changed: only an edit that sets the same
 * ones back restores what was loosened, so they are part of the rule's name.
 */
function stands(
  action: string,
  name: string,
  edit: Edit,
  isEnforced: boolean,
): Pick<Told, 'kind' | 'joins' | 'found'> {
  const { loosened, tightened } = edit;
  const found = compact({ loosened: some(loosened), tightened: some(tightened) });
  const whole = { joins: { rule: name }, found };
  if (!isEnforced) return { kind: 'activity.recorded', ...whole };
  if (action === 'deleted') return { kind: 'control.disabled', ...whole };
  if (action === 'created') return { kind: 'control.restored', ...whole };
  const settings = loosened.length > 0 ? loosened : tightened;
  if (action !== 'edited' || settings.length === 0) return { kind: 'activity.recorded', ...whole };
  return {
    kind: loosened.length > 0 ? 'control.disabled' : 'control.restored',
    joins: { rule: ruleName(name, settings) },
    found,
  };
}

function some(names: readonly string[]): readonly string[] | undefined {
  return names.length === 0 ? undefined : names;
}

function statusOf(feature: unknown): 'enabled' | 'disabled' | undefined {
  const status = dictOf(feature)?.status;
  return status === 'enabled' || status === 'disabled' ? status : undefined;
}

function repositoryOf(repository: Delivery['repository']): Told['resource'] {
  return repository === undefined ? undefined : { type: 'repository', id: repository };
}
