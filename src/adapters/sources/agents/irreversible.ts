import { isDict } from '../../../lib/guards.ts';

/** Names of tools whose effect nobody can take back by the same means. */
const tools =
  /(?:^|_)(?:delete|destroy|drop|purge|wipe|erase|truncate|terminate|transfer|pay|payment|refund|withdraw|wire|unlock|publish|force_push)(?:_|$)/u;
/** Commands of the same kind. Bounded repetitions only. */
const commands: readonly RegExp[] = [
  // A folder inside the workspace can be built again: what lies elsewhere, all of it, or the history cannot.
  /\brm\s+(?:-\w{1,10}\s+){0,4}-\w{0,8}r\w{0,8}\s+(?:-\S{1,20}\s+){0,3}["']?(?:\/(?!tmp\/)|~|\$HOME|\.\.|\.\/?(?:["'\s]|$)|\*|\S{0,100}\.git\/?(?:["'\s]|$))/iu,
  /\bgit\s+push\b[^\n;&|]{0,200}(?:--force\b(?!-with-lease)|\s-f\b)/iu,
  /\b(?:drop\s+(?:table|database|schema)|truncate\s+table)\b/iu,
  /\bdelete\s+from\s+[\w."]{1,100}\s*(?:;|$)/iu,
  /\b(?:terraform|tofu|pulumi)\s+destroy\b/iu,
  /\bkubectl\s+delete\b|\bhelm\s+uninstall\b/iu,
  /\baws\s+s3\s+(?:rb|rm)\b[^\n;&|]{0,300}--(?:recursive|force)\b/iu,
  /\bmkfs(?:\.\w{1,10})?\s|\bdd\s[^\n;&|]{0,200}\bof=\/dev\//iu,
  /\bnpm\s+publish\b|\bcargo\s+publish\b|\btwine\s+upload\b/iu,
];

/** Whether what a call does can hardly be taken back, told by its tool's name and, of a shell, its command. */
export function isIrreversible(tool: string, given: unknown): boolean {
  const name = tool
    .slice(0, 200)
    .replace(/([a-z\d])([A-Z])/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z\d]+/gu, '_');
  if (tools.test(name)) return true;
  const command = isDict(given) ? (given.command ?? given.cmd ?? given.sql ?? given.query) : given;
  if (typeof command !== 'string') return false;
  const line = command.slice(0, 8000);
  return commands.some((pattern) => pattern.test(line));
}
