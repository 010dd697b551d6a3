import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const catalog = `
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: payments, annotations: { github.com/team-slug: acme/payments } }
spec: { type: team, children: [], profile: { displayName: Payments, email: payments@example.com } }
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: ana, annotations: { github.com/user-login: octo-ana } }
spec: { profile: { displayName: Ana Costa, email: Ana@example.com }, memberOf: [payments] }
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: { name: shop }
spec: { owner: user:default/ana }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout
  annotations:
    github.com/project-slug: acme/shop
    aws.amazon.com/role-arn: arn:aws:iam::111122223333:role/checkout
    foldback.dev/identities: checkout-bot, svc-checkout
spec: { type: service, owner: payments, system: shop }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ledger }
spec: { type: service, owner: 'group:default/payments' }
---
apiVersion: acme.example/v1
kind: Robot
metadata: { name: night-runner }
spec: { owner: 'user:ana' }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: mailer }
spec: { type: service, owner: mail-owner@example.com }
---
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: { name: everything }
spec: { targets: [./a.yaml] }
`;

const tags = {
  ResourceTagMappingList: [
    {
      ResourceARN: 'arn:aws:iam::111122223333:role/deploy',
      Tags: [
        { Key: 'acme:owner', Value: 'ana@example.com' },
        { Key: 'Team', Value: 'Payments' },
        { Key: 'git_last_modified_by', Value: 'ben@example.com' },
      ],
    },
    { ResourceARN: 'arn:aws:iam::111122223333:user/lost', Tags: [{ Key: 'Name', Value: 'lost' }] },
    { ResourceARN: 'arn:aws:s3:::acme-invoices', Tags: [{ Key: 'owner', Value: 'payments' }] },
  ],
};

const manifests = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: checkout, namespace: shop, annotations: { acme.example/owner: ana@example.com } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ledger, namespace: shop, labels: { team: payments, app.kubernetes.io/managed-by: Helm } }
spec: { template: { spec: { serviceAccountName: ledger-runner } } }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly, namespace: shop, labels: { owner: ana } }
spec: { jobTemplate: { spec: { template: { spec: { serviceAccountName: nightly } } } } }
`;

const teams = {
  data: {
    organization: {
      login: 'acme',
      teams: {
        nodes: [
          {
            slug: 'payments',
            name: 'Payments',
            members: {
              edges: [
                { role: 'MEMBER', node: { login: 'octo-ben', email: '' } },
                {
                  role: 'MAINTAINER',
                  node: { login: 'octo-ana', name: 'Ana Costa', email: 'ana@example.com' },
                },
              ],
            },
          },
        ],
      },
    },
  },
};

const entraUsers = {
  value: [
    {
      id: 'e-1',
      displayName: 'Ana Costa',
      mail: 'ana@example.com',
      userPrincipalName: 'ana@example.com',
      accountEnabled: true,
      department: 'Payments',
      manager: { id: 'e-2' },
      preferredLanguage: 'pt-PT',
    },
    { id: 'e-2', displayName: 'Mia Lin', mail: 'mia@example.com', userPrincipalName: 'mia@example.com' },
    {
      id: 'e-3',
      displayName: 'Lea Old',
      userPrincipalName: 'lea@example.com',
      accountEnabled: false,
      manager: { id: 'e-2' },
    },
  ],
};
const entraApps = {
  value: [
    { id: 'sp-1', appId: 'app-1', displayName: 'Invoice robot', owners: [{ id: 'e-1' }, { id: 'sp-2' }] },
    { id: 'sp-2', appId: 'app-2', displayName: 'Nobody’s robot', owners: [] },
    { id: 'sp-3', appId: 'app-3', displayName: 'Lea’s robot', owners: [{ id: 'e-3' }] },
  ],
};

const oktaUsers = [
  {
    id: '00u1',
    status: 'ACTIVE',
    profile: {
      login: 'ana@example.com',
      email: 'ana@example.com',
      firstName: 'Ana',
      lastName: 'Costa',
      department: 'Payments',
      managerId: 'mia@example.com',
      timezone: 'Europe/Lisbon',
    },
  },
  { id: '00u2', status: 'RECOVERY', profile: { login: 'mia@example.com', email: 'mia@example.com' } },
  { id: '00u3', status: 'DEPROVISIONED', profile: { login: 'lea@example.com', email: 'lea@example.com' } },
];
const oktaApps = [
  {
    id: '0oa1',
    label: 'Exporter',
    status: 'ACTIVE',
    profile: { ownerEmail: 'ana@example.com' },
    credentials: { oauthClient: { client_id: 'client-1' } },
  },
];

/** Writes one export in each format, and names the files of each directory. Nobody in them is real. */
export function writeExports(folder: string): Readonly<Record<string, readonly string[]>> {
  const write = (directory: string, name: string, text: string): string => {
    mkdirSync(join(folder, directory), { recursive: true });
    const path = join(folder, directory, name);
    writeFileSync(path, text);
    return path;
  };
  const json = (value: unknown): string => JSON.stringify(value);
  write('catalog', 'catalog-info.yaml', catalog);
  write('catalog', 'notes.txt', 'not read: [');
  write('labels', 'tags.json', json(tags));
  write('labels', 'manifests.yaml', manifests);
  return {
    backstage: [join(folder, 'catalog')],
    labels: [join(folder, 'labels')],
    'github-teams': [write('teams', 'teams.json', json(teams))],
    'entra-export': [
      write('entra', 'users.json', json(entraUsers)),
      write('entra', 'apps.json', json(entraApps)),
    ],
    'okta-export': [write('okta', 'users.json', json(oktaUsers)), write('okta', 'apps.json', json(oktaApps))],
  };
}
