/**
 * What a setting says of itself: the sentence that docs/config.md prints. `secret` values are masked wherever settings are
 * shown; `path` values are made absolute, from the file that names them or else from the working folder.
 */
export const says = (description: string) => ({ description });
export const secret = (description: string) => ({ description, secret: true });
export const path = (description: string) => ({ description, path: true });
