// From the parsed JSON of an order to a validated one, without a server: Yunction's validator, the two libraries called
// directly, Ajv and zod. In a process of its own, pinned like a server.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SERVER_CORE, startNode, stop } from '../load/processes.mjs';

const CHILD = fileURLToPath(new URL('validated-event-child.mjs', import.meta.url));

export const EVENT_SCENARIO = {
  name: 'event',
  title: 'An order of 10 lines, raw value to validated value, in process',
  unit: 'order',
  async run({ settings, say }) {
    say('event: in process');
    const child = startNode(SERVER_CORE, [CHILD, String(settings.eventRounds)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      let output = '';
      child.stdout.on('data', (data) => (output += data));
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(`the validation process ended with ${code}`);
      return JSON.parse(output);
    } finally {
      await stop(child);
    }
  },
};
