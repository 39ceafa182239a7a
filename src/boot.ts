/** The page's entry: starts the worker, then loads the studio. */
import './no-eval.ts';
import './trusted-types.ts';
// First of all styles: it says which layer gives way to which.
import './views/shared/tokens.css';
import { startOver } from './storage/offline/installation.ts';
import { startWorker } from './worker/start.ts';

/**
 * The page's entry. The worker is started before anything else: opening storage and compiling the engine's
 * code then go on beside loading React and drawing the shell, instead of after it.
 */
startWorker();
import('./main.tsx').catch(startOver);
