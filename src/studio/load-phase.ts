/** Whether a store waits for what the worker keeps, or has it. */
export type LoadPhase = 'loading' | 'ready';
