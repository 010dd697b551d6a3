export type GophishMessage = 'Email Sent' | 'Clicked Link' | 'Submitted Data' | 'Email Reported';

const browsers = {
  reader: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  scanner: 'Mozilla/5.0 (compatible; mailscanner-bot/2.1)',
};

/** A webhook of gophish: one event of one recipient. */
export function gophishEvent(
  message: GophishMessage,
  email: string,
  campaign: number,
  at: number,
  by: { readonly program: keyof typeof browsers; readonly address: string } = {
    program: 'reader',
    address: '192.0.2.77',
  },
) {
  const payload = {
    rid: [`${campaign}-${email}`.slice(0, 12)],
    ...(message === 'Submitted Data' ? { username: [email], password: ['typed here'] } : {}),
  };
  const browser = { address: by.address, 'user-agent': browsers[by.program] };
  const details = message === 'Email Sent' ? '' : JSON.stringify({ payload, browser });
  return { campaign_id: campaign, email, time: new Date(at).toISOString(), message, details };
}

/** The system log of the identity provider: the password was replaced. */
export function passwordChanged(email: string, at: number) {
  const published = new Date(at).toISOString();
  const account = { id: `00u${email.length}`, type: 'User', alternateId: email, displayName: email };
  return {
    uuid: `pw-${email}-${at}`,
    published,
    eventType: 'user.account.update_password',
    version: '0',
    severity: 'INFO',
    displayMessage: 'User update password for Okta',
    actor: account,
    outcome: { result: 'SUCCESS' },
    target: [account],
    client: { ipAddress: '192.0.2.77' },
  };
}
