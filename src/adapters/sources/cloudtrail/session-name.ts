/** What the name of a role session tells. It is chosen by whoever opens the session. */

/** Names that a program made up on the spot: of an SDK, of a tool, a bare number or hash. */
export function looksMadeUp(session: string): boolean {
  return (
    /^(?:aws-(?:go-)?sdk|aws-sdk|botocore-session|aws-cli-session|aws-cdk|AssumeRoleSession|AWSCLI-Session)(?:-|$)/iu.test(
      session,
    ) ||
    /^\d+$/u.test(session) ||
    /^[0-9a-f]{16,}$/iu.test(session) ||
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu.test(session)
  );
}

/** Words that programs are named with and people are not. */
const technicalWords = new Set(
  (
    'actions agent autoscaling backup batch bot build builder ci cloudformation codebuild codepipeline compactor controller ' +
    'crawler cron daemon deploy deployer deployment ecs eks etl executor exporter function functions github ' +
    'githubactions gitlab gha importer jenkins job lambda lambdaexecution management monitor monitoring ' +
    'pipeline processor provisioner proxy replicator robot runner sa scanner scheduler server service spinnaker ' +
    'sts svc sync task terraform trigger webhook worker workflow workload'
  ).split(' '),
);

/** An instance, a service-linked role, or a name of which a word tells a program. */
export function looksTechnical(name: string): boolean {
  if (/^m?i-[0-9a-f]{8,}$/u.test(name) || name.startsWith('AWSServiceRole')) return true;
  // CloudFormation ends the names it makes so.
  if (/-[A-Z0-9]{11,13}$/u.test(name) && /\d/u.test(name.slice(-13))) return true;
  if (name.includes('@')) return false;
  // A time in seconds, or the number of a run.
  if (/[-_.]\d{9,}$/u.test(name)) return true;
  return wordsOf(name).some((word) => technicalWords.has(word));
}

export function isAddress(text: string): boolean {
  return /^[^\s@<>]{1,64}@[^\s@<>]{1,190}\.[^\s@<>.]{2,30}$/u.test(text);
}

/** An address, or a first and last name with a dot between them. */
export function looksLikePerson(session: string): boolean {
  if (isAddress(session)) return true;
  return /^\p{L}{2,}\.\p{L}[\p{L}'-]+$/u.test(session);
}

/** The AWS service that made a request for someone. At the console and inside AWS the person stays the one. */
export function serviceOf(invokedBy: string | undefined): string | undefined {
  if (invokedBy === undefined || !/^[a-z\d.-]+\.amazonaws\.com(?:\.cn)?$/u.test(invokedBy)) return undefined;
  return /^(?:signin|console|[\w.-]*\.console)\.amazonaws\.com/u.test(invokedBy) ? undefined : invokedBy;
}

/** The number of the run of a pipeline that a session is named after, such as `GitHubActions-9876543210`. */
export function runOf(session: string | undefined): string | undefined {
  const match =
    /^(?:github-?actions?|gh-?actions?|gha|gh|github|gitlab|circleci|buildkite|jenkins|ci)(?:[-_.@][\w.@-]{0,40}?)?[-_.@](\d{3,20})(?:[-_.@]\d{1,3})?$/iu.exec(
      session ?? '',
    );
  return match?.[1];
}

/** `GitHubActions` is a word, and `git`, `hub` and `actions` are three. */
function wordsOf(name: string): readonly string[] {
  const parts = name.split(/[^\p{L}\d]+/u);
  return parts
    .flatMap((part) => [part, ...part.split(/(?<=[a-z\d])(?=[A-Z])/u)])
    .map((word) => word.toLowerCase());
}
