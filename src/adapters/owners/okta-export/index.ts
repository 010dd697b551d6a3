import { type ExportSettings, openOwnerExport } from '../../owner-export.ts';
import { readObjects } from './objects.ts';

/** Users and applications exported from Okta; read once. */
export const directory = {
  id: 'okta-export',
  title: 'Users and applications, exported from Okta',
  open: (settings: ExportSettings) =>
    openOwnerExport({ id: directory.id, says: 'The export of Okta', readObjects }, settings),
};
