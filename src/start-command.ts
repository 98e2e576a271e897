/** Tells `start()` which command runs it; through the environment, as a bundled application has its own copy of this code. */
export const COMMAND_VARIABLE = 'YUNCTION_COMMAND';

const STARTED = Symbol.for('yunction.started');

/** Remembers that an application was started, for the command that loaded its module. */
export function markStarted(): void {
  (globalThis as { [STARTED]?: boolean })[STARTED] = true;
}

/** Whether the module that was loaded called `start()` by itself. */
export function wasStarted(): boolean {
  return (globalThis as { [STARTED]?: boolean })[STARTED] === true;
}
