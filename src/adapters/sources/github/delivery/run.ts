import { compact, type Dict, dictOf, isDict, listOf, textOf } from '../../../../lib/guards.ts';
import { instantOf } from '../../../../lib/instant.ts';
import { leadsTo, type Who, whoIs } from '../who.ts';
import {
  type Delivery,
  environmentSubject,
  hashOf,
  idOf,
  outcomeOf,
  type ReadDelivery,
  type Told,
} from './delivery.ts';

/** `workflow_run`: a run was asked for, began or ended. It never names the step that failed; its jobs do. */
export const workflowRun: ReadDelivery = ({ payload, action }) => {
  const run = dictOf(payload.workflow_run);
  const id = idOf(run?.id);
  if (run === undefined || id === undefined) return undefined;
  const workflow = textOf(run.path) ?? textOf(dictOf(payload.workflow)?.path) ?? textOf(run.name);
  const commit = hashOf(run.head_sha);
  return [
    {
      kind: 'workflow.run',
      id: [id, idOf(run.run_attempt)],
      occurredAt: instantOf(action === 'completed' ? run.updated_at : (run.run_started_at ?? run.created_at)),
      outcome: outcomeOf(run.conclusion),
      resource: workflow === undefined ? undefined : { type: 'workflow', id: workflow },
      joins: { run: id, commit },
      where: compact({ commit, branch: textOf(run.head_branch) }),
      who: withRunners(whoIs(payload.sender), run),
      found: { unpinnedActions: unpinned(listOf(run.referenced_workflows).map((one) => dictOf(one)?.path)) },
    },
  ];
};

/** `workflow_job`: with the step that failed, and with the environment that it waits for. */
export const workflowJob: ReadDelivery = ({ payload, action, repository }) => {
  const job = dictOf(payload.workflow_job);
  const id = idOf(job?.id);
  if (job === undefined || id === undefined) return undefined;
  const deployment = dictOf(payload.deployment);
  const environment = textOf(deployment?.environment);
  const commit = hashOf(job.head_sha);
  const steps = listOf(job.steps).filter(isDict);
  const failed = steps.find((step) => step.conclusion === 'failure');
  const time = action === 'completed' ? job.completed_at : (job.started_at ?? job.created_at);
  return [
    {
      kind: 'workflow.run',
      id: [id, textOf(job.status)],
      occurredAt: instantOf(time),
      outcome: outcomeOf(job.conclusion),
      resource:
        environment === undefined
          ? { type: 'job', id: textOf(job.name) ?? id }
          : { type: 'environment', id: environment },
      joins: compact({
        run: idOf(job.run_id),
        commit,
        subject: environment === undefined ? undefined : environmentSubject(repository, environment),
      }),
      where: compact({ commit, branch: textOf(job.head_branch) }),
      found: {
        failedStep: textOf(failed?.name),
        unpinnedActions: unpinned(steps.map((step) => stepAction(step.name))),
      },
    },
  ];
};

/** A step without a name of its own is called after the action that it runs. */
function stepAction(name: unknown): string | undefined {
  const text = textOf(name);
  return text?.startsWith('Run ') === true ? text.slice('Run '.length) : undefined;
}

/** As many unpinned actions as a message could ever list. */
const unpinnedMax = 20;

/** Actions and workflows of other repositories that run from a branch or tag: whoever may move it may change them. */
function unpinned(uses: readonly unknown[]): readonly string[] | undefined {
  const found = uses.flatMap((one) => {
    const use = (textOf(one) ?? '').slice(0, 300);
    const ref = /^[\w.-]+\/[\w.-]+(?:\/[\w./-]+)?@([\w./-]+)$/u.exec(use)?.[1];
    return ref === undefined || /^[0-9a-f]{40}$/u.test(ref) ? [] : [use];
  });
  return found.length === 0 ? undefined : [...new Set(found)].sort().slice(0, unpinnedMax);
}

/** `deployment`: one was asked for. Whether it came about is told by its status. */
export const deployment: ReadDelivery = (delivery) => {
  const found = deploymentParts(delivery);
  return found === undefined ? undefined : [{ ...found, kind: 'activity.recorded' }];
};

/** `deployment_status`: ended well or badly; every other state is on the way there, or long after. */
export const deploymentStatus: ReadDelivery = (delivery) => {
  const found = deploymentParts(delivery);
  const status = dictOf(delivery.payload.deployment_status);
  if (found === undefined || status === undefined) return undefined;
  const state = textOf(status.state) ?? '';
  const time = textOf(status.updated_at) ?? textOf(status.created_at);
  const common = { ...found, id: [idOf(status.id), state, time], occurredAt: instantOf(time) };
  if (state === 'success') return [{ ...common, kind: 'deploy.made', outcome: 'success' }];
  if (state === 'failure' || state === 'error')
    return [{ ...common, kind: 'deploy.made', outcome: 'failure' }];
  return [{ ...common, kind: 'activity.recorded' }];
};

/** `deployment_protection_rule`: the gate of an environment asks its own program whether it may open. */
export const protectionRule: ReadDelivery = (delivery) => {
  const found = deploymentParts(delivery);
  return found === undefined ? undefined : [{ ...found, kind: 'activity.recorded' }];
};

type DeploymentParts = Omit<Told, 'kind'>;

function deploymentParts({ payload, repository }: Delivery): DeploymentParts | undefined {
  const deployed = dictOf(payload.deployment);
  const status = dictOf(payload.deployment_status);
  const environment =
    textOf(payload.environment) ?? textOf(status?.environment) ?? textOf(deployed?.environment);
  if (environment === undefined) return undefined;
  const commit = hashOf(deployed?.sha) ?? hashOf(dictOf(payload.workflow_run)?.head_sha);
  const run = idOf(dictOf(payload.workflow_run)?.id) ?? runOfUrl(payload, status);
  const time = textOf(deployed?.updated_at) ?? textOf(deployed?.created_at);
  return {
    id: [idOf(deployed?.id), environment, run, time],
    occurredAt: instantOf(time),
    resource: { type: 'environment', id: environment },
    joins: compact({ run, commit, subject: environmentSubject(repository, environment) }),
    where: compact({ commit }),
    who: withRunners(whoIs(payload.sender), payload.workflow_run, deployed?.creator),
  };
}

/** `…/actions/runs/30433642/job/2134` or `…/actions/runs/30433642/deployment_protection_rule`. */
function runOfUrl(payload: Dict, status: Dict | undefined): string | undefined {
  for (const url of [payload.deployment_callback_url, status?.log_url, status?.target_url]) {
    const run = /\/actions\/runs\/(\d{1,20})(?:\/|$)/u.exec((textOf(url) ?? '').slice(0, 2000))?.[1];
    if (run !== undefined) return run;
  }
  return undefined;
}

/** Environments that one review may open at once. */
const environmentsMax = 10;

/**
 * `deployment_review`: somebody opened the gate of an environment or refused to. Who started the run and opened the
 * gate to it as well went around the second pair of eyes.
 */
export const deploymentReview: ReadDelivery = ({ payload, action, repository }) => {
  const run = dictOf(payload.workflow_run);
  const id = idOf(run?.id);
  if (run === undefined || id === undefined) return undefined;
  const jobs = [payload.workflow_job_run, ...listOf(payload.workflow_job_runs)].filter(isDict);
  const named = [payload.environment, ...jobs.map((job) => job.environment)].flatMap(
    (one) => textOf(one) ?? [],
  );
  const environments = [...new Set(named)].slice(0, environmentsMax);
  const isDecided = action === 'approved' || action === 'rejected';
  const who = isDecided && isDict(payload.approver) ? whoIs(payload.approver) : whoIs(payload.sender);
  const isOwn = action === 'approved' && isSame(who, run.triggering_actor ?? run.actor ?? payload.requestor);
  const commit = hashOf(run.head_sha);
  const gates: readonly (string | undefined)[] = environments.length === 0 ? [undefined] : environments;
  return gates.flatMap((environment): readonly Told[] => {
    const common: Omit<Told, 'kind'> = {
      id: [id, idOf(run.run_attempt), environment, textOf(payload.since)],
      occurredAt: instantOf(payload.since) ?? instantOf(run.updated_at),
      resource: environment === undefined ? undefined : { type: 'environment', id: environment },
      joins: compact({
        run: id,
        commit,
        subject: environment === undefined ? undefined : environmentSubject(repository, environment),
        rule: environment,
      }),
      where: compact({ commit, branch: textOf(run.head_branch) }),
      who,
    };
    if (!isDecided) return [{ ...common, kind: 'activity.recorded' }];
    const outcome = action === 'approved' ? 'success' : 'failure';
    const passed: Told = { ...common, kind: 'gate.passed', outcome };
    return isOwn
      ? [passed, { ...passed, kind: 'control.bypassed', found: { bypass: 'own-approval' } }]
      : [passed];
  });
};

function isSame(who: Who, other: unknown): boolean {
  const login = who.actor.account?.name.toLowerCase();
  return login !== undefined && login === whoIs(other).actor.account?.name.toLowerCase();
}

/** Who started the run answers for what it does, where the sender is a program. */
function withRunners(who: Who, run: unknown, creator?: unknown): Who {
  const found = dictOf(run);
  return who.actor.type === 'person'
    ? who
    : { ...who, leads: leadsTo([found?.triggering_actor, found?.actor, creator], who.leads) };
}
