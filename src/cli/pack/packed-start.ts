import { COMMAND_VARIABLE, wasStarted } from '../../start-command.js';
import { startControllers } from '../start-controllers.js';
import { WARM_UP } from './loader.js';

/** Runs what will be run at every start. `withEvents`: with events of a class, as the application has some. */
export type WarmUp = (withEvents: boolean) => Promise<void>;

/**
 * The entry of a packed application: does with its module what `yunction start` does. Under the command that fills V8's
 * code cache nothing of the user's is run, not even loaded.
 */
export function packedStart(name: string, load: () => unknown): WarmUp | undefined {
  if (process.env[COMMAND_VARIABLE] === WARM_UP) return warmUp;
  const module = load();
  if (!wasStarted()) startControllers(module, name);
  return undefined;
}

async function warmUp(withEvents: boolean): Promise<void> {
  const { serveSamples } = await import('./serve-samples.js');
  if (!withEvents) {
    await serveSamples([], []);
    return;
  }
  const { SampleOrderController, SAMPLE_ORDER } = await import('./sample-events.js');
  await serveSamples([SampleOrderController], [SAMPLE_ORDER]);
}
