import { config } from 'zod';

/**
 * Imported first by both entries (page and worker). zod would otherwise try to compile its checks with
 * `new Function`, which the content security policy forbids and the browser reports as a violation.
 */
config({ jitless: true });
