import { Hono } from 'hono';
import { nobody } from '../access/access-note.ts';
import { isOwnHost } from '../lib/own-host.ts';
import { pageAssets } from '../pages/page-style.ts';
import { problemPage } from '../pages/problem-page.ts';
import { harden } from './hardening/harden.ts';
import { loopbackHosts } from './hardening/host-guard.ts';
import { redactPath } from './hardening/redact-path.ts';
import type { HttpParts } from './http-parts.ts';
import { openRoom, type Room } from './room.ts';
import { routeTable } from './route-table.ts';
import { accountRoutes } from './routes/accounts.ts';
import { agentFigureRoutes } from './routes/agent-figures.ts';
import { agentRoutes } from './routes/agents.ts';
import { auditRoutes } from './routes/audit.ts';
import { backupRoutes } from './routes/backup.ts';
import { behaviourRoutes } from './routes/behaviours.ts';
import { campaignRoutes } from './routes/campaigns.ts';
import { captureRoutes } from './routes/capture.ts';
import { chainCheckRoutes } from './routes/chain-checks.ts';
import { challengeRoutes } from './routes/challenge.ts';
import { changeRoutes } from './routes/changes.ts';
import { channelRoutes } from './routes/channels.ts';
import { claimLinkRoutes } from './routes/claim-link.ts';
import { consoleRoutes } from './routes/console.ts';
import { controlRoutes } from './routes/controls.ts';
import { countRoutes } from './routes/counts.ts';
import { coverageRoutes } from './routes/coverage.ts';
import { decisionRoutes } from './routes/decisions.ts';
import { erasureRoutes } from './routes/erasure.ts';
import { evidenceRoutes } from './routes/evidence.ts';
import { experimentRoutes } from './routes/experiments.ts';
import { identityRoutes } from './routes/identities.ts';
import { importRoutes } from './routes/imports.ts';
import { leaveRoutes } from './routes/leave.ts';
import { loopRoutes } from './routes/loops.ts';
import { mailRoutes } from './routes/mail.ts';
import { measureRoutes } from './routes/measures.ts';
import { messageOperationRoutes } from './routes/message-operations.ts';
import { messageRoutes } from './routes/messages.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { ownerRoutes } from './routes/owners.ts';
import { accountPageRoutes } from './routes/pages/account.ts';
import { checkRoutes } from './routes/pages/check.ts';
import { claimRoutes } from './routes/pages/claim.ts';
import { describeRoutes } from './routes/pages/describe.ts';
import { factorRoutes } from './routes/pages/factor.ts';
import { heldRoutes } from './routes/pages/held.ts';
import { homeRoutes } from './routes/pages/home.ts';
import { outboxRoutes } from './routes/pages/outbox.ts';
import { passwordRoutes } from './routes/pages/password.ts';
import { replyRoutes } from './routes/pages/reply.ts';
import { signInForm, signInRoutes } from './routes/pages/sign-in.ts';
import { singleSignOnRoutes } from './routes/pages/single-sign-on.ts';
import { pauseRoutes } from './routes/pause.ts';
import { peopleRoutes } from './routes/people.ts';
import { periodEvidenceRoutes } from './routes/period-evidence.ts';
import { personDataRoutes } from './routes/person-data.ts';
import { policyRoutes } from './routes/policy.ts';
import { policyDecisionRoutes } from './routes/policy-decisions.ts';
import { policyExceptionRoutes } from './routes/policy-exceptions.ts';
import { policyRuleRoutes } from './routes/policy-rules.ts';
import { pressRoutes } from './routes/presses.ts';
import { privacyReportRoutes } from './routes/privacy-report.ts';
import { resourceRoutes } from './routes/protected-resource.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { rolloutRoutes } from './routes/rollout.ts';
import { scimRoutes } from './routes/scim.ts';
import { sessionRoutes } from './routes/session.ts';
import { sessionListRoutes } from './routes/sessions.ts';
import { signInWayRoutes } from './routes/sign-in-ways.ts';
import { snoozeRoutes } from './routes/snooze.ts';
import { suppressionRoutes } from './routes/suppressions.ts';
import { systemRoutes } from './routes/system.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { wordVersionRoutes } from './routes/word-versions.ts';
import { wordRoutes } from './routes/words.ts';
import { honoPath, joined, type Mounted, mount } from './table/mount.ts';
import type { Operations } from './table/operation.ts';
import { createRequestCounts, type RequestCounts } from './table/request-counts.ts';

/** Paths whose forms carry a proof of our own page, for browsers that say nothing useful about the origin. */
const formPaths = ['/r/', '/claim/', '/me', '/check', '/signin', '/signout', '/password/', '/account'];

/**
 * The whole HTTP surface: every route of the table, behind every guard. Stateless apart from rate limits and counters.
 *
 * @throws AppError `bad-config` when the packs have no words for pages
 */
export function createHttp(parts: HttpParts): Hono {
  const room = openRoom(parts);
  const app = new Hono();
  const keys = new Map<string, string>(
    routeTable.map(({ method, path }) => [`${method} ${honoPath(path)}`, `${method} ${path}`]),
  );
  const requests = createRequestCounts((method, path) => keys.get(`${method} ${path}`));
  guard(app, room);
  app.use('*', requests.middleware);
  for (const { path, type, body } of pageAssets)
    app.get(path, (c) =>
      c.body(body, 200, { 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' }),
    );
  mount(app, routes(room, requests), room);
  return app;
}

function guard(app: Hono, room: Room): void {
  const { config, log } = room.given;
  const { publicUrl, hosts } = config.http;
  const url = publicUrl === undefined ? undefined : new URL(publicUrl);
  harden(app, {
    hosts: [...loopbackHosts, ...hosts, ...(url === undefined ? [] : [url.host])],
    origins: url === undefined ? [] : [url.origin],
    nullOriginPaths: formPaths,
    forbiddenOriginPaths: ['/mcp'],
    isHttps: room.isHttps,
    ownsSubDomains: url !== undefined && isOwnHost(url.hostname),
    page: (code, requestId, c) => {
      if (code === 'unauthenticated') return signInForm(room, c, c.req.path);
      const id = requestId === undefined ? {} : { requestId };
      return problemPage({ host: room.host(c), code, ...id }, room.words());
    },
    onForeignHost: (c) =>
      room.record.refused(c, {
        kind: 'access.input-refused',
        by: nobody,
        what: 'a host or origin that is not ours',
        reason: 'bad-host',
      }),
    onFault: (error, c) => {
      const path = redactPath(c.req.path);
      log.error({ error, requestId: c.get('requestId'), method: c.req.method, path }, 'a request failed');
    },
  });
}

function routes(room: Room, requests: RequestCounts): readonly Mounted[] {
  let mounted: readonly Mounted[] = [];
  const operations: Operations = {
    ...captureRoutes(room),
    ...agentRoutes(room),
    ...agentFigureRoutes(room),
    ...resourceRoutes(room),
    ...challengeRoutes(room),
    ...importRoutes(room),
    ...mailRoutes(room),
    ...pressRoutes(room),
    ...loopRoutes(room),
    ...decisionRoutes(room),
    ...snoozeRoutes(room),
    ...leaveRoutes(room),
    ...identityRoutes(room),
    ...evidenceRoutes(room),
    ...periodEvidenceRoutes(room),
    ...coverageRoutes(room),
    ...erasureRoutes(room),
    ...heldRoutes(room),
    ...personDataRoutes(room),
    ...peopleRoutes(room),
    ...privacyReportRoutes(room),
    ...campaignRoutes(room),
    ...behaviourRoutes(room),
    ...controlRoutes(room),
    ...reviewRoutes(room),
    ...wordRoutes(room),
    ...wordVersionRoutes(room),
    ...countRoutes(room),
    ...ownerRoutes(room),
    ...measureRoutes(room),
    ...experimentRoutes(room),
    ...messageRoutes(room),
    ...messageOperationRoutes(room),
    ...rolloutRoutes(room),
    ...changeRoutes(room),
    ...channelRoutes(room),
    ...pauseRoutes(room),
    ...suppressionRoutes(room),
    ...tokenRoutes(room),
    ...sessionRoutes(room),
    ...sessionListRoutes(room),
    ...signInWayRoutes(room),
    ...auditRoutes(room),
    ...chainCheckRoutes(room),
    ...accountRoutes(room),
    ...passwordRoutes(room),
    ...factorRoutes(room),
    ...accountPageRoutes(room),
    ...scimRoutes(room),
    ...policyRoutes(room),
    ...policyExceptionRoutes(room),
    ...policyDecisionRoutes(room),
    ...policyRuleRoutes(room),
    ...claimLinkRoutes(room),
    ...backupRoutes(room),
    ...systemRoutes(room),
    ...metricsRoutes(room, requests),
    ...replyRoutes(room),
    ...claimRoutes(room),
    ...homeRoutes(room),
    ...checkRoutes(room),
    ...signInRoutes(room),
    ...singleSignOnRoutes(room),
    ...outboxRoutes(room),
    ...consoleRoutes(room),
    ...describeRoutes(room, () => mounted),
  };
  mounted = joined(operations);
  return mounted;
}
