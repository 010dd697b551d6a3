import type { Event } from '../event.ts';
import type { IdentifierSource } from './template.ts';

/** What an event names, as it stands there: nothing of it is trusted yet. Undefined where it names nothing. */
export function nameIn(event: Event, source: IdentifierSource, team: string | undefined): string | undefined {
  const { where, actor, identity, resource, action, joins } = event;
  switch (source) {
    case 'repository':
      return where.repository;
    case 'organisation':
      return where.repository?.split('/')[0];
    case 'directory': {
      const cut = where.file?.lastIndexOf('/') ?? -1;
      return cut > 0 ? where.file?.slice(0, cut) : undefined;
    }
    case 'file':
      return where.file;
    case 'branch':
      return where.branch;
    case 'actor':
      return actor.id ?? actor.name;
    case 'identity':
      return identity?.id;
    case 'resource':
      return resource?.id;
    case 'action':
      return action;
    case 'rule':
      return joins?.rule;
    case 'team':
      return team;
  }
}
