/**
 * What log types are called elsewhere, and the name of their format here: the id of its source where one reads it.
 * A wrapper such as a rule's test file says a log type; the folder of a file may say a format.
 */
const formatOfType: Readonly<Record<string, string>> = {
  'Amazon.EKS.Audit': 'kubernetes',
  'Anthropic.Activity': 'anthropic',
  'AWS.CloudTrail': 'cloudtrail',
  'Auth0.Events': 'auth0',
  'Azure.Audit': 'entra',
  'Azure.MonitorActivity': 'azure-activity',
  'Duo.Administrator': 'duo',
  'Duo.Authentication': 'duo',
  'GCP.AuditLog': 'gcp',
  'GitHub.Audit': 'github',
  'GitHub.Webhook': 'github',
  'GitLab.Audit': 'gitlab-audit',
  'Gravitational.TeleportAudit': 'teleport',
  'GSuite.ActivityEvent': 'google-workspace',
  'GSuite.Reports': 'google-workspace',
  'Okta.SystemLog': 'okta',
  'OneLogin.Events': 'onelogin',
  'OnePassword.ItemUsage': '1password',
  'OnePassword.SignInAttempt': '1password',
  'OpenAI.Audit': 'openai',
  'Query.Result': 'query-result',
  'Slack.AuditLogs': 'slack-audit',
  'Snyk.GroupAudit': 'snyk',
  'Snyk.OrgAudit': 'snyk',
};

/** Folders that are called otherwise than their format. */
const formatOfFolderName: Readonly<Record<string, string>> = {
  onepassword: '1password',
  slack: 'slack-audit',
  gravitational_teleport: 'teleport',
  gsuite_activityevent: 'google-workspace',
  gsuite_reports: 'google-workspace',
  'gitlab-secret-detection': 'gitlab',
  'github-webhooks': 'github',
  'github-secret-scanning-api': 'github',
  garak: 'garak',
};

/** Makers of many products: the maker's name alone would not tell the format. */
const makersOfMany = new Set(['AWS', 'Amazon', 'Azure', 'GCP', 'Custom']);

/**
 * The format of a log type such as `AWS.CloudTrail`; one that is not known is called by its maker, `Crowdstrike.FDREvent`
 * by `crowdstrike`.
 */
export function formatOfLogType(type: string): string {
  const known = formatOfType[type];
  if (known !== undefined) return known;
  const maker = type.split('.', 1)[0] ?? type;
  return kebab(makersOfMany.has(maker) ? type : maker);
}

function kebab(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/gu, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z\d]+/gu, '-')
    .replace(/^-|-$/gu, '');
}

/**
 * The format that the folders of a file tell: the innermost one that is called like a source or like a log of another
 * kind, else the name of the innermost folder.
 *
 * @param path relative, with `/`
 */
export function formatOfFolder(path: string, sourceIds: ReadonlySet<string>): string | undefined {
  const folders = path.split('/').slice(0, -1).toReversed();
  for (const folder of folders) {
    const known = formatOfFolderName[folder] ?? (sourceIds.has(folder) ? folder : undefined);
    if (known !== undefined) return known;
  }
  return folders[0] === undefined ? undefined : kebab(folders[0]);
}
