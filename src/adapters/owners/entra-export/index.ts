import { type ExportSettings, openOwnerExport } from '../../owner-export.ts';
import { readObjects } from './objects.ts';

/** Users and applications exported from Microsoft Entra; read once. */
export const directory = {
  id: 'entra-export',
  title: 'Users and applications, exported from Microsoft Entra',
  open: (settings: ExportSettings) =>
    openOwnerExport({ id: directory.id, says: 'The export of Entra', readObjects }, settings),
};
