import { expect, test } from 'vitest';
import { maskShapes, providerOf, providerOfValue } from './secret-provider.ts';

test.each([
  [
    'aws',
    'aws-access-token',
    'AWS',
    'AWSSessionKey',
    'aws_secret_access_key',
    'AWS Manager ID',
    'amazon_mws_auth_token',
  ],
  [
    'github',
    'github-pat',
    'Github',
    'GitHubOauth2',
    'github_personal_access_token',
    'github-fine-grained-pat',
  ],
  ['gitlab', 'gitlab-pat', 'GitlabV2', 'gitlab_access_token', 'gitlab-runner-authentication-token'],
  ['slack', 'slack-bot-token', 'SlackWebhook', 'slack_incoming_webhook_url', 'Slack'],
  ['stripe', 'stripe-access-token', 'Stripe', 'stripe_api_key'],
  [
    'gcp',
    'gcp-api-key',
    'GCP',
    'GoogleApiKey',
    'google_cloud_private_key_id',
    'GCPApplicationDefaultCredentials',
  ],
  [
    'azure',
    'azure-ad-client-secret',
    'AzureStorage',
    'azure_active_directory_application_secret',
    'AzureDevopsPersonalAccessToken',
  ],
  ['openai', 'openai-api-key', 'OpenAI', 'openai_api_key'],
  ['anthropic', 'anthropic-api-key', 'Anthropic', 'anthropic_admin_api_key'],
  ['npm', 'npm-access-token', 'NpmTokenV2', 'NpmToken', 'npm_access_token'],
  [
    'private-key',
    'private-key',
    'PrivateKey',
    'Asymmetric Private Key',
    'RSA-PK',
    'rsa_private_key',
    'openssh_private_key',
  ],
  [
    'database-url',
    'Postgres',
    'MongoDB',
    'postgres_connection_string',
    'JDBC',
    'mongodb_atlas_db_uri_with_credentials',
    'SQLServer',
  ],
  [
    'generic',
    'generic-api-key',
    'High Entropy',
    'URI',
    'adafruit_io_key',
    'Twitter Client ID',
    '',
    'test-rule',
  ],
])('%s is told from every scanner’s name for it', (provider, ...names) => {
  for (const name of names) expect([name, providerOf(name)]).toEqual([name, provider]);
});

test('a value of a published shape names its provider', () => {
  const fill = 'Ab3'.repeat(20);
  const values = [
    ['aws', ['AK', 'IA', 'QYLPMN5HEXAMPLE2'].join('')],
    ['github', ['gh', 'p_', fill.slice(0, 36)].join('')],
    ['gitlab', ['gl', 'pat-', fill.slice(0, 20)].join('')],
    ['slack', ['xo', 'xb-', fill.slice(0, 24)].join('')],
    ['stripe', ['sk', '_test_', fill.slice(0, 24)].join('')],
    ['anthropic', ['sk', '-ant-', fill.slice(0, 40)].join('')],
    ['openai', ['sk', '-proj-', fill.slice(0, 40)].join('')],
    ['npm', ['np', 'm_', fill.slice(0, 36)].join('')],
    ['database-url', 'postgres://app:pass@db.example/app'],
  ] as const;
  for (const [provider, value] of values) {
    expect(providerOfValue(value)).toBe(provider);
    expect(maskShapes(`before "${value}" after`)).toMatch(/^before "\[secret:[a-z-]+\].* after$/u);
    expect(maskShapes(`before "${value}" after`)).not.toContain(value.slice(-8));
  }
  expect(providerOfValue('just-some-words-here')).toBeUndefined();
});

test('ordinary texts are not masked', () => {
  for (const text of [
    'src/payments/config.yaml',
    'acme/task-runner',
    'a'.repeat(40),
    'https://example.com/a/b?c=d',
  ])
    expect(maskShapes(text)).toBe(text);
});
