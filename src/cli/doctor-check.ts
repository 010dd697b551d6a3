/** One thing looked at. Whatever is not `ok` ends with what to do: a command or a setting. */
export type Check = {
  readonly name: string;
  readonly result: 'ok' | 'note' | 'problem';
  readonly detail: string;
  readonly fix?: string;
};

export const ok = (name: string, detail: string): Check => ({ name, result: 'ok', detail });
export const remark = (name: string, detail: string, fix: string): Check => ({
  name,
  result: 'note',
  detail,
  fix,
});
export const problem = (name: string, detail: string, fix: string): Check => ({
  name,
  result: 'problem',
  detail,
  fix,
});
