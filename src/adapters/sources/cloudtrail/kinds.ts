import type { EventKind } from '../../../core/event.ts';
import { type Dict, dictOf, listOf, scalarText, textOf } from '../../../lib/guards.ts';
import type { TrailRecord } from './schema.ts';

/** `<service>:<name>` of what AWS calls an event, by the kind that it has here. Everything else is activity. */
const named = {
  'token.issued': [
    'sts:AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot GetSessionToken GetFederationToken',
    'sts:GetDelegatedAccessToken GetWebIdentityToken',
    'signin:GetSigninToken',
    'sso:CreateToken CreateTokenWithIAM GetRoleCredentials',
    'sso-oauth:CreateToken CreateTokenWithIAM',
    'rolesanywhere:CreateSession',
    'ecr:GetAuthorizationToken',
    'codeartifact:GetAuthorizationToken',
  ],
  'credential.created': [
    'iam:CreateAccessKey CreateLoginProfile CreateServiceSpecificCredential UploadSSHPublicKey',
    'iam:UploadSigningCertificate',
    'ec2:CreateKeyPair ImportKeyPair',
    'apigateway:CreateApiKey',
    'appsync:CreateApiKey',
    'iot:CreateKeysAndCertificate CreateCertificateFromCsr',
  ],
  'credential.changed': [
    'iam:UpdateLoginProfile ChangePassword ResetServiceSpecificCredential EnableMFADevice ResyncMFADevice',
    'signin:PasswordUpdated PasswordRecoveryCompleted',
    'secretsmanager:RotateSecret PutSecretValue',
  ],
  'credential.removed': [
    'iam:DeleteAccessKey DeleteLoginProfile DeleteServiceSpecificCredential DeleteSSHPublicKey',
    'iam:DeleteSigningCertificate',
    'ec2:DeleteKeyPair',
    'apigateway:DeleteApiKey',
    'appsync:DeleteApiKey',
    'iot:DeleteCertificate',
  ],
  'identity.disabled': [
    'iam:DeleteUser DeleteRole',
    'identitystore:DeleteUser',
    'sso-directory:DeleteUser DisableUser',
    'organizations:CloseAccount',
  ],
  'identity.enabled': ['sso-directory:EnableUser'],
  'control.disabled': [
    'cloudtrail:StopLogging DeleteTrail DeleteEventDataStore StopEventDataStoreIngestion',
    'guardduty:DeleteDetector StopMonitoringMembers',
    'config:StopConfigurationRecorder DeleteConfigurationRecorder DeleteDeliveryChannel',
    's3:DeleteBucketPublicAccessBlock DeleteAccountPublicAccessBlock DeleteBucketEncryption',
    'ec2:DisableEbsEncryptionByDefault DeleteFlowLogs DisableSnapshotBlockPublicAccess',
    'ec2:DisableImageBlockPublicAccess',
    'route53resolver:DeleteResolverQueryLogConfig',
    'securityhub:DisableSecurityHub',
    'macie2:DisableMacie',
    'inspector2:Disable',
    'wafv2:DeleteWebACL DisassociateWebACL DeleteLoggingConfiguration',
    'kms:DisableKeyRotation',
    'access-analyzer:DeleteAnalyzer',
    'iam:DeactivateMFADevice DeleteAccountPasswordPolicy DeleteRolePermissionsBoundary',
    'iam:DeleteUserPermissionsBoundary',
    'organizations:LeaveOrganization DisablePolicyType',
    'rds:StopActivityStream',
  ],
  'control.restored': [
    'cloudtrail:StartLogging StartEventDataStoreIngestion',
    'config:StartConfigurationRecorder',
    'ec2:EnableEbsEncryptionByDefault EnableSnapshotBlockPublicAccess EnableImageBlockPublicAccess',
    'securityhub:EnableSecurityHub',
    'macie2:EnableMacie',
    'kms:EnableKeyRotation',
    'rds:StartActivityStream',
  ],
} as const satisfies { readonly [Kind in EventKind]?: readonly string[] };

const kinds: ReadonlyMap<string, EventKind> = new Map([
  ...of('token.issued'),
  ...of('credential.created'),
  ...of('credential.changed'),
  ...of('credential.removed'),
  ...of('identity.disabled'),
  ...of('identity.enabled'),
  ...of('control.disabled'),
  ...of('control.restored'),
]);

function of(kind: keyof typeof named): readonly (readonly [string, EventKind])[] {
  return named[kind].flatMap((line) => {
    const [service = '', names = ''] = line.split(':');
    return names.split(' ').map((name) => [`${service}:${name}`, kind] as const);
  });
}

/** `iam` of `iam.amazonaws.com`. */
export function serviceName(record: TrailRecord): string {
  return (textOf(record.eventSource) ?? '').split('.')[0] ?? '';
}

export function kindOf(record: TrailRecord): EventKind {
  const event = `${serviceName(record)}:${textOf(record.eventName) ?? ''}`;
  return ofRequest(event, dictOf(record.requestParameters) ?? {}) ?? kinds.get(event) ?? 'activity.recorded';
}

/** Events of which the request says whether it gives or takes away. */
function ofRequest(event: string, request: Dict): EventKind | undefined {
  switch (event) {
    case 'iam:UpdateAccessKey':
    case 'iam:UpdateServiceSpecificCredential':
    case 'iam:UpdateSSHPublicKey':
    case 'iam:UpdateSigningCertificate':
      return request.status === 'Inactive' ? 'credential.removed' : 'credential.changed';
    case 'apigateway:UpdateApiKey':
      return turnsOff(request) ? 'credential.removed' : undefined;
    case 'guardduty:UpdateDetector':
      return ofSwitch(request.enable);
    case 'ec2:ModifyInstanceMetadataOptions':
      return ofMetadataOptions(dictOf(request.ModifyInstanceMetadataOptionsRequest) ?? request);
    case 's3:PutBucketPublicAccessBlock':
    case 's3:PutAccountPublicAccessBlock':
      return ofPublicAccess(dictOf(request.PublicAccessBlockConfiguration));
    default:
      return undefined;
  }
}

/** Version 2 of the instance's metadata service keeps its credentials from forwarded requests. */
function ofMetadataOptions(options: Dict): EventKind | undefined {
  const tokens = options.HttpTokens ?? options.httpTokens;
  if (tokens === 'optional') return 'control.disabled';
  return tokens === 'required' ? 'control.restored' : undefined;
}

/** One part that is open is open. */
function ofPublicAccess(configuration: Dict | undefined): EventKind | undefined {
  const parts = [
    configuration?.BlockPublicAcls,
    configuration?.BlockPublicPolicy,
    configuration?.IgnorePublicAcls,
    configuration?.RestrictPublicBuckets,
  ].map(String);
  if (parts.includes('false')) return 'control.disabled';
  return parts.every((part) => part === 'true') ? 'control.restored' : undefined;
}

function ofSwitch(value: unknown): EventKind | undefined {
  if (scalarText(value) === 'false') return 'control.disabled';
  return scalarText(value) === 'true' ? 'control.restored' : undefined;
}

function turnsOff(request: Dict): boolean {
  const operations = listOf(dictOf(request.updateApiKeyInput)?.patchOperations ?? request.patchOperations);
  return operations.some(
    (one) => dictOf(one)?.path === '/enabled' && scalarText(dictOf(one)?.value) === 'false',
  );
}
