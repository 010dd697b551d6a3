import type { OwnerWeights } from '../core/owner-weights.ts';
import type { Clones } from '../lib/git/clones.ts';
import type { OwnerDirectory } from '../ports/owner-directory.ts';
import type { Source } from '../ports/source.ts';
import { directory as backstage } from './owners/backstage/index.ts';
import { directory as codeowners } from './owners/codeowners/index.ts';
import { directory as entraExport } from './owners/entra-export/index.ts';
import { directory as git } from './owners/git/index.ts';
import { directory as githubTeams } from './owners/github-teams/index.ts';
import { directory as labels } from './owners/labels/index.ts';
import { directory as oktaExport } from './owners/okta-export/index.ts';
import { directory as people } from './owners/people/index.ts';
import { source as agents } from './sources/agents/index.ts';
import { source as anthropic } from './sources/anthropic/index.ts';
import { source as auth0 } from './sources/auth0/index.ts';
import { source as cloudtrail } from './sources/cloudtrail/index.ts';
import { source as detectSecrets } from './sources/detect-secrets/index.ts';
import { source as duo } from './sources/duo/index.ts';
import { source as entra } from './sources/entra/index.ts';
import { source as gcp } from './sources/gcp/index.ts';
import { source as generic } from './sources/generic/index.ts';
import { source as ggshield } from './sources/ggshield/index.ts';
import { source as github } from './sources/github/index.ts';
import { source as gitlab } from './sources/gitlab/index.ts';
import { source as gitleaks } from './sources/gitleaks/index.ts';
import { source as googleWorkspace } from './sources/google-workspace/index.ts';
import { source as gophish } from './sources/gophish/index.ts';
import { source as kubernetes } from './sources/kubernetes/index.ts';
import { source as notion } from './sources/notion/index.ts';
import { source as okta } from './sources/okta/index.ts';
import { source as onelogin } from './sources/onelogin/index.ts';
import { source as openai } from './sources/openai/index.ts';
import { source as secretlint } from './sources/secretlint/index.ts';
import { source as slackAudit } from './sources/slack-audit/index.ts';
import { source as snyk } from './sources/snyk/index.ts';
import { source as ssf } from './sources/ssf/index.ts';
import { source as teleport } from './sources/teleport/index.ts';
import { source as tines } from './sources/tines/index.ts';
import { source as trufflehog } from './sources/trufflehog/index.ts';
import { source as vault } from './sources/vault/index.ts';

/** The part of the registry that only reads: a dry run loads nothing that could send. */
export const sources: readonly Source[] = [
  gitleaks,
  trufflehog,
  detectSecrets,
  secretlint,
  ggshield,
  gitlab,
  github,
  gophish,
  cloudtrail,
  gcp,
  vault,
  kubernetes,
  okta,
  entra,
  agents,
  anthropic,
  openai,
  slackAudit,
  teleport,
  notion,
  tines,
  googleWorkspace,
  onelogin,
  duo,
  auth0,
  snyk,
  ssf,
  generic,
];

/** What an installation has for its directories of owners. */
export type OwnerSettings = {
  readonly weights: OwnerWeights;
  readonly peopleFile?: string | undefined;
  readonly clones: Clones;
  /** Files and folders of exports, by the id of the directory that reads them. */
  readonly files?: Readonly<Record<string, readonly string[]>> | undefined;
};

/** Opens a directory with what the installation has; undefined where it has nothing for it. */
export type OwnerDirectoryAdapter = {
  readonly id: string;
  readonly title: string;
  open(settings: OwnerSettings): Promise<OwnerDirectory | undefined>;
};

export const ownerDirectories: readonly OwnerDirectoryAdapter[] = [
  people,
  entraExport,
  oktaExport,
  githubTeams,
  backstage,
  codeowners,
  labels,
  git,
];
