/** Roles that people and tokens may have. What each may do stands in `access/role.ts`. */
export const roleNames = [
  'viewer',
  'analyst',
  'author',
  'admin',
  'auditor',
  'service',
  'approver',
  'agent',
  'directory',
] as const;
export type Role = (typeof roleNames)[number];

export function isRole(text: string): text is Role {
  return roleNames.some((name) => name === text);
}
