import { createHash } from 'node:crypto';
import { ana, type GitRepository, makeRepository } from './git-repository.ts';

/** A real repository into which Ana committed a key, with reports of it as gitleaks writes them. */
export type LeakyRepository = {
  readonly repository: GitRepository;
  /** No provider issues such a value; made here so that it stands in no file of ours. */
  readonly secret: string;
  readonly commit: string;
  readonly reports: Readonly<Record<'v8.json' | 'v8.csv' | 'sarif.json' | 'v7.json', string>>;
  readonly people: string;
  remove(): void;
};

export function makeLeakyRepository(): LeakyRepository {
  const repository = makeRepository();
  const secret = `zq${createHash('sha256').update(repository.path).digest('hex').slice(0, 38)}`;
  repository.commit({ CODEOWNERS: '/src/ @acme/payments\n', 'README.md': 'shop\n' });
  const line = `api_key = "${secret}"`;
  const commit = repository.commit({ 'src/pay.py': `import os\n\n${line}\n` });
  repository.git('remote', 'add', 'origin', 'https://github.com/acme/shop.git');
  repository.write('people.yaml', people);
  const finding = {
    RuleID: 'generic-api-key',
    Description: 'A key of some service',
    StartLine: 3,
    EndLine: 3,
    StartColumn: 12,
    EndColumn: 51,
    Match: line,
    Secret: secret,
    File: 'src/pay.py',
    SymlinkFile: '',
    Commit: commit,
    Entropy: 4.1,
    Author: ana.name,
    Email: ana.email,
    Date: '2023-11-14T22:15:20Z',
    Message: 'change 2',
    Tags: [],
    Fingerprint: `${commit}:src/pay.py:generic-api-key:3`,
  };
  const columns = Object.keys(finding).filter((name) => name !== 'Description');
  const cells: Readonly<Record<string, unknown>> = { ...finding, Tags: '' };
  const reports = {
    'v8.json': JSON.stringify([finding]),
    'v8.csv': `${columns.join(',')}\n${columns.map((name) => cell(String(cells[name]))).join(',')}\n`,
    'sarif.json': JSON.stringify(sarif(secret, line, commit)),
    'v7.json': JSON.stringify([
      {
        line,
        lineNumber: 3,
        offender: secret,
        commit,
        repo: 'shop',
        rule: 'Generic API key',
        commitMessage: 'change 2',
        author: ana.name,
        email: ana.email,
        file: 'src/pay.py',
        date: '2023-11-14T22:15:20Z',
        tags: 'key',
      },
    ]),
  };
  for (const [name, text] of Object.entries(reports)) repository.write(`reports/${name}`, text);
  return {
    repository,
    secret,
    commit,
    reports,
    people: `${repository.path}/people.yaml`,
    remove: () => repository.remove(),
  };
}

const people = `people:
  - { id: ana, name: Ana Costa, emails: [ana@example.com], team: payments, manager: mia }
  - { id: mia, name: Mia Reyes, emails: [mia@example.com], team: payments }
teams:
  - { id: payments, name: Payments, handles: ["@acme/payments"] }
`;

const cell = (text: string): string => (/[",\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function sarif(secret: string, line: string, commit: string) {
  const region = {
    startLine: 3,
    startColumn: 12,
    endLine: 3,
    endColumn: 51,
    snippet: { text: secret },
  };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'gitleaks', semanticVersion: 'v8.0.0', rules: [{ id: 'generic-api-key' }] } },
        results: [
          {
            message: { text: `generic-api-key has detected secret for file src/pay.py at commit ${commit}.` },
            ruleId: 'generic-api-key',
            locations: [{ physicalLocation: { artifactLocation: { uri: 'src/pay.py' }, region } }],
            partialFingerprints: {
              commitSha: commit,
              email: ana.email,
              author: ana.name,
              date: '2023-11-14T22:15:20Z',
              commitMessage: line.slice(0, 7),
            },
          },
        ],
      },
    ],
  };
}
