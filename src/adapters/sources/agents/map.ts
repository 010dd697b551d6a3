import { type Dict, dictOf, isDict, listOf, textOf } from '../../../lib/guards.ts';
import type { MapContext, Rejection, Source } from '../../../ports/source.ts';
import type { ToolCall } from './call.ts';
import { activityEvent, callEvent, type Scrub } from './call-event.ts';
import { namedSecretScrubber } from './named-secrets.ts';
import {
  isAgentOcsf,
  isGovernance,
  isHook,
  isPlain,
  readGovernance,
  readHook,
  readOcsf,
  readPlain,
} from './read-entry.ts';
import { isReact, readReact } from './read-react.ts';
import { callsMax, isMessage, messagesOf, readMessage, readRun, rpcPairOf } from './read-run.ts';
import { agentOf, sponsorOf } from './sender.ts';

export const map: Source['map'] = (record, context) => {
  if (!isDict(record)) return { rejected: 'a record is an object' };
  const form = formOf(record);
  if (form === undefined) return { rejected: 'not a form of agent record that is known' };
  const scrub = namedSecretScrubber(record);
  if (form === 'identity') return [identityEvent(record, context, scrub)];
  if (form === 'delegation') return [delegationEvent(record, context, scrub)];
  const calls = callsOf(form, record);
  if ('rejected' in calls) return calls;
  if (calls.length === 0 && form === 'governance') return [checkpointEvent(record, context, scrub)];
  return calls.map((call) => callEvent(call, context, scrub));
};

export type RecordForm =
  | 'governance'
  | 'hook'
  | 'plain'
  | 'envelope'
  | 'ocsf'
  | 'react'
  | 'run'
  | 'pair'
  | 'message'
  | 'identity'
  | 'delegation';

/** Which form a record has; undefined when it is none of an agent's. */
export function formOf(record: Dict): RecordForm | undefined {
  if (isHook(record)) return 'hook';
  if (isGovernance(record)) return 'governance';
  if (isAgentOcsf(record)) return 'ocsf';
  if (isReact(record)) return 'react';
  if (isEnvelope(record)) return 'envelope';
  if (messagesOf(record) !== undefined) return 'run';
  if (isPlain(record)) return 'plain';
  if (rpcPairOf(record) !== undefined) return 'pair';
  if (isMessage(record) || isMessage(record.message)) return 'message';
  if (record.did !== undefined && 'sponsor_email' in record) return 'identity';
  if (textOf(record.parent_did) !== undefined && textOf(record.child_did) !== undefined) return 'delegation';
  return undefined;
}

/** A CloudEvent about a call of an agent, in whatever namespace: `com.acme.agent.called`. */
function isEnvelope(record: Dict): boolean {
  return (
    textOf(record.specversion) !== undefined &&
    isDict(record.data) &&
    /(?:^|\.)agent\.(?:called|tool|denied)$/u.test(textOf(record.type) ?? '')
  );
}

function callsOf(form: RecordForm, record: Dict): readonly ToolCall[] | Rejection {
  switch (form) {
    case 'governance':
      return listed(readGovernance(record));
    case 'hook':
      return listed(readHook(record));
    case 'ocsf':
      return listed(readOcsf(record));
    case 'plain':
      return listed(readPlain(record));
    case 'envelope': {
      const data = dictOf(record.data) ?? {};
      if (textOf(record.id) === undefined) return { rejected: 'id is missing', pointer: '/id' };
      return textOf(data.tool) === undefined
        ? { rejected: 'tool is missing', pointer: '/data/tool' }
        : listed(readPlain(data, record));
    }
    case 'react':
      return readReact(record);
    case 'run':
      return bounded(readRun(record, messagesOf(record) ?? []));
    case 'pair':
      return bounded(readRun(record, rpcPairOf(record) ?? []));
    default:
      return bounded(readMessage(record));
  }
}

function listed(call: ToolCall | undefined): readonly ToolCall[] {
  return call === undefined ? [] : [call];
}

function bounded(calls: readonly ToolCall[] | undefined): readonly ToolCall[] | Rejection {
  return calls ?? { rejected: `past the limit callsMax (${callsMax})` };
}

/** A checkpoint or another entry that calls no tool. */
function checkpointEvent(record: Dict, context: MapContext, scrub: Scrub) {
  const action = textOf(record.event_type);
  const id = textOf(record.agent_id);
  return activityEvent(
    {
      kind: 'activity.recorded',
      idParts: ['governance', id, action, textOf(record.timestamp), textOf(record.checkpoint)],
      agent: agentOf(record) ?? {},
      sponsor: sponsorOf(record),
      action,
      time: record.timestamp,
      record: { form: 'governance' },
    },
    context,
    scrub,
  );
}

/** The papers of an agent. An agent that is no longer active is disabled. */
function identityEvent(record: Dict, context: MapContext, scrub: Scrub) {
  const did = dictOf(record.did);
  const method = textOf(did?.method);
  const unique = textOf(did?.unique_id);
  const id =
    textOf(record.did) ??
    (unique === undefined ? undefined : method === undefined ? unique : `did:${method}:${unique}`);
  const status = textOf(record.status);
  const time = record.updated_at ?? record.created_at;
  return activityEvent(
    {
      kind: status === undefined || status === 'active' ? 'activity.recorded' : 'identity.disabled',
      idParts: ['identity', id, status, textOf(time)],
      agent: { id, name: textOf(record.name) },
      sponsor: sponsorOf(record),
      action: status,
      time,
      record: {
        form: 'identity',
        status,
        organization: textOf(record.organization),
        capabilities: texts(record.capabilities),
      },
    },
    context,
    scrub,
  );
}

/** One agent hands some of its rights to another: the other acts, in the name of the first. */
function delegationEvent(record: Dict, context: MapContext, scrub: Scrub) {
  return activityEvent(
    {
      kind: 'activity.recorded',
      idParts: ['delegation', textOf(record.link_id), textOf(record.child_did), textOf(record.created_at)],
      agent: { id: textOf(record.child_did) },
      action: 'delegation',
      time: record.created_at,
      other: textOf(record.parent_did),
      record: { form: 'delegation', capabilities: texts(record.delegated_capabilities) },
    },
    context,
    scrub,
  );
}

function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value)
    ? listOf(value)
        .flatMap((item) => textOf(item) ?? [])
        .slice(0, 30)
    : undefined;
}
