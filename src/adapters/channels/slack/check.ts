import type { SlackApi } from './api.ts';
import { reasonOf } from './send.ts';
import type { SlackSettings } from './settings.ts';

/** What the app must be allowed to do, and why. */
const scopes = {
  'chat:write': 'to write messages',
  'im:write': 'to open direct messages',
  'im:history': 'to see whether a direct message arrived',
  'users:read': 'to know who pressed a button',
  'users:read.email': 'to find people by their address',
} as const;

/** Asks who we are and reads one message of every channel that is set; nothing is posted. */
export async function checkSlack(
  api: SlackApi,
  settings: SlackSettings,
  socketApi?: SlackApi,
): Promise<readonly string[]> {
  const at = Date.now();
  const own = await api('auth.test', { form: {} }, at);
  if (own.kind !== 'ok') return [`Slack does not take the token: ${reasonOf(own)}.`];
  const granted = new Set((own.headers['x-oauth-scopes'] ?? '').split(/[\s,]+/u));
  const missing = Object.entries(scopes)
    // An answer without the header says nothing about scopes.
    .filter(([scope]) => own.headers['x-oauth-scopes'] !== undefined && !granted.has(scope))
    .map(([scope, why]) => `The app lacks the scope ${scope}, ${why}.`);
  const channels = [
    ...Object.entries(settings.teamChannels).map(([team, channel]) => ({ of: `team ${team}`, channel })),
    ...(settings.dutyChannel === undefined ? [] : [{ of: 'the duty role', channel: settings.dutyChannel }]),
  ];
  const unreadable: string[] = [];
  for (const { of, channel } of channels) {
    const answer = await api('conversations.history', { form: { channel, limit: '1' } }, at);
    if (answer.kind !== 'ok')
      unreadable.push(`The channel ${channel} of ${of} cannot be read: ${reasonOf(answer)}. Invite the app.`);
  }
  return [...missing, ...unreadable, ...(await socketProblems(socketApi, at))];
}

/** Whether Slack would take a connection; none is opened. */
async function socketProblems(api: SlackApi | undefined, at: number): Promise<readonly string[]> {
  const answer = await api?.('apps.connections.open', { form: {} }, at);
  return answer === undefined || answer.kind === 'ok'
    ? []
    : [
        `Slack opens no connection for answers: ${reasonOf(answer)}. Switch Socket Mode on, and give appToken connections:write.`,
      ];
}
