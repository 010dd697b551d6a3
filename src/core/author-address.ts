import type { Account } from './event.ts';

/** What a name, an address and an account in a commit or payload say about a human. */
export type AuthorReading =
  | { readonly kind: 'human'; readonly name?: string; readonly email?: string; readonly account?: Account }
  | { readonly kind: 'nobody'; readonly reason: 'bot' | 'machine' | 'no-reply' | 'no-address' };

export type AuthorFields = {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly account?: Account | undefined;
};

/** RFC 5321, 4.5.3.1: the longest address that can be delivered. */
const emailLengthMax = 254;

/** Logins that are programs without saying so by `[bot]` or `-bot`. */
const botLogins = new Set([
  'dependabot',
  'dependabot-preview',
  'renovate',
  'github-actions',
  'greenkeeper',
  'mergify',
  'pre-commit-ci',
  'copilot',
  'web-flow',
  'imgbot',
  'allcontributors',
]);
const botAddresses = new Set(['noreply@github.com', 'actions@github.com', 'action@github.com']);

/** Users that exist on machines, not in a company. */
const machineUsers = new Set([
  'root',
  'localhost',
  'nobody',
  'ubuntu',
  'ec2-user',
  'vagrant',
  'jenkins',
  'runner',
  'gitlab-runner',
  'www-data',
  'ci',
]);

/**
 * Ends of host names that no mail reaches: what git makes up from user and host when no address was set. RFC 6761 and
 * 6762, names that routers give out, and the cloud's internal names.
 */
const machineDomain =
  /(?:^|\.)(?:local|localdomain|localhost|lan|home|home\.arpa|internal|intranet|fritz\.box|invalid|\(none\)|none)$/u;

/** `12345+login@users.noreply.github.com`, without the number in accounts from before 2017. */
const githubNoReply = /^(?:\d+\+)?([a-z\d][a-z\d-]{0,38})@users\.noreply\.(?!gitlab\.)[a-z\d.-]+$/u;
/** `12345-login@users.noreply.gitlab.com` */
const gitlabNoReply = /^(?:\d+-)?([a-z\d_][a-z\d_.-]{0,254})@users\.noreply\.gitlab\.[a-z\d.-]+$/u;
const noReplyUser = /^(?:no-?reply|do-?not-?reply)(?:$|[-_.+])/u;
const botName = /\[bot\]$|(?:^|[-_.+ ])bot$/u;

/**
 * Reads who is meant. A made-up host name, a no-reply address and a program are nobody: an honest "unknown" instead
 * of a wrong name. The no-reply addresses of GitHub and GitLab carry the account.
 */
export function readAuthor(author: AuthorFields): AuthorReading {
  const email = (author.email ?? '')
    .trim()
    .toLowerCase()
    .slice(0, emailLengthMax + 1);
  const login = author.account?.name.toLowerCase();
  if (isBot(author.name, email, login)) return { kind: 'nobody', reason: 'bot' };
  const account = author.account ?? accountIn(email);
  const address = readAddress(email);
  if (account === undefined && address !== 'usable') return { kind: 'nobody', reason: address };
  return {
    kind: 'human',
    ...(author.name === undefined || author.name === '' ? {} : { name: author.name }),
    ...(address === 'usable' ? { email } : {}),
    ...(account === undefined ? {} : { account }),
  };
}

function accountIn(email: string): Account | undefined {
  const github = githubNoReply.exec(email)?.[1];
  if (github !== undefined) return { system: 'github', name: github };
  const gitlab = gitlabNoReply.exec(email)?.[1];
  return gitlab === undefined ? undefined : { system: 'gitlab', name: gitlab };
}

function readAddress(email: string): 'usable' | 'machine' | 'no-reply' | 'no-address' {
  const at = email.lastIndexOf('@');
  const user = email.slice(0, at);
  const domain = email.slice(at + 1);
  if (at < 1 || domain === '' || email.length > emailLengthMax) return 'no-address';
  if (!domain.includes('.') || machineDomain.test(domain) || machineUsers.has(user)) return 'machine';
  if (/^[\d.]+$|^\[|:/u.test(domain)) return 'machine';
  if (noReplyUser.test(user) || /(?:^|\.)noreply\./u.test(domain)) return 'no-reply';
  return /^[^\s<>"(),:;@\\[\]\p{Cc}\p{Cf}]+@[\p{L}\p{N}.-]+$/u.test(email) ? 'usable' : 'no-address';
}

function isBot(name: string | undefined, email: string, login: string | undefined): boolean {
  if (botAddresses.has(email)) return true;
  const user = email.slice(0, Math.max(0, email.lastIndexOf('@'))).replace(/^\d+\+/u, '');
  return [name?.trim().toLowerCase().slice(0, 200), user, login].some(
    (text) => text !== undefined && text !== '' && (botName.test(text) || botLogins.has(text)),
  );
}
