import type { Options } from './options.js';
import type { Route } from './routing/route.js';

/** Tells `start()` which command runs it; through the environment, as a bundled application has its own copy of this code. */
export const COMMAND_VARIABLE = 'YUNCTION_COMMAND';

const STARTED = Symbol.for('yunction.started');
const TAKEN = Symbol.for('yunction.taken');

/** What a command sees of the application that a module starts. */
export interface StartedApplication {
  readonly options: Options;
  readonly routes: readonly Route[];
  /** Whether it or one of its loaded functions takes WebSockets. */
  readonly takesWebSockets: boolean;
  loadFunctions(): Promise<unknown>;
}

/** Does something with an application instead of running it; gives the exit code. */
export type ApplicationCommand = (application: StartedApplication) => Promise<number>;

/** Makes `start()` hand its application to a command, and end the process with its exit code. Nothing listens. */
export function takeApplication(command: ApplicationCommand): void {
  (globalThis as { [TAKEN]?: ApplicationCommand })[TAKEN] = command;
}

/** The command that waits for the application; `undefined`: it is to run. */
export function waitingCommand(): ApplicationCommand | undefined {
  return (globalThis as { [TAKEN]?: ApplicationCommand })[TAKEN];
}

/** Remembers that an application was started, for the command that loaded its module. */
export function markStarted(): void {
  (globalThis as { [STARTED]?: boolean })[STARTED] = true;
}

/** Whether the module that was loaded called `start()` by itself. */
export function wasStarted(): boolean {
  return (globalThis as { [STARTED]?: boolean })[STARTED] === true;
}
