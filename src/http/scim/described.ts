import {
  enterpriseSchemaId,
  extensionIds,
  groupSchemaId,
  leaveSchemaId,
  userSchemaId,
} from '../../core/scim/resource.ts';
import { scimBase } from './answer.ts';

/** The most that one page holds. */
export const pageMax = 200;

/** What this receiver can do (RFC 7643, 5). */
export function providerConfig(baseUrl: string): object {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: pageMax },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'API token',
        description: 'A token of Foldback with the scope scim:write.',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}${scimBase}/ServiceProviderConfig` },
  };
}

/** RFC 7643, 6. */
export function resourceTypes(baseUrl: string): readonly object[] {
  const one = (id: 'User' | 'Group', schema: string, extensions: readonly string[]) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id,
    name: id,
    endpoint: `/${id}s`,
    schema,
    ...(extensions.length === 0
      ? {}
      : { schemaExtensions: extensions.map((extension) => ({ schema: extension, required: false })) }),
    meta: { resourceType: 'ResourceType', location: `${baseUrl}${scimBase}/ResourceTypes/${id}` },
  });
  return [one('User', userSchemaId, extensionIds), one('Group', groupSchemaId, [])];
}

type Attribute = {
  readonly name: string;
  readonly type?: string;
  readonly required?: true;
  readonly unique?: true;
  readonly many?: true;
  readonly sub?: readonly Attribute[];
};

const email: readonly Attribute[] = [
  { name: 'value' },
  { name: 'type' },
  { name: 'primary', type: 'boolean' },
];
const schemas: readonly {
  readonly id: string;
  readonly name: string;
  readonly attributes: readonly Attribute[];
}[] = [
  {
    id: userSchemaId,
    name: 'User',
    attributes: [
      { name: 'userName', required: true, unique: true },
      { name: 'displayName' },
      {
        name: 'name',
        type: 'complex',
        sub: [{ name: 'formatted' }, { name: 'givenName' }, { name: 'familyName' }],
      },
      { name: 'active', type: 'boolean' },
      { name: 'emails', type: 'complex', many: true, sub: email },
      { name: 'preferredLanguage' },
      { name: 'locale' },
      { name: 'timezone' },
      {
        name: 'addresses',
        type: 'complex',
        many: true,
        sub: [{ name: 'country' }, { name: 'type' }, { name: 'primary', type: 'boolean' }],
      },
    ],
  },
  {
    id: enterpriseSchemaId,
    name: 'EnterpriseUser',
    attributes: [
      { name: 'employeeNumber' },
      { name: 'department' },
      { name: 'manager', type: 'complex', sub: [{ name: 'value' }] },
    ],
  },
  {
    id: leaveSchemaId,
    name: 'Leave',
    attributes: [
      {
        name: 'away',
        type: 'complex',
        many: true,
        sub: [{ name: 'from' }, { name: 'until' }, { name: 'standIn' }],
      },
    ],
  },
  {
    id: groupSchemaId,
    name: 'Group',
    attributes: [
      { name: 'displayName', required: true, unique: true },
      { name: 'members', type: 'complex', many: true, sub: [{ name: 'value' }, { name: 'display' }] },
    ],
  },
];

/** The attributes that are read; others are accepted and left out (RFC 7643, 7). */
export function schemaList(baseUrl: string): readonly object[] {
  return schemas.map(({ id, name, attributes }) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id,
    name,
    attributes: attributes.map(described),
    meta: { resourceType: 'Schema', location: `${baseUrl}${scimBase}/Schemas/${id}` },
  }));
}

function described({ name, type = 'string', required, unique, many, sub }: Attribute): object {
  return {
    name,
    type,
    multiValued: many === true,
    required: required === true,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: unique === true ? 'server' : 'none',
    ...(sub === undefined ? {} : { subAttributes: sub.map(described) }),
  };
}
