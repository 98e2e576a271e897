import type { StartupMistake } from '../errors/startup-error.js';

/**
 * Why the server cannot listen, in words for whoever has to mend it.
 * @param error what node's `listen` failed with.
 * @param variable the environment's name of the port.
 */
export function listenMistake(error: unknown, port: number, host: string, variable = 'PORT'): StartupMistake {
  const { code } = error as NodeJS.ErrnoException;
  const where = `port ${port}`;
  if (code === 'EADDRINUSE') {
    const other = port < 65_535 ? port + 1 : 9000;
    return {
      where,
      problem: 'it is taken',
      remedy: `stop the process that has it, or choose another: ${variable}=${other}`,
    };
  }
  if (code === 'EACCES') {
    return { where, problem: 'this user may not listen on it', remedy: `choose one above 1023: ${variable}=9000` };
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return { where: `host ${host}`, problem: 'this machine has no such address', remedy: 'listen on 0.0.0.0' };
  }
  return {
    where,
    problem: `it cannot be listened on: ${code ?? String(error)}`,
    remedy: 'choose another port or host',
  };
}
