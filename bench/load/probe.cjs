// Required by every measured server: on SIGUSR2 it writes what the process has used to file descriptor 3. A signal and a
// pipe, because an IPC channel would load node:net at start and so change the cold start that is measured.
const { writeSync } = require('node:fs');

process.on('SIGUSR2', () => {
  // --expose-gc is given where memory is measured.
  if (globalThis.gc !== undefined) for (let pass = 0; pass < 3; pass++) globalThis.gc();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  writeSync(3, `${JSON.stringify({ cpuUs: user + system, rss, heap: heapUsed + external })}\n`);
});
