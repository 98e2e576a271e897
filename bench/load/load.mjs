// The orchestrator's side of the load process.
import { fileURLToPath } from 'node:url';
import { LOAD_CORE, startNode, stop } from './processes.mjs';

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));
const JOB_MS = 60_000;

/** Starts the load process. `run(job, args)` does one job; a job that fails or hangs makes the process anew. */
export function startLoad() {
  let child;
  const begin = () => {
    child = startNode(LOAD_CORE, [WORKER], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  };
  begin();
  return {
    run: (job, args) =>
      new Promise((resolve, reject) => {
        const worker = child;
        const settle = (act) => {
          clearTimeout(timer);
          worker.off('message', onMessage);
          worker.off('exit', onExit);
          act();
        };
        const fail = (reason) =>
          settle(() => {
            void stop(worker).then(() => {
              begin();
              reject(new Error(reason));
            });
          });
        const onMessage = ({ result, error }) => (error === undefined ? settle(() => resolve(result)) : fail(error));
        const onExit = () => fail('the load process ended');
        const timer = setTimeout(() => fail(`${job}: not done in ${JOB_MS / 1000} s`), JOB_MS);
        worker.on('message', onMessage);
        worker.on('exit', onExit);
        worker.send({ job, args });
      }),
    stop: () => stop(child),
  };
}
