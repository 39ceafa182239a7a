/** The word with which a page lets the version that waits take over. */
export const TAKE = 'take';
