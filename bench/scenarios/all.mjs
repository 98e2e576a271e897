import { COLD_SCENARIOS } from './cold-start.mjs';
import { HTTP_SCENARIOS } from './http.mjs';
import { INSTALL_SCENARIO } from './install-size.mjs';
import { LIVE_SCENARIOS } from './live.mjs';
import { MEMORY_SCENARIOS } from './memory.mjs';
import { EVENT_SCENARIO } from './validated-event.mjs';

/** Every scenario, in the order in which they run and are shown: `{ name, title, unit, run(bench) → rows }`. */
export const SCENARIOS = [
  EVENT_SCENARIO,
  ...HTTP_SCENARIOS,
  ...LIVE_SCENARIOS,
  ...MEMORY_SCENARIOS,
  ...COLD_SCENARIOS,
  INSTALL_SCENARIO,
];
