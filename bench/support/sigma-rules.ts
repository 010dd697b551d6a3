import { random } from './mixed-events.ts';

/** A log source with the share of rules and events that it brings, and the words that stand in its fields. */
export type BenchLog = {
  readonly source: string;
  readonly logsource: Readonly<Record<string, string>>;
  readonly share: number;
  /** The field that tells what was done, and how many different things there are. */
  readonly action: string;
  readonly actions: number;
  readonly where: string;
  readonly text: string;
};

/** Shares as in public rules of the identity and cloud field; sources as in `packs/detection/fields.yaml`. */
export const benchLogs: readonly BenchLog[] = [
  {
    source: 'cloudtrail',
    logsource: { product: 'aws', service: 'cloudtrail' },
    share: 47,
    action: 'eventName',
    actions: 400,
    where: 'eventSource',
    text: 'userAgent',
  },
  {
    source: 'entra',
    logsource: { product: 'azure', service: 'auditlogs' },
    share: 29,
    action: 'properties.message',
    actions: 150,
    where: 'category',
    text: 'properties.initiatedBy.user.userPrincipalName',
  },
  {
    source: 'entra',
    logsource: { product: 'azure', service: 'activitylogs' },
    share: 26,
    action: 'operationName',
    actions: 200,
    where: 'resourceId',
    text: 'callerIpAddress',
  },
  {
    source: 'entra',
    logsource: { product: 'azure', service: 'signinlogs' },
    share: 17,
    action: 'ResultType',
    actions: 60,
    where: 'properties.conditionalAccessStatus',
    text: 'userAgent',
  },
  {
    source: 'okta',
    logsource: { product: 'okta', service: 'okta' },
    share: 20,
    action: 'eventType',
    actions: 150,
    where: 'outcome.result',
    text: 'debugContext.debugData.requestUri',
  },
  {
    source: 'github',
    logsource: { product: 'github', service: 'audit' },
    share: 11,
    action: 'action',
    actions: 150,
    where: 'org',
    text: 'repo',
  },
  {
    source: 'gcp',
    logsource: { product: 'gcp', service: 'gcp.audit' },
    share: 11,
    action: 'gcp.audit.method_name',
    actions: 200,
    where: 'protoPayload.serviceName',
    text: 'protoPayload.resourceName',
  },
  {
    source: 'kubernetes',
    logsource: { product: 'kubernetes', service: 'audit' },
    share: 10,
    action: 'objectRef.resource',
    actions: 60,
    where: 'verb',
    text: 'requestURI',
  },
];

const wheres = 24;
export const actionOf = (log: BenchLog, n: number) =>
  `${log.source}.service${n % 17}.Action${n % log.actions}`;
export const whereOf = (log: BenchLog, n: number) => `${log.source}-place-${n % wheres}`;

export function pick<T>(items: readonly T[], weight: (item: T) => number, at: number): T | undefined {
  const whole = items.reduce((sum, item) => sum + weight(item), 0);
  let left = at * whole;
  return items.find((item) => {
    left -= weight(item);
    return left < 0;
  });
}

/**
 * Rules in the mix of syntax that the identity, cloud and CI rules of the public repository have: of 254 rules 42 with
 * `contains`, 15 `endswith`, 10 `startswith`, 104 with a list of values, 24 with `not`, 21 with `1 of`, 9 with a list of
 * maps, 5 with `re`, 4 with keywords, 3 with `cidr`, 8 with a wildcard; the rest name one action.
 */
export function sigmaRules(count: number): readonly Readonly<Record<string, unknown>>[] {
  const next = random(7);
  const number = (below: number) => Math.floor(next() * below);
  return Array.from({ length: count }, (_, index) => {
    const log = pick(benchLogs, ({ share }) => share, next()) ?? benchLogs[0];
    if (log === undefined) throw new Error('no log sources');
    const action = () => actionOf(log, number(log.actions));
    const selection: Record<string, unknown> = {};
    const form = next() * 254;
    // One in eight reads no equality at all: it is asked about every event of its log source.
    if (form < 12) selection[`${log.text}|contains`] = [`needle-${index}`, `pin-${index}`];
    else if (form < 20) selection[log.action] = `${log.source}.service${number(17)}.Action${number(9)}1*`;
    else if (form < 24) selection[`${log.action}|startswith`] = `${log.source}.service1.Action${number(90)}`;
    else selection[log.action] = form < 128 ? Array.from({ length: 2 + number(8) }, action) : action();
    if (form >= 24 && next() < 0.35) selection[log.where] = whereOf(log, number(wheres));
    const detection: Record<string, unknown> = { selection, condition: 'selection' };
    const extra = next() * 254;
    if (extra < 30) selection[`${log.text}|contains`] = `word-${number(50)}`;
    else if (extra < 45) selection[`${log.text}|endswith`] = ['/x', `/word-${number(50)}`];
    else if (extra < 50) selection[`${log.text}|re`] = `(?i)word-[0-9]{1,2}.*(end|stop)`;
    else if (extra < 53) selection['sourceIPAddress|cidr'] = ['10.0.0.0/8', 'fe80::/10'];
    else if (extra < 77) {
      detection.filter_main_known = { [`${log.text}|contains`]: `word-${number(50)}` };
      detection.condition = 'selection and not 1 of filter_main_*';
    } else if (extra < 86) {
      detection.selection = [selection, { [log.action]: action() }];
    } else if (extra < 90) {
      detection.keywords = [`needle-${number(500)}`, `pin-${number(500)}`];
      detection.condition = 'selection and keywords';
    } else if (extra < 92) {
      detection.filter_null = { errorCode: null };
      detection.condition = 'selection and filter_null';
    }
    return {
      title: `Bench rule ${index}`,
      id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      author: 'Foldback',
      logsource: log.logsource,
      detection,
      level: 'medium',
    };
  });
}
