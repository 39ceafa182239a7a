/**
 * Imported first by both entries (page and worker): keeps zod from compiling its checks with `new Function`,
 * which the content security policy forbids and the browser would report as a violation. It looks here for its
 * settings when it is loaded; its own `config` may be called only after the first schema was made, because the
 * build puts schemas into files that are run before the one that calls it.
 */
Reflect.set(globalThis, '__zod_globalConfig', { jitless: true });

export {};
