import type { Redis } from 'ioredis';

import { StartupError } from '../../errors/startup-error.js';

let loading: Promise<typeof Redis> | undefined;

/** ioredis, loaded when the first connection is made. @throws StartupError (rejected) where it is not installed. */
export function loadIoredis(): Promise<typeof Redis> {
  return (loading ??= load());
}

async function load(): Promise<typeof Redis> {
  try {
    return (await import('ioredis')).Redis;
  } catch (error) {
    loading = undefined;
    const problem = 'it needs the package ioredis, which cannot be loaded';
    throw new StartupError([{ where: 'yunction/redis', problem, remedy: 'npm install ioredis' }], { cause: error });
  }
}
